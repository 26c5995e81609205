/** Tests of lib/cli/session/result_settings.ts. */
import { assertEquals } from "@std/assert";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import { resultContext } from "../../../lib/cli/session/result_settings.ts";
import { loadWorkload } from "../../../lib/cli/line/workload_settings.ts";
import { testContext } from "../test_context.ts";

async function contextOf(...args: string[]) {
  const { context } = testContext(args);
  const line = parseCommandLine(args);
  return resultContext(await loadWorkload(line, context), line, context);
}

Deno.test("resultContext() spells overrides as DLIO does, in order", async () => {
  const { overrides, hydraFolder, label } = await contextOf(
    "run",
    "default",
    "train.epochs=2",
    "++workload.train.seed=7",
    "~reader.prefetch_size",
    "--data=/d",
    "--label=first try",
    "hydra.output_subdir=conf",
  );
  assertEquals(overrides, [
    "workload=default",
    "++workload.train.epochs=2",
    "++workload.train.seed=7",
    "~workload.reader.prefetch_size",
    "++workload.dataset.data_folder=/d",
  ]);
  assertEquals([hydraFolder, label], ["conf", "first try"]);
});

Deno.test("resultContext() keeps no secret", async () => {
  const context = await contextOf(
    "run",
    "default",
    "storage.storage_type=s3",
    "storage.storage_root=b",
    "storage.storage_options.secret_access_key=hunter2",
    "storage.storage_library=minio",
  );
  assertEquals(JSON.stringify(context).includes("hunter2"), false);
  assertEquals(
    context.commandLine[4],
    "storage.storage_options.secret_access_key=***",
  );
});

Deno.test("resultContext() gives each setting its origin", async () => {
  const { settings, numFilesTrain } = await contextOf("run", "default");
  assertEquals(numFilesTrain, 64);
  assertEquals(settings["train.seed"]?.origin, "default");
});

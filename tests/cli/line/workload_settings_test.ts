/** Tests of lib/cli/line/workload_settings.ts. */
import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import {
  flagOverrides,
  loadWorkload,
} from "../../../lib/cli/line/workload_settings.ts";
import { formatOrigin } from "../../../lib/config/origins.ts";
import { ConfigError, UsageError } from "../../../lib/errors.ts";
import { testContext } from "../test_context.ts";

async function loaded(args: string[], environment = {}) {
  const { context } = testContext(args, environment);
  return await loadWorkload(parseCommandLine(args), context);
}

Deno.test("loadWorkload() takes quick with two accelerators by default", async () => {
  const { name, accelerators } = await loaded(["run"]);
  assertEquals([name, accelerators], ["quick", 2]);
  assertEquals((await loaded(["run", "-n", "5"])).accelerators, 5);
  assertEquals((await loaded(["run", "default"])).accelerators, 1);
});

Deno.test("loadWorkload() lets --data win over settings, with its origin", async () => {
  const { workload, origins } = await loaded([
    "run",
    "--data",
    "/d",
    "--checkpoints=/c",
    "dataset.data_folder=/other",
  ]);
  assertEquals(workload.dataset.data_folder, "/d");
  assertEquals(workload.checkpoint.checkpoint_folder, "/c");
  const origin = origins.get("dataset.data_folder");
  assertEquals(origin && formatOrigin(origin), "--data /d");
});

Deno.test("loadWorkload() reads the environment through the context", async () => {
  const { workload } = await loaded(["run"], { DLIO_OUTPUT_FOLDER: "/out" });
  assertEquals(workload.output.folder, "/out");
});

Deno.test("loadWorkload() says what a workload was probably meant to be", async () => {
  const error = await assertRejects(() => loaded(["run", "unet3d_h10"]));
  assertEquals(error instanceof ConfigError, true);
  assertEquals(
    (error as ConfigError).problems,
    ['Cannot find the workload "unet3d_h10"; did you mean "unet3d_h100"'],
  );
});

Deno.test("loadWorkload() says where settings came from when verbose", async () => {
  const args = ["run", "train.epochs=9"];
  const { context, stderr } = testContext(args);
  context.console.loudness = "verbose";
  await loadWorkload(parseCommandLine(args), context);
  assertStringIncludes(stderr.text, "train.epochs = 9 (train.epochs=9)\n");
  assertEquals(stderr.text.includes("(default)"), false);
});

function overridesOf(...args: string[]) {
  return flagOverrides(parseCommandLine(["run", ...args]))
    .map(({ path, value }) => [path, value]);
}

Deno.test("flagOverrides() takes an s3 address apart", () => {
  assertEquals(overridesOf("--data", "s3://bucket/a/b"), [
    ["storage.storage_type", "s3"],
    ["storage.storage_root", "bucket"],
    ["dataset.data_folder", "a/b"],
  ]);
});

Deno.test("flagOverrides() takes an address of AIStore apart", () => {
  assertEquals(overridesOf("--data", "ais://bucket/a/b"), [
    ["storage.storage_type", "aistore"],
    ["storage.storage_root", "bucket"],
    ["dataset.data_folder", "a/b"],
  ]);
});

Deno.test("flagOverrides() keeps checkpoints where their address says", () => {
  const folder = ["checkpoint.checkpoint_folder", "s3://other/c"];
  assertEquals(overridesOf("--checkpoints", "s3://other/c"), [folder]);
  assertEquals(overridesOf("--data", "/d", "--checkpoints", "s3://other/c"), [
    ["dataset.data_folder", "/d"],
    folder,
  ]);
  assertEquals(
    overridesOf("--data", "s3://b/d", "--checkpoints", "s3://other/c").at(-1),
    folder,
  );
});

Deno.test("flagOverrides() refuses other addresses and two storages", () => {
  for (const place of ["gs://b/c", "s3://bucket", "s3:///c"]) {
    const error = assertThrows(() => overridesOf("--data", place), UsageError);
    assertEquals(
      error.message,
      `Cannot use ${place}: it must be a folder or ais://bucket/prefix ` +
        "or s3://bucket/prefix",
    );
  }
  for (const scheme of ["s3", "ais"]) {
    assertThrows(
      () => overridesOf("--data", `${scheme}://b/d`, "--checkpoints", "/c"),
      UsageError,
      `must be there too, ${scheme}://bucket/prefix`,
    );
  }
});

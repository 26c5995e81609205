/** Tests of lib/cli/session/mlperf_session.ts. */
import { assertEquals, assertThrows } from "@std/assert";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import { loadWorkload } from "../../../lib/cli/line/workload_settings.ts";
import {
  mlperfFacts,
  mlperfResultsPath,
} from "../../../lib/cli/session/mlperf_session.ts";
import { UsageError } from "../../../lib/errors.ts";
import { testContext } from "../test_context.ts";

async function factsOf(...args: string[]) {
  const { context } = testContext(["run", ...args]);
  const line = parseCommandLine(["run", ...args]);
  const requested = await loadWorkload(line, context);
  const { workload } = requested;
  const facts = mlperfFacts(requested, line, context);
  return { line, facts, workload };
}

async function pathOf(...args: string[]): Promise<string | null> {
  const { line, facts, workload } = await factsOf(...args);
  return mlperfResultsPath(line, { facts, workload });
}

Deno.test("mlperfFacts() of a built-in workload speaks as MLPerf Storage does", async () => {
  const { facts } = await factsOf("unet3d_h100", "--data=/d", "-n2");
  assertEquals(
    [
      facts?.benchmarkType,
      facts?.command,
      facts?.model,
      facts?.accelerator,
      facts?.dataFolder,
      facts?.coreConfig?.hash,
    ],
    ["training", "run", "unet3d", "h100", "/d", "0f3dd7a4bf6433a3"],
  );
  assertEquals(facts?.overrides, { "dataset.data_folder": "/d" });
});

Deno.test("mlperfFacts() of checkpoints name the model as the field's folders do", async () => {
  const { facts } = await factsOf(
    "llama3_70b",
    "checkpoint.num_checkpoints_read=0",
  );
  assertEquals(
    [
      facts?.benchmarkType,
      facts?.model,
      facts?.accelerator,
      facts?.dataFolder,
      facts?.checkpointFolder,
      facts?.checkpointsWritten,
      facts?.checkpointsRead,
    ],
    [
      "checkpointing",
      "llama3-70b",
      null,
      null,
      "checkpoints/llama3_70b",
      10,
      0,
    ],
  );
});

Deno.test("mlperfFacts() keep what was given, and the sizes that rules ask for", async () => {
  const { facts } = await factsOf("quick", "reader.read_threads=2");
  const { dataset, reader } = facts?.parameters as Record<
    string,
    Record<string, unknown>
  >;
  assertEquals(typeof dataset?.num_files_train, "number");
  assertEquals(dataset?.num_subfolders_train, 0);
  assertEquals(reader?.read_threads, 2);
  assertEquals(Object.hasOwn(reader ?? {}, "prefetch_size"), false);
});

Deno.test("mlperfFacts() hold no secret", async () => {
  const { facts } = await factsOf(
    "quick",
    "storage.storage_type=s3",
    "storage.storage_root=b",
    "storage.storage_options.secret_access_key=hunter2",
  );
  assertEquals(JSON.stringify(facts).includes("hunter2"), false);
});

Deno.test("mlperfFacts() are those of datagen where only the dataset is generated", async () => {
  const { facts } = await factsOf("unet3d_datagen");
  assertEquals([facts?.benchmarkType, facts?.command], ["training", "datagen"]);
  assertEquals(facts?.coreConfig, null);
});

for (
  const [what, args] of [
    ["scaled checkpoints", ["llama3_8b", "checkpoint.scale=0.01"]],
    ["a run that mlpstorage started", [
      "workload=unet3d_h100",
      "++hydra.output_subdir=dlio_config",
    ]],
  ] as const
) {
  Deno.test(`mlperfFacts() of ${what} are none`, async () => {
    assertEquals((await factsOf(...args)).facts, null);
  });
}

Deno.test("mlperfResultsPath() is the field's tree below --results", async () => {
  const path = await pathOf(
    "unet3d_h100",
    "--results=/r",
    "--results-layout=mlperf",
    "--organization=acme",
    "--system=disk-1",
    "--division=open",
  );
  const { facts } = await factsOf("unet3d_h100");
  assertEquals(
    path?.replace(/\d{8}_\d{6}$/, "TIME"),
    "/r/open/acme/results/disk-1/training/unet3d/run/TIME",
  );
  assertEquals(/^\d{8}_\d{6}$/.test(facts?.folderTime ?? ""), true);
});

Deno.test("mlperfResultsPath() leaves the layout to Stoker unless it is asked", async () => {
  assertEquals(await pathOf("quick", "--results=/r"), null);
  assertEquals(await pathOf("quick", "--results-layout=stoker"), null);
});

const LAYOUT = "--results-layout=mlperf";
const NAMES = ["--organization=acme", "--system=disk"];

for (
  const [args, rule] of [
    [["quick", "--results-layout=dlio"], "must be stoker or mlperf"],
    [["quick", LAYOUT], "without --organization NAME"],
    [["quick", LAYOUT, "--organization=acme"], "without --system NAME"],
    [["quick", LAYOUT, "--organization=a/b", "--system=s"], "must be letters"],
    [["quick", LAYOUT, "--organization=..", "--system=s"], "must be letters"],
    [["quick", LAYOUT, ...NAMES, "--division=best"], "closed or open"],
    [["quick", "--system=disk"], "beside --results-layout mlperf"],
    [
      ["llama3_8b", "checkpoint.scale=0.01", LAYOUT, ...NAMES],
      "without checkpoint.scale",
    ],
  ] as const
) {
  Deno.test(`mlperfResultsPath() refuses ${args.join(" ")}`, async () => {
    const { line, facts, workload } = await factsOf(...args);
    assertThrows(
      () => mlperfResultsPath(line, { facts, workload }),
      UsageError,
      rule,
    );
  });
}

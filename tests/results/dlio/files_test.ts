import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import {
  rankEpochStats,
  runEpochStats,
} from "../../../lib/results/dlio/epoch_stats.ts";
import {
  hydraConfig,
  hydraOverrides,
  hydraSelf,
} from "../../../lib/results/dlio/hydra.ts";
import { rankOutput } from "../../../lib/results/dlio/output.ts";
import { jsonPieces } from "../../../lib/results/json_pieces.ts";
import { shapeOf } from "../json_shape.ts";
import {
  CONTEXT,
  evalPhase,
  phaseOf,
  rankOf,
  runOf,
  sampleRun,
  savePhase,
} from "../../metrics/sample_run.ts";

interface EpochOutput {
  readonly load: Record<string, number[]>;
  readonly proc: Record<string, number[]>;
  readonly au: Record<string, number | null>;
  readonly throughput: Record<string, number | null>;
}

function throughJson(value: unknown) {
  return JSON.parse([...jsonPieces(value)].join("")) as Record<string, unknown>;
}

const SPAN = { start: "string", end: "string", duration: "string" };
const CHECKPOINT = { ...SPAN, duration: "number", throughput: "number" };

Deno.test("rankEpochStats() has the golden shape of a rank's file", () => {
  assertEquals(shapeOf(rankEpochStats(sampleRun(), CONTEXT, 0)), {
    "1": { ...SPAN, block1: SPAN, block2: SPAN },
    "2": {
      ...SPAN,
      block1: SPAN,
      save_ckpt1: CHECKPOINT,
      block2: SPAN,
      eval: SPAN,
    },
    "3": { ...SPAN, block1: SPAN, block2: SPAN },
  });
});

Deno.test("runEpochStats() names checkpoints for dlio_postprocessor", () => {
  const load = {
    ...savePhase(2),
    kind: "load_checkpoint" as const,
    start: evalPhase(2).end,
  };
  const record = sampleRun();
  const stats = runEpochStats(
    { ...record, phases: [...record.phases, load] },
    CONTEXT,
  );
  assertEquals(Object.keys(stats["2"] ?? {}), [
    "start",
    "block1",
    "ckpt1",
    "block2",
    "eval",
    "ckpt2",
    "end",
    "duration",
  ]);
});

Deno.test("rankEpochStats() gives local times and a rank's own share", () => {
  const stats = rankEpochStats(sampleRun(), CONTEXT, 1);
  assertEquals(stats["2"]?.save_ckpt1, {
    start: "2026-03-04T06:06:28.250000",
    end: "2026-03-04T06:06:28.750000",
    duration: 0.5,
    throughput: 0.5,
  });
  assertEquals(stats["2"]?.duration, "4.00");
});

Deno.test("rankEpochStats() puts a checkpoint-only run into epoch 1", () => {
  const stats = rankEpochStats(runOf([savePhase(0), savePhase(0)]), CONTEXT, 0);
  assertEquals(Object.keys(stats), ["1"]);
  assertEquals(Object.keys(stats["1"] ?? {}), [
    "start",
    "save_ckpt1",
    "save_ckpt2",
    "end",
    "duration",
  ]);
});

Deno.test("rankOutput() has the golden shape of a rank's file", () => {
  const lists = { block1: ["number"], block2: ["number"] };
  const values = { block1: "number", block2: "number" };
  const epoch = {
    load: lists,
    proc: lists,
    throughput: values,
    au: values,
    compute: lists,
    end: "string",
  };
  const evalLists = { ...lists, eval: ["number"] };
  const evalValues = { ...values, eval: "number" };
  assertEquals(shapeOf(throughJson(rankOutput(sampleRun(), CONTEXT, 1))), {
    "1": epoch,
    "2": {
      load: evalLists,
      proc: evalLists,
      throughput: evalValues,
      au: evalValues,
      compute: evalLists,
      end: "string",
    },
    "3": epoch,
    host_memory_GB: "number",
    host_cpu_count: "number",
    host_processor_name: "string",
    potential_caching: "number",
    host_cpuinfo: { "model name": "string", cpu_cores: "string" },
    host_meminfo: { MemTotal: "string" },
    hostname: "string",
  });
});

Deno.test("rankOutput() cuts a rank's steps into its blocks", () => {
  const rank = rankOf(0, [
    [0.5, 0.5, 0],
    [0.25, 0.5, 0.25],
    [0.125, 0.5, 0.375],
  ], [1, 2]);
  const output = throughJson(
    rankOutput(runOf([phaseOf({ ranks: [rank], batchSize: 3 })]), CONTEXT, 0),
  );
  const epoch = output["1"] as EpochOutput;
  assertEquals(epoch.load, { block1: [0.5], block2: [0.25, 0.125] });
  assertEquals(epoch.proc, { block1: [1], block2: [0.75, 0.625] });
  // The first step of the epoch is excluded, and with it all of block 1.
  assertEquals(epoch.au, { block1: null, block2: 50 });
  assertEquals(epoch.throughput, { block1: null, block2: 3 });
});

Deno.test("rankOutput() has no proc time that a tool would divide by 0", () => {
  const phase = phaseOf({ ranks: [rankOf(0, [[0, 0, 0]])] });
  const output = throughJson(rankOutput(runOf([phase]), CONTEXT, 0));
  const seconds = (output["1"] as EpochOutput).proc.block1?.[0];
  assert(seconds !== undefined && seconds > 0);
});

Deno.test("hydraConfig() has every key that dlio_postprocessor demands", () => {
  const bare = { ...CONTEXT, workload: {} };
  assertEquals(parse(hydraConfig(bare)), {
    workload: {
      model: { name: "unet3d" },
      workflow: {
        generate_data: true,
        train: true,
        evaluation: true,
        checkpoint: true,
      },
      dataset: { record_length_bytes: 2 ** 20, record_length: 2 ** 20 },
      output: { log_file: "dlio.log" },
      storage: {},
    },
  });
});

Deno.test("hydraConfig() leaves out output.folder, so that folders move", () => {
  const text = hydraConfig(CONTEXT);
  assert(!text.includes("results/x"), text);
});

Deno.test("hydraConfig() keeps model short: DLIO makes a file name of it", () => {
  const context = {
    ...CONTEXT,
    workload: { model: { name: "unet3d", transformer: { hidden_size: 1 } } },
  };
  const config = parse(hydraConfig(context)) as {
    workload: { model: unknown };
  };
  assertEquals(config.workload.model, { name: "unet3d" });
});

Deno.test("hydraConfig() quotes what YAML 1.1 would read as a boolean", () => {
  assert(hydraConfig(CONTEXT).includes("file_shuffle: 'off'"));
});

Deno.test("hydraConfig() gives a storage library its options", () => {
  const context = {
    ...CONTEXT,
    workload: {
      storage: { storage_library: "minio", storage_options: null },
    },
  };
  const config = parse(hydraConfig(context)) as {
    workload: { storage: unknown };
  };
  assertEquals(config.workload.storage, {
    storage_options: {},
    storage_library: "minio",
  });
});

Deno.test("hydraOverrides() reads back as the list that was given", () => {
  const overrides = [
    ...CONTEXT.overrides,
    "~workload.profiling",
    "++workload.dataset.data_folder=/tmp/a b: #c",
    "++workload.train.computation_time={mean: 0.5, stdev: 0.1}",
  ];
  const text = hydraOverrides({ ...CONTEXT, overrides });
  assertEquals(parse(text), overrides);
  assertEquals(parse(hydraOverrides({ ...CONTEXT, overrides: [] })), []);
});

Deno.test("hydraOverrides() survives dlio_postprocessor's search", () => {
  const text = hydraOverrides(CONTEXT);
  assert(!text.includes("workflow.checkpoint"));
  assert(!text.includes("debug"));
  // int(line.split("=")[1]) is what it does with these.
  assert(text.includes("- ++workload.train.epochs=3\n"));
  assert(text.includes("- ++workload.reader.batch_size=7\n"));
});

Deno.test("hydraSelf() names folder, overrides and chosen workload", () => {
  const { hydra } = parse(hydraSelf(CONTEXT, "/r")) as {
    hydra: {
      run: { dir: string };
      overrides: { task: string[] };
      runtime: { choices: { workload: string } };
    };
  };
  assertEquals(hydra.run.dir, "/r");
  assertEquals(hydra.overrides.task, [...CONTEXT.overrides]);
  assertEquals(hydra.runtime.choices.workload, "unet3d_h100");
});

/**
 * Accelerators and readers that share threads: a run is the same as with a
 * thread for each, but for its times. Compared are the records of every rank
 * and reader, and, from the trace, which files each of them read in which
 * order.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { InterruptedError, WorkerError } from "../../../lib/errors.ts";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import { HAS_URING } from "../../storage/has_uring.ts";
import { startS3rver } from "../../storage/s3/s3rver_server.ts";
import {
  inTempFolder,
  prepareSmall,
  runSmall,
  smallWorkload,
} from "../engine_fixture.ts";
import { s3Workload } from "../s3_workload.ts";
import { assertClear, parseTrace, runTraced } from "../trace/traces.ts";

/** Five accelerators with two readers each, uneven in their threads. */
const ACCELERATORS = 5;
const SHARED = [
  "reader.accelerators_per_thread=3",
  "reader.readers_per_thread=4",
];
const OWN = [
  "reader.accelerators_per_thread=1",
  "reader.readers_per_thread=1",
];

/** What of a worker does not go by time. */
const WORKER_COUNTS = [
  "role",
  "rank",
  "thread",
  "bytes",
  "operations",
  "files",
  "samples",
  "retries",
  "errors",
] as const;

/** What of a phase must not depend on its threads. */
function withoutTimes(phase: PhaseRecord) {
  const { kind, epoch, checkpoint, bytesRequested, complete } = phase;
  return {
    kind,
    epoch,
    checkpoint,
    bytesRequested,
    complete,
    ranks: phase.ranks.map((rank) => ({
      rank: rank.rank,
      stepCount: rank.stepCount,
      requested: [...rank.computeRequestedSeconds],
      spentLess: [...rank.computeSeconds].some((seconds, step) =>
        seconds < (rank.computeRequestedSeconds[step] ?? 0)
      ),
      blocks: rank.blocks.map(({ firstStep, stepCount }) => [
        firstStep,
        stepCount,
      ]),
    })),
    workers: phase.workers.map((worker) =>
      WORKER_COUNTS.map((name) => worker[name])
    ),
    latencies: Object.entries(phase.latencies).map(([operation, counts]) => [
      operation,
      histogramTotals(counts as Float64Array).count,
    ]),
  };
}

/** Reads of each line of a trace: file after file, as they began. */
function readsByLine(path: string, folder: string): Record<string, string[]> {
  const trace = parseTrace(Deno.readFileSync(path));
  assertClear(trace);
  const lines: Record<string, string[]> = {};
  for (const { name, pid, tid, args } of trace.events) {
    if (name !== "read" && name !== "preprocess") continue;
    const title = trace.names.get(`${pid} ${tid}`) ?? "";
    const line = title.replace(/, in flight \d+$/, "");
    const file = trace.files.get(String(args.fhash)) ?? "";
    (lines[line] ??= []).push(`${name} ${file.replace(folder, "")}`);
  }
  return lines;
}

/** Settings whose reading, or whose phases, differ. */
const SYNC_RUNS: readonly [what: string, overrides: string[]][] = [
  ["whole files, draws, evaluation and checkpoints between steps", [
    "workflow.evaluation=true",
    "workflow.checkpoint=true",
    "checkpoint.steps_between_checkpoints=2",
    "model.model_size_bytes=300000",
    "train.computation_time.mean=0.001",
    "train.computation_time.stdev=0.0005",
    "reader.preprocess_time.mean=0.0003",
    "reader.preprocess_time.stdev=0.0001",
  ]],
  ["samples in any order, with O_DIRECT", [
    "dataset.format=indexed_binary",
    "dataset.num_samples_per_file=4",
    "reader.odirect=true",
    "reader.io_engine=sync",
  ]],
  ["streams, a batch ahead", [
    "dataset.format=tfrecord",
    "dataset.num_samples_per_file=4",
    "reader.prefetch_size=1",
  ]],
];

/** Many in flight: of each batch they end in any order. */
const URING_RUNS: typeof SYNC_RUNS = HAS_URING
  ? [
    ["whole files in flight, evaluation and preprocessing", [
      "reader.io_engine=uring",
      "reader.io_depth=3",
      "workflow.evaluation=true",
      "reader.preprocess_time=0.0003",
    ]],
    ["long files in flight, with O_DIRECT", [
      "reader.io_engine=uring",
      "reader.io_depth=3",
      "reader.odirect=true",
      "reader.transfer_size=4096",
      "dataset.record_length_bytes=70000",
    ]],
    ["samples in flight, a batch ahead", [
      "dataset.format=indexed_binary",
      "dataset.num_samples_per_file=4",
      "reader.io_engine=uring",
      "reader.prefetch_size=1",
    ]],
  ]
  : [];

for (const [what, overrides] of [...SYNC_RUNS, ...URING_RUNS]) {
  const isInOrder = SYNC_RUNS.some(([each]) => each === what);
  Deno.test(`with shared threads every rank and reader does the same: ${what}`, async () => {
    await inTempFolder(async (folder) => {
      const settings = [
        "dataset.num_files_train=23",
        "dataset.num_files_eval=10",
        "reader.batch_size=1",
        `checkpoint.checkpoint_folder=${folder}/checkpoints`,
        ...overrides,
      ];
      const runWith = async (
        threads: readonly string[],
        generates: boolean,
      ) => {
        const path = `${folder}/${generates ? "own" : "shared"}.pfw.gz`;
        const { phases, error } = await runTraced(
          smallWorkload(`${folder}/data`, [
            ...settings,
            ...threads,
            `workflow.generate_data=${generates}`,
          ]),
          path,
          { accelerators: ACCELERATORS },
        );
        assertEquals(error, null);
        return {
          phases: phases.filter(({ kind }) => kind !== "generate"),
          reads: readsByLine(path, folder),
        };
      };
      const own = await runWith(OWN, true);
      const shared = await runWith(SHARED, false);
      assertEquals(
        shared.phases.map(withoutTimes),
        own.phases.map(withoutTimes),
      );
      const ofReaders = (reads: Record<string, string[]>) =>
        Object.entries(reads).filter(([line]) => line.startsWith("reader "))
          .map(([line, names]) => [line, isInOrder ? names : names.toSorted()])
          .toSorted();
      assertEquals(ofReaders(shared.reads), ofReaders(own.reads));
      const threadCounts = (phases: readonly PhaseRecord[]) =>
        phases.find(({ kind }) => kind === "train")?.hosts[0]?.roles
          ?.map(({ role, threadCount }) => [role, threadCount]);
      assertEquals(threadCounts(own.phases), [
        ["accelerator", 5],
        ["reader", 10],
      ]);
      assertEquals(threadCounts(shared.phases), [
        ["accelerator", 2],
        ["reader", 3],
      ]);
    });
  });
}

Deno.test({
  name: "with shared threads every reader of an object store does the same",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const server = await startS3rver();
    try {
      const runWith = async (
        threads: readonly string[],
        generates: boolean,
      ) => {
        const { phases, error } = await runSmall(
          s3Workload(server, "shared/data", [server.endpoint], [
            "dataset.num_files_train=23",
            "reader.batch_size=1",
            "reader.preprocess_time=0.0002",
            ...threads,
            `workflow.generate_data=${generates}`,
          ]),
          { accelerators: ACCELERATORS },
        );
        assertEquals(error, null);
        return phases.filter(({ kind }) => kind === "train").map(withoutTimes);
      };
      const own = await runWith(OWN, true);
      assertEquals(await runWith(SHARED, false), own);
    } finally {
      await server.stop();
    }
  },
});

for (const engine of HAS_URING ? ["sync", "uring"] : ["sync"]) {
  Deno.test(`an error in a shared thread names the reader that met it (${engine})`, async () => {
    await inTempFolder(async (folder) => {
      const workload = smallWorkload(folder, [
        ...SHARED,
        "reader.batch_size=1",
        `reader.io_engine=${engine}`,
      ]);
      const { phases, error } = await runSmall(workload, { accelerators: 3 }, {
        onPhaseBegin: ({ epoch }) => {
          if (epoch === 2) Deno.removeSync(`${folder}/train/img_05_of_12.npz`);
        },
      });
      assertStringIncludes(error?.message ?? "", "img_05_of_12.npz");
      assert(/ \[reader [01] of rank [0-2]\]$/.test(error?.message ?? ""));
      assertEquals(phases.map(({ complete }) => complete), [true, true, false]);
    });
  });

  Deno.test(`readers of a shared thread that have read all are not taken for stalled (${engine})`, async () => {
    await inTempFolder(async (folder) => {
      const workload = smallWorkload(folder, [
        ...SHARED,
        `reader.io_engine=${engine}`,
        "reader.batch_size=1",
        "reader.prefetch_size=1000",
        "train.epochs=1",
        "train.computation_time=0.25",
      ]);
      const { error } = await runSmall(workload, { accelerators: 3 }, {
        stallTimeoutMs: 400,
      });
      assertEquals(error, null);
    });
  });

  Deno.test(`a read that hangs in a shared thread is noticed, with its reader, and ends the run (${engine})`, async () => {
    await inTempFolder(async (folder) => {
      const workload = smallWorkload(folder, [
        ...SHARED,
        "reader.batch_size=1",
        `reader.io_engine=${engine}`,
      ]);
      const { error } = await runSmall(workload, { accelerators: 3 }, {
        stallTimeoutMs: 300,
        onPhaseBegin: ({ epoch }) => {
          if (epoch !== 2) return;
          const path = `${folder}/train/img_05_of_12.npz`;
          Deno.removeSync(path);
          // Opening a pipe that nobody writes blocks.
          new Deno.Command("mkfifo", { args: [path] }).outputSync();
        },
      });
      assert(error instanceof WorkerError, `${error}`);
      assertStringIncludes(error.message, "img_05_of_12.npz");
      assert(
        /\(reader [01] of rank [0-2]\)/.test(error.message),
        error.message,
      );
    });
  });
}

Deno.test("a stop ends shared threads wherever they are, and keeps what was done", async () => {
  await inTempFolder(async (folder) => {
    const controller = new AbortController();
    const workload = smallWorkload(folder, [
      ...SHARED,
      "reader.batch_size=1",
      "train.epochs=1",
      "train.computation_time=5",
    ]);
    let seen = 0;
    const { phases, error } = await runSmall(workload, { accelerators: 3 }, {
      signal: controller.signal,
      onProgress: ({ kind, roles }) => {
        if (kind !== "train") return;
        const read = roles.find(({ role }) => role === "reader")?.files ?? 0;
        // All that may be read ahead is there: everybody waits.
        if (read < 9 || seen++ > 0) return;
        controller.abort(new InterruptedError("Interrupted"));
      },
    });
    assert(error instanceof InterruptedError);
    assertEquals(phases.at(-1)?.complete, false);
    // None of them went on to the end of its compute time.
    const steps = phases.at(-1)?.ranks.map(({ stepCount }) => stepCount);
    assertEquals(steps, [0, 0, 0]);
  });
});

Deno.test("the plan of a run has the threads that its settings say", async () => {
  await inTempFolder(async (folder) => {
    await using run = await prepareSmall(smallWorkload(folder, SHARED), {
      accelerators: 3,
    });
    assertEquals(run.plan.threads, {
      acceleratorsPerThread: 3,
      readersPerThread: 4,
    });
  });
});

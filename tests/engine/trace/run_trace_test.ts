/** Tests of lib/engine/trace/: traced runs on real threads. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { StorageError } from "../../../lib/errors.ts";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import type { Operation } from "../../../lib/metrics/operations.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import { startS3rver } from "../../storage/s3/s3rver_server.ts";
import { inMountedFolder, mayMount } from "../../storage/mounted_folder.ts";
import { inTempFolder, smallWorkload } from "../engine_fixture.ts";
import { s3Workload } from "../s3_workload.ts";
import {
  assertClear,
  type ParsedTrace,
  parseTrace,
  runTraced,
  type TraceEvent,
} from "./traces.ts";

/** Operations of all phases, as the record counts them. */
function countOf(phases: readonly PhaseRecord[], operation: Operation): number {
  return phases.reduce((sum, { latencies }) => {
    const counts = latencies[operation];
    return sum + (counts === undefined ? 0 : histogramTotals(counts).count);
  }, 0);
}

const bytesOf = (phases: readonly PhaseRecord[]) =>
  phases.reduce((sum, { bytesRequested }) => sum + bytesRequested, 0);

const named = ({ events }: ParsedTrace, name: string): TraceEvent[] =>
  events.filter((event) => event.name === name);

const sum = (events: readonly TraceEvent[]) =>
  events.reduce((total, { args }) => total + Number(args.ret), 0);

/** What a trace must have of a run, whatever its storage and its threads. */
function assertWhole(trace: ParsedTrace, phases: readonly PhaseRecord[]): void {
  assertClear(trace);
  for (
    const [name, operation] of [
      ["open", "open"],
      ["read", "read"],
      ["write", "write"],
      ["fsync", "fsync"],
      ["GET", "get"],
      ["PUT", "put"],
      ["first_byte", "first_byte"],
    ] as const
  ) {
    assertEquals(
      named(trace, name).length,
      countOf(phases, operation),
      `${name} of the trace and of the record`,
    );
  }
  const moved = [...named(trace, "read"), ...named(trace, "write")];
  assertEquals(sum(moved), bytesOf(phases));
  const steps = phases.flatMap(({ ranks }) =>
    ranks.map(({ stepCount }) => stepCount)
  ).reduce((total, count) => total + count, 0);
  for (const name of ["fetch", "compute", "barrier"]) {
    assertEquals(named(trace, name).length, steps, name);
  }
  // On the clock of the record: nothing is outside of its phases.
  const begin = Math.min(...phases.map(({ start }) => start.atSeconds));
  const end = Math.max(...phases.map(({ end }) => end.atSeconds));
  for (const { ts, dur, name } of trace.events) {
    assert(ts / 1e6 > begin - 0.002, `${name} at ${ts}`);
    assert((ts + dur) / 1e6 < end + 0.002, `${name} at ${ts}`);
  }
  assertEquals(
    new Set(trace.events.map(({ id }) => id)).size,
    trace.events.length,
  );
}

/** Settings whose loops differ. */
const RUNS: readonly [what: string, overrides: string[]][] = [
  ["readers that block", []],
  ["accelerators that read by themselves", ["reader.read_threads=0"]],
  ["O_DIRECT", ["reader.odirect=true"]],
  ["null storage", [
    "storage.storage_type=null",
    "workflow.generate_data=false",
  ]],
  ["ranges of a format with an index", [
    "dataset.format=tfrecord",
    "dataset.num_samples_per_file=4",
  ]],
  ["preprocessing and evaluation", [
    "reader.preprocess_time=0.001",
    "workflow.evaluation=true",
  ]],
  ["checkpoints between steps", [
    "workflow.checkpoint=true",
    "checkpoint.steps_between_checkpoints=2",
    "checkpoint.fsync=true",
    "model.model_size_bytes=300000",
  ]],
];

for (const [what, overrides] of RUNS) {
  Deno.test(`a trace has every event of a run with ${what}, and its bytes`, async () => {
    await inTempFolder(async (folder) => {
      const { phases, error, warnings, path } = await runTraced(
        smallWorkload(`${folder}/data`, [
          `checkpoint.checkpoint_folder=${folder}/checkpoints`,
          ...overrides,
        ]),
        `${folder}/trace.pfw.gz`,
        { accelerators: 2 },
      );
      assertEquals([error, warnings], [null, []]);
      const trace = parseTrace(Deno.readFileSync(path));
      assertWhole(trace, phases);
      const saves = phases.filter(({ kind }) => kind === "save_checkpoint");
      assertEquals(
        named(trace, "capture").length,
        saves.length * 2,
        "checkpoints of two ranks",
      );
      if (what.startsWith("preprocessing")) {
        assert(named(trace, "preprocess").length > 0);
      }
    });
  });
}

Deno.test("a trace names ranks, threads and the files that they worked on", async () => {
  await inTempFolder(async (folder) => {
    const { path } = await runTraced(
      smallWorkload(`${folder}/data`, [
        "workflow.checkpoint=true",
        "checkpoint.steps_between_checkpoints=3",
        "model.model_size_bytes=300000",
        `checkpoint.checkpoint_folder=${folder}/checkpoints`,
      ]),
      `${folder}/trace.pfw.gz`,
    );
    const { events, files, names } = parseTrace(Deno.readFileSync(path));
    const pathOf = ({ args }: TraceEvent) => files.get(String(args.fhash));
    for (const event of events.filter(({ name }) => name === "read")) {
      const index = String(Number(event.args.file)).padStart(2, "0");
      assertEquals(
        pathOf(event),
        `${folder}/data/train/img_${index}_of_12.npz`,
      );
    }
    const written = new Set(
      events.filter(({ name }) => name === "write").map(pathOf),
    );
    assert(
      [...written].some((name) => name?.startsWith(`${folder}/checkpoints/`)),
    );
    assertEquals(names.get("0"), "threads of no rank");
    assertEquals(names.get("1"), "rank 0");
    const titles = new Set(names.values());
    for (
      const title of [
        "generator 0",
        "accelerator of rank 0",
        "reader 0 of rank 0",
        "reader 1 of rank 0",
        "checkpointer 0",
      ]
    ) {
      assert(titles.has(title), title);
    }
  });
});

Deno.test({
  name:
    "a trace has every request of a run on s3, those in flight beside each other",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const server = await startS3rver();
    try {
      await inTempFolder(async (folder) => {
        const { phases, error, path } = await runTraced(
          s3Workload(server, "traced", [server.endpoint]),
          `${folder}/trace.pfw.gz`,
        );
        assertEquals(error, null);
        const trace = parseTrace(Deno.readFileSync(path));
        assertWhole(trace, phases);
        const reads = named(trace, "read");
        assert(reads.length > 0);
        for (const { cat, args } of reads) {
          assertEquals(cat, "OBJECT");
          assert(trace.files.has(String(args.fhash)));
        }
      });
    } finally {
      await server.stop();
    }
  },
});

Deno.test("a trace ends at its limit, and says when and what is not in it", async () => {
  await inTempFolder(async (folder) => {
    const { error, warnings, path } = await runTraced(
      smallWorkload(`${folder}/data`),
      `${folder}/trace.pfw.gz`,
      { maxEvents: 20 },
    );
    assertEquals(error, null);
    assertEquals(parseTrace(Deno.readFileSync(path)).events.length, 20);
    assertEquals(warnings.length, 2);
    assert(
      /^At 20 events \(--trace-limit\) the trace ends \d+\.\d{3} s after the begin of the run$/
        .test(warnings[0]!),
      warnings[0],
    );
    assert(
      /^\d+ events after its end are not in the trace$/.test(warnings[1]!),
      warnings[1],
    );
  });
});

Deno.test("a trace is not written over a file that is there", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/trace.pfw.gz`;
    Deno.writeTextFileSync(path, "mine");
    await assertRejects(
      () => runTraced(smallWorkload(`${folder}/data`), path),
      StorageError,
      "it is there already",
    );
    assertEquals(Deno.readTextFileSync(path), "mine");
  });
});

Deno.test("a trace whose folder has vanished is said, and the run is whole", async () => {
  await inTempFolder(async (folder) => {
    const place = `${folder}/results`;
    Deno.mkdirSync(place);
    const { phases, error, warnings } = await runTraced(
      smallWorkload(`${folder}/data`),
      `${place}/trace.pfw.gz`,
      {
        hooks: {
          onPhaseBegin({ epoch }) {
            if (epoch === 1) Deno.removeSync(place, { recursive: true });
          },
        },
      },
    );
    assertEquals([phases.length, error], [3, null]);
    assertEquals(warnings.length, 1);
    assert(warnings[0]!.startsWith("Cannot save the trace: "), warnings[0]);
  });
});

Deno.test({
  name: "a trace on a full disk ends there, readable, and the run goes on",
  ignore: !mayMount("tmpfs"),
  fn: async () => {
    await inTempFolder(async (folder) => {
      await inMountedFolder("tmpfs", 16 * 1024, async ({ path: place }) => {
        const { phases, error, warnings, path } = await runTraced(
          smallWorkload(`${folder}/data`, [
            "train.epochs=40",
            "dataset.num_files_train=200",
          ]),
          `${place}/trace.pfw.gz`,
        );
        assertEquals([phases.length, error], [41, null]);
        assert(
          warnings[0]?.includes("The run goes on; the trace ends "),
          warnings.join("\n"),
        );
        // Nothing but whole members: perhaps none.
        const bytes = Deno.readFileSync(path);
        if (bytes.length > 0) gunzipSync(bytes);
      });
    });
  },
});

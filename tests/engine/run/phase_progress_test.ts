import { assert, assertEquals } from "@std/assert";
import {
  cpuTime,
  PhaseProgress,
} from "../../../lib/engine/run/phase_progress.ts";
import { histogramTotals, recordMs } from "../../../lib/metrics/histogram.ts";
import { OPERATIONS } from "../../../lib/metrics/operations.ts";
import { FIELD, Region } from "../../../lib/engine/threads/region.ts";

const ORDER = { kind: "train", epoch: 2, stepCount: 4, total: 8 } as const;

/** Ranks 2 and 3, one reader each. */
function partsOf() {
  const region = new Region({
    accelerators: 2,
    readersPerAccelerator: 1,
    generators: 0,
    maxSteps: 4,
  });
  const rows = [
    { role: "accelerator", rank: 2 },
    { role: "accelerator", rank: 3 },
    { role: "reader", rank: 2 },
    { role: "reader", rank: 3 },
  ];
  return { region, progress: new PhaseProgress(region, rows, "node-1") };
}

Deno.test("PhaseProgress gives the steps of every rank, each time by itself and as a sum", () => {
  const { region, progress } = partsOf();
  for (const [localRank, steps] of [[0, 2], [1, 3]] as const) {
    const fields = region.fields(localRank);
    fields[FIELD.steps] = steps;
    fields[FIELD.loadMs] = 10 + localRank;
    fields[FIELD.computeMs] = 20 + localRank;
    fields[FIELD.computeRequestedMs] = 20 + localRank;
    fields[FIELD.stepMs] = 40 + localRank;
    region.stepTimes(localRank, 0)[1] = 5 + localRank;
    region.stepTimes(localRank, 1)[0] = 8;
    region.stepTimes(localRank, 2)[0] = 16;
    region.stepTimes(localRank, 3)[0] = 8;
  }
  const look = progress.look(ORDER, 1.5);
  assertEquals([look.kind, look.epoch, look.host], ["train", 2, "node-1"]);
  assertEquals([look.done, look.total, look.unit], [5, 8, "steps"]);
  assertEquals(look.elapsedSeconds, 1.5);
  const { ranks } = look;
  assertEquals(ranks.firstRank, 2);
  assertEquals([...ranks.stepCounts], [2, 3]);
  assertEquals([...ranks.loadMs], [10, 11]);
  assertEquals([...ranks.computeMs], [20, 21]);
  assertEquals([...ranks.stepMs], [40, 41]);
  assertEquals(ranks.steps.map(({ loadMs }) => loadMs[1]), [5, 6]);
  assertEquals(look.auPercent, 100 * (12 + 13) / (24 + 25));
});

Deno.test("PhaseProgress adds up what the threads of each role did", () => {
  const { region, progress } = partsOf();
  for (const row of [2, 3]) {
    const fields = region.fields(row);
    fields[FIELD.bytes] = 100 * row;
    fields[FIELD.operations] = row;
    fields[FIELD.retries] = 1;
  }
  const look = progress.look(ORDER, 0);
  assertEquals(look.bytes, 500);
  assertEquals(
    look.roles.map(({ role, bytes, operations, retries }) => [
      role,
      bytes,
      operations,
      retries,
    ]),
    [["accelerator", 0, 0, 0], ["reader", 500, 5, 2]],
  );
});

Deno.test("PhaseProgress counts files in a phase without steps", () => {
  const { region, progress } = partsOf();
  region.fields(2)[FIELD.files] = 3;
  const look = progress.look({ ...ORDER, stepCount: 0 }, 0);
  assertEquals([look.done, look.unit, look.auPercent], [3, "files", null]);
});

Deno.test("PhaseProgress uses the same arrays at every look and asks for CPU seldom", () => {
  const { region, progress } = partsOf();
  const first = progress.look(ORDER, 0);
  region.fields(0)[FIELD.steps] = 1;
  const second = progress.look(ORDER, 0.1);
  assert(second.ranks.stepCounts === first.ranks.stepCounts);
  assertEquals(second.done, 1);
  assert(second.cpu === first.cpu);
  assert(progress.look(ORDER, 0.3).cpu !== first.cpu);
  // The next phase begins at 0 again.
  assert(progress.look(ORDER, 0).cpu !== second.cpu);
});

Deno.test("cpuTime() is what was used between two readings, or why nobody knows", () => {
  const reading = (userMs: number, systemMs: number) =>
    ({ value: { userMs, systemMs }, reason: null }) as const;
  assertEquals(cpuTime(reading(3000, 2000), reading(1000, 1500)), {
    userSeconds: 2,
    systemSeconds: 0.5,
    source: "/proc/self/stat utime and stime",
  });
  assertEquals(cpuTime({ value: null, reason: "no FFI" }, reading(1, 1)), {
    userSeconds: null,
    systemSeconds: null,
    source: "no FFI",
  });
});

Deno.test("PhaseProgress merges the latencies of what the phase moves, and looks at them once a second", () => {
  const { region, progress } = partsOf();
  const [read, write] = ["read", "write"].map((name) =>
    OPERATIONS.findIndex((operation) => operation === name)
  );
  recordMs(region.histogram(2, read!), 1);
  recordMs(region.histogram(3, read!), 4);
  recordMs(region.histogram(3, write!), 100);
  const totals = (elapsedSeconds: number) =>
    histogramTotals(progress.look(ORDER, elapsedSeconds).latency);
  assertEquals([totals(0).count, totals(0).maxMs], [2, 4]);
  recordMs(region.histogram(2, read!), 2);
  assertEquals([totals(0.9).count, totals(1).count], [2, 3]);
});

Deno.test("PhaseProgress asks once a second what reached the device", () => {
  const { progress } = partsOf();
  let asked = 0;
  const look = (elapsedSeconds: number) =>
    progress.look(ORDER, elapsedSeconds, (roles) => {
      asked++;
      return { bytes: roles.length, ofBytes: 7, source: "test" };
    }).device;
  assertEquals(look(0), { bytes: 2, ofBytes: 7, source: "test" });
  for (let tick = 1; tick <= 20; tick++) look(tick / 10);
  assertEquals(asked, 3);
  assertEquals(progress.look(ORDER, 0).device.bytes, null);
});

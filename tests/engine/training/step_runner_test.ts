import { assertEquals } from "@std/assert";
import {
  type BatchSource,
  noBatches,
} from "../../../lib/engine/training/batch_source.ts";
import { StepRunner } from "../../../lib/engine/training/step_runner.ts";
import { Doorbell, ring } from "../../../lib/engine/threads/doorbell.ts";
import { WorkerMeter } from "../../../lib/engine/threads/meter.ts";
import { FIELD, Region } from "../../../lib/engine/threads/region.ts";

/** Nobody rings while this thread sleeps: a test would wait for ever. */
class SoleBell extends Doorbell {
  override wait(rings: number): void {
    if (this.rings() === rings) throw new Error("this wait would not end");
  }
}

/** Runs steps of one thread under a clock that is 1 ms later at each look. */
async function runSteps(
  options: {
    readonly accelerators: number;
    readonly steps: number;
    readonly source?: (region: Region) => BatchSource;
    /** Milliseconds of compute, by accelerator. */
    readonly wantedMs?: readonly number[];
  },
) {
  const { accelerators, steps, source, wantedMs = [] } = options;
  const region = new Region({
    accelerators,
    readersPerAccelerator: 1,
    generators: 0,
    maxSteps: steps,
    acceleratorsPerThread: accelerators,
  });
  const meters = Array.from(
    { length: accelerators },
    (_, row) => new WorkerMeter(region, row),
  );
  const runner = new StepRunner({
    region,
    bell: new SoleBell(region, region.acceleratorBell(0)),
    accelerators: meters.map((meter, rank) => ({
      place: { rank, localRank: rank },
      meter,
    })),
    source: source?.(region) ?? noBatches,
  });
  const realNow = performance.now;
  let looks = 0;
  performance.now = () => ++looks;
  try {
    for (const meter of meters) meter.beginPhase();
    const looksBefore = looks;
    await runner.run({
      stepCount: steps,
      stepEntries: undefined,
      draws: meters.map((_, index) => () => wantedMs[index] ?? 0),
      saves: null,
    });
    const timesOf = (localRank: number) =>
      [0, 1, 2, 3].map((time) => [...region.stepTimes(localRank, time)]);
    return { looks: looks - looksBefore, timesOf, region, meters };
  } finally {
    performance.now = realNow;
  }
}

Deno.test("a step that computes nothing reads the clock twice, however many accelerators share the thread", async () => {
  for (const accelerators of [1, 3, 64]) {
    const { looks } = await runSteps({ accelerators, steps: 50 });
    assertEquals(looks, 2 * 50, `${accelerators} accelerators`);
  }
});

Deno.test("the times of a step add up: load, compute until the last is done, barrier", async () => {
  // Looks: gates 1 to 3, taken 4, computed when it is 9, over at 10.
  const { timesOf, meters } = await runSteps({
    accelerators: 3,
    steps: 1,
    wantedMs: [0, 5, 2],
  });
  // Load, compute, step, requested.
  assertEquals(timesOf(0), [[3], [0], [9], [0]]);
  assertEquals(timesOf(1), [[2], [5], [8], [5]]);
  assertEquals(timesOf(2), [[1], [2], [7], [2]]);
  const sums = meters.map(({ fields }) =>
    [FIELD.loadMs, FIELD.computeMs, FIELD.stepMs, FIELD.steps]
      .map((field) => fields[field])
  );
  assertEquals(sums, [[3, 0, 9, 1], [2, 5, 8, 1], [1, 2, 7, 1]]);
});

Deno.test("a batch that comes between the look and the wait is not missed", async () => {
  const looks = new Map<string, number>();
  const { timesOf } = await runSteps({
    accelerators: 2,
    steps: 3,
    source: (region) => ({
      ...noBatches,
      isThere(index, step) {
        const key = `${index} ${step}`;
        const count = (looks.get(key) ?? 0) + 1;
        looks.set(key, count);
        // As a reader does that has put one right after this look.
        ring(region.words, region.acceleratorBell(0));
        return count > 3 || (index === 0 && step !== 1);
      },
    }),
  });
  assertEquals(looks.size, 2 * 3);
  // In the last step the first accelerator has its batch before the other.
  const load = [timesOf(0)[0], timesOf(1)[0]];
  assertEquals(load, [[2, 1, 1], [2, 1, 2]]);
});

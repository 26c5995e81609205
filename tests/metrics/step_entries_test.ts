import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { mergePhases } from "../../lib/metrics/merge_phases.ts";
import type { PhaseRecord } from "../../lib/metrics/run_record.ts";
import {
  entriesIn,
  entryBounds,
  entryCountOf,
  planStepEntries,
  STEP_TIMES_MAX,
  type StepEntries,
  stepsOf,
  stepsPerEntryOf,
} from "../../lib/metrics/step_entries.ts";
import { stepTotals } from "../../lib/metrics/time_split.ts";
import { phaseUtilization } from "../../lib/metrics/utilization.ts";
import { phaseFromPlain, phaseToPlain } from "../../lib/results/phase_json.ts";
import { jsonPieces } from "../../lib/results/json_pieces.ts";
import { hostsOf, phaseOf, rankOf } from "./sample_run.ts";
import { withSharedEntries } from "./shared_entries.ts";

/** Times whose sums are exact in any order: multiples of 1/64 s. */
const seconds = fc.nat(1000).map((n) => n / 64);
const steps = fc.array(fc.tuple(seconds, seconds, seconds), {
  minLength: 2,
  maxLength: 60,
});

/** A phase, and which steps of it share entries. */
const cases = fc.record({
  steps,
  stepsPerEntry: fc.integer({ min: 2, max: 9 }),
  excludeStartSteps: fc.nat(70),
  excludeEndSteps: fc.nat(70),
  stepsBetween: fc.integer({ min: 1, max: 70 }),
  /** Steps that were planned and not done. */
  missing: fc.nat(20),
}).map((drawn) => {
  const planned = drawn.steps.length + drawn.missing;
  const edges = [1, drawn.excludeStartSteps, planned - drawn.excludeEndSteps];
  for (let s = drawn.stepsBetween; s < planned; s += drawn.stepsBetween) {
    edges.push(s);
  }
  const entries = planStepEntries(planned, drawn.stepsPerEntry, edges);
  assert(entries !== null);
  const phase = phaseOf({
    plannedSteps: planned,
    ranks: [rankOf(0, drawn.steps)],
  });
  return {
    ...drawn,
    entries,
    phase,
    shared: withSharedEntries(phase, entries),
  };
});

Deno.test("entries of a long run leave AU, sustained AU, throughput, load and lost time exact", () => {
  fc.assert(fc.property(cases, (drawn) => {
    const { phase, shared } = drawn;
    const isCut = drawn.missing > 0 && drawn.excludeEndSteps > 0;
    const whole = phaseUtilization(phase, drawn);
    const kept = phaseUtilization(shared, drawn);
    if (!isCut) assertEquals(kept, whole);
    assertEquals(kept.sustainedAu, whole.sustainedAu);
    assert(kept.windowSteps <= whole.windowSteps);
    assert(whole.windowSteps - kept.windowSteps < drawn.stepsPerEntry);
    const { worst, ...totals } = stepTotals([shared]);
    const { worst: wholeWorst, ...wholeTotals } = stepTotals([phase]);
    assertEquals(worst, wholeWorst);
    for (const [key, value] of Object.entries(totals)) {
      const before = wholeTotals[key as keyof typeof wholeTotals];
      assertAlmostEquals(value ?? 0, before ?? 0, 1e-9);
    }
  }));
});

Deno.test("entries hold every step once, begin at each edge and are bounded", () => {
  fc.assert(fc.property(cases, ({ entries, shared, steps, stepsBetween }) => {
    const bounds = entryBounds(entries);
    assertEquals(bounds.length, entryCountOf(entries) + 1);
    assert(entries.edges.every((edge) => bounds.includes(edge)));
    const [rank] = shared.ranks;
    assert(rank !== undefined);
    const counts = rank.stepSeconds.map((_, entry) => stepsOf(rank, entry));
    assertEquals(counts.reduce((a, b) => a + b, 0), steps.length);
    assert(Math.max(...counts) <= entries.stepsPerEntry);
    const block = { from: 0, to: Math.min(stepsBetween, steps.length) };
    assertEquals(entriesIn(rank, block).stepCount, block.to);
  }));
});

Deno.test("a run keeps each step until there are too many, then at most the stated number", () => {
  assertEquals(stepsPerEntryOf(STEP_TIMES_MAX), 1);
  assertEquals(planStepEntries(STEP_TIMES_MAX, 1, [1]), null);
  for (const stepTotal of [STEP_TIMES_MAX + 1, 1e7, 1e9]) {
    const entries = planStepEntries(stepTotal, stepsPerEntryOf(stepTotal), [1]);
    assert(entries !== null && entryCountOf(entries) <= STEP_TIMES_MAX + 1);
  }
});

Deno.test("entries come back from JSON and through a merge as they were", () => {
  const entries: StepEntries = { stepsPerEntry: 2, edges: [0, 1, 4] };
  const half = (process: number): PhaseRecord =>
    withSharedEntries(
      phaseOf({
        plannedSteps: 4,
        ranks: [rankOf(process, [[1, 2, 0], [3, 1, 0], [2, 2, 1], [1, 1, 1]])],
        hosts: hostsOf({ bytes: 0, source: "none" }, { process }),
      }),
      entries,
    );
  const merged = mergePhases([half(1), half(0)]);
  assertEquals(merged.stepEntries, entries);
  assertEquals(merged.stepTimes?.load[0], 8);
  assertEquals(merged.ranks[1]?.loadSeconds, Float64Array.of(1, 5, 1));
  const text = [...jsonPieces(phaseToPlain(merged))].join("");
  assertEquals(phaseFromPlain(JSON.parse(text)), merged);
});

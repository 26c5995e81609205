/** Tests of lib/metrics/step_warnings.ts. */
import { assert, assertEquals } from "@std/assert";
import { summarizeKind } from "../../lib/metrics/kind_summary.ts";
import type { PhaseRecord } from "../../lib/metrics/run_record.ts";
import { stepWarnings } from "../../lib/metrics/step_warnings.ts";
import { CONTEXT, hostsOf, phaseOf, rankOf, workerOf } from "./sample_run.ts";

const BATCH_SIZE = 4;

/** A phase of long enough steps that moves what its settings say. */
function phaseWith(
  facts: Partial<PhaseRecord>,
  steps: readonly (readonly [number, number, number])[] = Array(20).fill(
    [0.001, 0.1, 0],
  ),
): PhaseRecord {
  const samples = steps.length * BATCH_SIZE;
  return phaseOf({
    batchSize: BATCH_SIZE,
    ranks: [rankOf(0, steps)],
    workers: [workerOf(0, { bytes: samples * CONTEXT.recordBytes })],
    ...facts,
  });
}

function warningsOf(phase: PhaseRecord, batchesAhead = 2): string[] {
  return stepWarnings(summarizeKind("train", [phase], {
    settings: { ...CONTEXT, batchesAhead },
    isComplete: true,
  }));
}

Deno.test("stepWarnings() has none for a run that is settled and on time", () => {
  assertEquals(warningsOf(phaseWith({})), []);
});

Deno.test("stepWarnings() tells of a run that is too short", () => {
  const [warning, ...rest] = warningsOf(phaseWith({}), 6);
  assertEquals(rest, []);
  assert(warning?.includes("19 steps of an epoch count"), warning);
  assert(warning?.includes("24 are needed"), warning);
});

Deno.test("stepWarnings() tells of figures that are not sustained", () => {
  const steps = Array.from(
    { length: 20 },
    (_, step) => [step === 0 ? 3 : 0, 0.1, 0] as const,
  );
  const [warning] = warningsOf(phaseWith({}, steps));
  assert(warning?.includes("AU 100.0 %, sustained 40.0 %"), warning);
});

Deno.test("stepWarnings() names the step that computed longest too long", () => {
  const phase = phaseWith({ epoch: 3 });
  const [rank] = phase.ranks;
  const late = Float64Array.from(rank!.computeSeconds);
  late[7] = 10.1;
  const stepSeconds = Float64Array.from(rank!.stepSeconds);
  stepSeconds[7]! += 10;
  const warnings = warningsOf({
    ...phase,
    ranks: [{ ...rank!, computeSeconds: late, stepSeconds }],
  });
  const warning = warnings.find((text) => text.includes("longer than asked"));
  assert(
    warning?.includes(
      "500.0 % longer than asked, at worst 10000.0 ms in step 8 of epoch 3 " +
        "on rank 0",
    ),
    warnings.join("\n"),
  );
});

Deno.test("stepWarnings() tells of busy processors only while steps wait", () => {
  const hostCpu = { busyFraction: 0.98, pressureFraction: null };
  const hosts = hostsOf({ bytes: 0, source: "" }, { hostCpu });
  assertEquals(warningsOf(phaseWith({ hosts })), []);
  const waiting = Array(20).fill([0.1, 0.1, 0]);
  const [warning] = warningsOf(phaseWith({ hosts }, waiting));
  assert(warning?.includes("processors were 98.0 % busy"), warning);
});

Deno.test("stepWarnings() tells of nominal bytes that are not the real ones", () => {
  const full = 20 * BATCH_SIZE * CONTEXT.recordBytes;
  const bytes = (count: number) =>
    warningsOf(phaseWith({ workers: [workerOf(0, { bytes: count })] }));
  assertEquals(bytes(Math.ceil(full * 0.985)), []);
  assertEquals(bytes(Math.floor(full * 1.015)), []);
  for (const count of [0, full / 2, full * 2]) {
    const [warning] = bytes(count);
    assert(warning?.includes("is nominal"), String(count));
    const real = (count / 2 ** 20 / 6).toFixed(2);
    assert(warning?.includes(`${real} MiB/second were really read`), warning);
  }
});

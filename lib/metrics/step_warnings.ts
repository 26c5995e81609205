/**
 * What the reader of AU and throughput must be warned of: a run that is too
 * short, a host that is too busy, bytes that are not those of the settings.
 */
import type { KindSummary, StepSummary } from "./kind_summary.ts";
import { PHASE_KINDS } from "./phase_kinds.ts";

/** Above this, in percent, compute that took longer is worth a warning. */
const OVERRUN_WARNING_PERCENT = 1;
/** Above this the processors are said to be busy. */
const BUSY_WARNING_FRACTION = 0.9;
/** Above this part of the time accelerators are said to have waited. */
const WAITING_WARNING_FRACTION = 0.05;
/** Nominal and real bytes may differ by this part. */
const NOMINAL_TOLERANCE = 0.02;

/**
 * Warnings of one kind of phase.
 *
 * @param kind Its figures.
 * @returns One sentence each; none where there are no steps.
 */
export function stepWarnings(kind: KindSummary): string[] {
  const { steps } = kind;
  if (steps === null) return [];
  const { metricTitle } = PHASE_KINDS[kind.kind];
  return [
    ...settlingWarning(metricTitle, steps),
    ...overrunWarning(metricTitle, steps),
    ...busyWarning(metricTitle, kind, steps),
    ...nominalWarning(metricTitle, kind, steps),
  ];
}

function settlingWarning(title: string, steps: StepSummary): string[] {
  const { settling, auPercent, sustainedAuPercent } = steps;
  // Without any AU another warning says why there is none.
  if (settling.isSettled || auPercent.mean === null) return [];
  const { windowSteps, neededSteps } = settling;
  const figures = `AU ${percent(auPercent.mean)}, sustained ` +
    percent(sustainedAuPercent.mean);
  return [
    windowSteps < neededSteps
      ? `${title} is not settled (${figures}): ${windowSteps} steps of an ` +
        `epoch count, and readers may hold so many batches ahead that ` +
        `${neededSteps} are needed. Use more files or a smaller batch; until ` +
        `then believe the sustained figures`
      : `${title} is not settled (${figures}): the steps that count are not ` +
        `like the whole epoch. Use more files; until then believe the ` +
        `sustained figures`,
  ];
}

function overrunWarning(title: string, steps: StepSummary): string[] {
  const { overrunPercent, worstOverrun } = steps;
  if (overrunPercent === null || worstOverrun === null) return [];
  if (overrunPercent <= OVERRUN_WARNING_PERCENT) return [];
  const { rank, step, epoch, excessSeconds } = worstOverrun;
  return [
    `${title} computed ${percent(overrunPercent)} longer than asked, at ` +
    `worst ${(1000 * excessSeconds).toFixed(1)} ms in step ${step} of epoch ` +
    `${epoch} on rank ${rank}: this host was late (busy processors, a paused ` +
    `machine). The excess counts as waiting`,
  ];
}

function busyWarning(
  title: string,
  { hostCpuBusyFraction }: KindSummary,
  { timeSplit }: StepSummary,
): string[] {
  if (hostCpuBusyFraction === null || timeSplit === null) return [];
  const waiting = timeSplit.load + timeSplit.barrier + timeSplit.overrun;
  if (
    hostCpuBusyFraction <= BUSY_WARNING_FRACTION ||
    waiting <= WAITING_WARNING_FRACTION
  ) return [];
  return [
    `${title} waited while this host's processors were ` +
    `${
      percent(100 * hostCpuBusyFraction)
    } busy. Fewer accelerators, a larger ` +
    `host or fewer other programs would tell more of the storage`,
  ];
}

function nominalWarning(
  title: string,
  { bytesMoved, durationSeconds }: KindSummary,
  { nominalBytes, nominalMibPerSecond }: StepSummary,
): string[] {
  const largest = Math.max(bytesMoved, nominalBytes);
  if (Math.abs(bytesMoved - nominalBytes) <= NOMINAL_TOLERANCE * largest) {
    return [];
  }
  const nominal = nominalMibPerSecond.mean;
  const real = durationSeconds > 0
    ? bytesMoved / 2 ** 20 / durationSeconds
    : null;
  return [
    `${title} throughput in MiB/second is nominal (samples times ` +
    `dataset.record_length_bytes): ${mib(nominal)}, while ${mib(real)} were ` +
    `really read`,
  ];
}

function percent(value: number | null): string {
  return value === null ? "n/a" : `${value.toFixed(1)} %`;
}

function mib(value: number | null): string {
  return value === null ? "n/a" : `${value.toFixed(2)} MiB/second`;
}

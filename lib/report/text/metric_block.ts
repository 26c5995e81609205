/**
 * The block at the end of a run: DLIO's `[METRIC]` lines, which its users
 * know and their scripts search for, then Stoker's, which say whether the
 * numbers above can be believed.
 */
import {
  dlioMetricLines,
  METRIC_RULE,
} from "../../results/dlio/metric_lines.ts";
import type { MetricTag } from "../../results/result_context.ts";
import { cacheDropText } from "../../metrics/cache_drop.ts";
import type { CacheTruth } from "../../metrics/cache_truth.ts";
import type { CpuTruth } from "../../metrics/cpu_truth.ts";
import type { KindSummary, StepSummary } from "../../metrics/kind_summary.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { measuredKinds } from "../../metrics/summary.ts";
import type { RunSummary } from "../../metrics/summary.ts";
import { adviceText, splitText } from "./au_advice.ts";
import { bytesText, fixedText, latencyText } from "./quantity.ts";

/** How bytes that go one way or the other are told of. */
const DIRECTION_WORDS = {
  read: { done: "read", operation: "read", way: "from", memory: "from" },
  write: { done: "written", operation: "write", way: "to", memory: "left in" },
} as const;

type DirectionWords = (typeof DIRECTION_WORDS)[keyof typeof DIRECTION_WORDS];

/**
 * The metric block of a run.
 *
 * @param summary The run's summary.
 * @param tag Replaces DLIO's `[METRIC]`, by which scripts would take the run
 *   for a whole and real one.
 * @returns Lines, each with its line feed.
 */
export function metricBlock(
  summary: RunSummary,
  tag: MetricTag = "METRIC",
): string {
  const block = [METRIC_RULE, ...dlioMetricLines(summary), METRIC_RULE];
  return [
    ...block.map((line) => line.replace("[METRIC]", `[${tag}]`)),
    ...stokerLines(summary).map((line) => `[STOKER] ${line}`),
  ].map((line) => `${line}\n`).join("");
}

/**
 * What Stoker adds to DLIO's lines, without a prefix: for each kind of phase
 * bytes, latency, cache truth, slowest rank; then the warnings, and last the
 * verdict.
 *
 * @param summary The run's summary.
 * @returns Lines without line feeds.
 */
export function stokerLines(summary: RunSummary): string[] {
  const lines = measuredKinds(summary).flatMap(kindLines);
  if (!summary.complete) {
    lines.push("Incomplete: the run ended early, figures are partial");
  }
  for (const warning of summary.warnings) lines.push(`Warning: ${warning}`);
  lines.push(...verdictLines(summary));
  return lines;
}

function verdictLines({ verdict, kinds }: RunSummary): string[] {
  if (verdict === null) return [];
  const hasSteps = [...kinds.values()].some(({ steps }) => steps !== null);
  const advice = hasSteps ? adviceText(verdict) : null;
  return [
    `Verdict: ${verdict.text}`,
    ...(advice === null ? [] : [`What may help: ${advice}`]),
  ];
}

function kindLines(summary: KindSummary): string[] {
  const { metricTitle: name, direction } = PHASE_KINDS[summary.kind];
  const { cache, cacheDrop } = summary;
  const words = DIRECTION_WORDS[direction];
  const latencyUs = direction === "write"
    ? summary.writeLatencyUs
    : summary.readLatencyUs;
  const bytes = bytesText(summary.bytesMoved);
  const rate = fixedText(summary.mibPerSecond.mean, 2);
  const seconds = fixedText(summary.durationSeconds, 3);
  const first = fixedText(summary.firstDoneSeconds, 3);
  const last = fixedText(summary.lastDoneSeconds, 3);
  return [
    ...(summary.steps === null ? [] : stepLines(name, summary.steps)),
    `${name} bytes really ${words.done}: ${bytes} in ${seconds} s ` +
    `(${rate} MiB/second)`,
    `${name} ${words.operation} latency (µs): ${latencyText(latencyUs)}`,
    ...downloadLines(name, summary),
    `${name} ${words.way} device: ${deviceText(cache, words)}`,
    ...(cacheDrop === null
      ? []
      : [`${name} page cache dropped ${cacheDropText(cacheDrop)}`]),
    ...(direction === "write" ? fsyncLines(name, summary) : []),
    `${name} slowest rank: ${summary.slowestRank ?? "n/a"}; first done ` +
    `${first} s, last done ${last} s`,
    ...cpuLines(name, summary),
  ];
}

/** Sustained figures, then where the accelerators' time went. */
function stepLines(name: string, steps: StepSummary): string[] {
  const au = steps.sustainedAuPercent.mean;
  const rate = steps.sustainedSamplesPerSecond.mean;
  const mark = steps.settling.isSettled ? "" : "; NOT SETTLED";
  return [
    `${name} sustained, all steps: AU ${fixedText(au, 1)} %, ` +
    `${fixedText(rate, 2)} samples/second${mark}`,
    ...(steps.timeSplit === null
      ? []
      : [`${name} time of accelerators: ${splitText(steps.timeSplit)}`]),
  ];
}

/** What was copied to this host; the lines before are of the copies. */
function downloadLines(name: string, { downloads }: KindSummary): string[] {
  if (downloads === undefined) return [];
  const { bytes, shardCount, latencyUs } = downloads;
  return [
    `${name} shards downloaded to the cache: ${bytesText(bytes)} in ` +
    `${shardCount} downloads`,
    `${name} download latency of a shard (µs): ${latencyText(latencyUs)}`,
  ];
}

/** CPU truth: what it cost, how much of what there is, who took it. */
function cpuLines(name: string, { cpu }: KindSummary): string[] {
  if (cpu.seconds === null) return [];
  const { usedFraction, allowedCount, allowedSource, roles } = cpu;
  const parts = [
    `${fixedText(cpu.seconds, 2)} s (kernel ` +
    `${fixedText(cpu.systemSeconds, 2)} s)`,
    ...costTexts(cpu),
    ...(usedFraction === null ? [] : [
      `${percentText(usedFraction)} % of ${allowedCount} processors ` +
      `(${allowedSource})`,
    ]),
    ...pressureTexts(cpu),
  ];
  const shares = roles.map(({ role, seconds, systemSeconds }) =>
    `${role} ${fixedText(seconds, 2)} s (kernel ` +
    `${fixedText(systemSeconds, 2)} s)`
  );
  return [
    `${name} processor time: ${parts.join(", ")}`,
    ...(shares.length === 0
      ? []
      : [`${name} processor time by role: ${shares.join(", ")}`]),
  ];
}

function costTexts({ secondsPerGb, secondsPerSample }: CpuTruth): string[] {
  return [
    ...(secondsPerGb === null ? [] : [`${fixedText(secondsPerGb, 3)} s/GB`]),
    ...(secondsPerSample === null
      ? []
      : [`${fixedText(1000 * secondsPerSample, 3)} ms/sample`]),
  ];
}

function pressureTexts(
  { pressureFraction, groupPressureFraction }: CpuTruth,
): string[] {
  const fraction = groupPressureFraction ?? pressureFraction;
  return fraction === null
    ? []
    : [`threads waited for one ${percentText(fraction)} % of the time`];
}

function fsyncLines(name: string, { checkpoints }: KindSummary): string[] {
  if (checkpoints === null) return [];
  const percent = percentText(checkpoints.fsyncFraction);
  return [`${name}: ${percent} % of the time in fsync`];
}

/** Cache truth in words. */
function deviceText(cache: CacheTruth, words: DirectionWords): string {
  const { bytesFromDevice, bytesRequested, hitFraction, source } = cache;
  if (bytesFromDevice === null) return `not known (${source})`;
  // Holes and compression are no memory.
  const elsewhere = (cache.shortfall?.reasons.length ?? 0) > 0
    ? `not ${words.way} the device`
    : `${words.memory} memory`;
  return `${bytesText(bytesFromDevice)} of ${bytesText(bytesRequested)} ` +
    `requested, ${percentText(hitFraction)} % ${elsewhere}` +
    (source === "" ? "" : ` (${source})`);
}

function percentText(fraction: number | null): string {
  return fixedText(fraction === null ? null : 100 * fraction, 1);
}

/**
 * The numbers behind a verdict as rows: what was looked at, its value, which
 * limit it speaks for. Rows of what nobody tells are left out.
 */
import { CACHE_WARNING_FRACTION } from "../cache_truth.ts";
import type { KindSummary } from "../kind_summary.ts";
import { PHASE_KINDS } from "../phase_kinds.ts";
import { FULL_FRACTION, networkUse } from "./limit.ts";
import type { LostTime } from "./lost_time.ts";
import type { Signals, ThreadShares } from "./signals.ts";
import type { Evidence, LimitKind } from "./verdict.ts";

/** What evidence is made from. */
export interface EvidenceParts {
  readonly summary: KindSummary;
  /** 0 to 1. */
  readonly auGoal: number;
  /** Null without steps. */
  readonly lost: LostTime | null;
  readonly signals: Signals;
}

/** Above this part of a time that something speaks for a limit. */
const MUCH = 0.5;
/** Compute beyond what was asked for, percent, that speaks for the CPU. */
const LATE_PERCENT = 1;

/** All rows that there is a number for. */
export function evidenceOf(parts: EvidenceParts): Evidence[] {
  const { summary, signals } = parts;
  return [
    ...stepEvidence(parts),
    ...checkpointEvidence(summary),
    ...(signals.threads === null ? [] : threadEvidence(signals.threads)),
    ...deviceEvidence(signals),
    ...hostEvidence(signals),
    ...memoryEvidence(summary),
  ];
}

function row(
  signal: string,
  value: string,
  saysFor: LimitKind | null,
  note: string,
): Evidence {
  return { signal, value, saysFor, note };
}

function stepEvidence({ summary, auGoal, lost }: EvidenceParts): Evidence[] {
  const { steps } = summary;
  if (steps === null) return [];
  const { timeSplit: split, overrunPercent } = steps;
  const au = steps.sustainedAuPercent.mean;
  const rows = [
    row(
      "sustained AU",
      `${figure(au)} %, goal ${figure(100 * auGoal)} %`,
      null,
      "compute asked for / time, of all steps",
    ),
  ];
  if (split !== null && lost !== null) {
    rows.push(
      row(
        "waiting for batches",
        `${percent(split.load)} of the accelerators' time`,
        null,
        `${percent(lost.load)} of the lost time, as the rank that ended a ` +
          "step last saw it",
      ),
      row(
        "waiting for other accelerators",
        `${percent(split.barrier)} of the accelerators' time`,
        lost.barrier > MUCH ? "barrier" : null,
        `${percent(lost.barrier)} of the lost time has no cause in a wait ` +
          "for a batch or in late compute",
      ),
    );
  }
  if (overrunPercent !== null) {
    rows.push(row(
      "late compute",
      `${figure(overrunPercent)} % longer than asked`,
      overrunPercent > LATE_PERCENT ? "client_cpu" : null,
      "accelerators are threads of this host: it was late",
    ));
  }
  const slow = lost?.slowRank ?? null;
  if (slow !== null) {
    rows.push(row(
      "slowest rank",
      `rank ${slow.rank}: ${ms(1000 * slow.stepSeconds)} a step, others ` +
        ms(1000 * slow.othersStepSeconds),
      "barrier",
      `${percent(slow.part)} of the lost time would not be without it`,
    ));
  }
  return rows;
}

function checkpointEvidence({ kind, checkpoints }: KindSummary): Evidence[] {
  if (checkpoints === null) return [];
  const rate = row(
    "throughput",
    `${significant(checkpoints.gibPerSecond.mean)} GiB/s`,
    null,
    "bytes of all ranks / duration of the slowest",
  );
  if (PHASE_KINDS[kind].direction === "read") return [rate];
  const fsync = checkpoints.fsyncFraction ?? 0;
  return [
    rate,
    row(
      "fsync",
      `${percent(fsync)} of the time`,
      fsync > MUCH ? "storage" : null,
      "of the rank that waited longest",
    ),
  ];
}

function threadEvidence(threads: ThreadShares): Evidence[] {
  const { role, inCalls, onCpu, cpuWait, waiting } = threads;
  const who = `${role}s`;
  const rows = [
    row(
      `${who} waiting for storage`,
      `${percent(waiting)} of their time`,
      waiting > MUCH ? "storage" : null,
      onCpu === null
        ? "in calls of input and output"
        : "in calls of input and output, and not on a processor",
    ),
    row(
      `calls in flight per ${role.replace(/s$/, "")}`,
      inCalls.toFixed(2),
      null,
      "time in calls / time",
    ),
  ];
  if (onCpu !== null) {
    rows.push(row(
      `${who} on a processor`,
      `${percent(onCpu)} of their time, ${percent(cpuWait ?? 0)} of it ` +
        "waiting for one",
      onCpu > MUCH ? "client_cpu" : null,
      "copying, parsing, Stoker itself",
    ));
  }
  return rows;
}

function deviceEvidence(signals: Signals): Evidence[] {
  const { deviceBusyFraction: busy, deviceQueue, deviceSource } = signals;
  const rows: Evidence[] = [];
  if (busy !== null) {
    rows.push(row(
      "device busy",
      `${percent(busy)} of the time, ${(deviceQueue ?? 0).toFixed(1)} ` +
        "requests in flight",
      busy >= FULL_FRACTION ? "storage" : null,
      deviceSource ?? "",
    ));
  }
  const { slowEndpoint } = signals;
  if (slowEndpoint !== null) {
    rows.push(row(
      "slowest endpoint",
      `${slowEndpoint.address}: ${ms(slowEndpoint.meanMs)} a request, others ` +
        ms(slowEndpoint.othersMeanMs),
      "storage",
      "mean of all requests",
    ));
  }
  const used = networkUse(signals);
  if (used !== null) {
    rows.push(row(
      "network",
      `${percent(used)} of what its ports can carry`,
      used >= FULL_FRACTION ? "network" : null,
      "received and sent",
    ));
  }
  return rows;
}

function hostEvidence(signals: Signals): Evidence[] {
  const { hostCpuBusyFraction: busy, cpuPressureFraction, cpuSeconds } =
    signals;
  const rows: Evidence[] = [];
  if (busy !== null) {
    const pressure = cpuPressureFraction === null
      ? ""
      : `; threads waited for one ${percent(cpuPressureFraction)} of the time`;
    rows.push(row(
      "processors of the host busy",
      `${percent(busy)}${pressure}`,
      busy >= FULL_FRACTION ? "client_cpu" : null,
      "whoever used them",
    ));
  }
  if (cpuSeconds !== null && signals.durationSeconds > 0) {
    const { ownCpuFraction: own, ownCpuCount, ownCpuSource } = signals;
    rows.push(row(
      "processors used by Stoker",
      (cpuSeconds / signals.durationSeconds).toFixed(2) +
        (ownCpuCount === null ? "" : ` of ${figure(ownCpuCount)}`),
      (own ?? 0) >= FULL_FRACTION ? "client_cpu" : null,
      "seconds of processor time / seconds" +
        (ownCpuSource === null ? "" : `; what it may use: ${ownCpuSource}`),
    ));
  }
  return rows;
}

function memoryEvidence({ cache }: KindSummary): Evidence[] {
  const { hitFraction, source } = cache;
  if (hitFraction === null) return [];
  return [row(
    "not from the device",
    `${percent(hitFraction)} of the bytes`,
    hitFraction > CACHE_WARNING_FRACTION ? "page_cache" : null,
    source,
  )];
}

/** "94 %". @param fraction 0 to 1. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(0)} %`;
}

/** "93.4", "90". */
export function figure(value: number | null): string {
  return value === null ? "n/a" : String(Number(value.toFixed(1)));
}

/** Three significant digits: "2.31", "0.0421". */
export function significant(value: number | null): string {
  return value === null ? "n/a" : String(Number(value.toPrecision(3)));
}

/** "5.2 ms". @param value Milliseconds. */
export function ms(value: number): string {
  return `${significant(value)} ms`;
}

/**
 * One run of a probe: measured as any other, with a results folder of its own,
 * and taken apart into the figures of the curve.
 */
import { StokerError } from "../../errors.ts";
import type { FoundDataset } from "../../engine/dataset/found_dataset.ts";
import { createRunClock, type RunHooks } from "../../engine/run/run_hooks.ts";
import type { HostFacts } from "../../host/host_facts.ts";
import { type MeasuredRun, measureRun } from "../../measure/measured_run.ts";
import { cacheWarning } from "../../metrics/cache_truth.ts";
import type { KindSummary } from "../../metrics/kind_summary.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import type { Snapshot } from "../../metrics/snapshot.ts";
import { VOID_MEMORY_FRACTION } from "../../metrics/verdict/trust.ts";
import type { ProbeRun } from "../../saturate/probe.ts";
import type { Context } from "../line/command.ts";
import { resultContext } from "../session/result_settings.ts";
import type { PlannedProbe } from "./probe_planner.ts";

const BYTES_PER_MIB = 2 ** 20;
const US_PER_MS = 1000;
/**
 * A run that takes this many times as long as its compute is ended as soon as
 * enough of its steps are over: the search has better use for the time.
 */
const CUT_FACTOR = 3;

/** Who runs a probe. */
export interface ProbeRunOptions {
  readonly context: Context;
  readonly hooks: RunHooks;
  readonly host: HostFacts;
  readonly found: FoundDataset | null;
  /** Folder of this run's results. */
  readonly resultsPath: string;
  /** Whether bytes may come from memory. */
  readonly fromCache: boolean;
}

/** A probe that was ended because enough is known. */
class EnoughError extends StokerError {}

/**
 * Measures a load once.
 *
 * @param probe What to run.
 * @param options Who runs it.
 * @throws {StokerError} If the run failed, was stopped, or read from memory.
 */
export async function runProbe(
  probe: PlannedProbe,
  options: ProbeRunOptions,
): Promise<ProbeRun> {
  const { requested, line, args } = probe;
  const { context } = options;
  const cut = new AbortController();
  const measured = await measureRun(
    requested.workload,
    cutHooks(probe, options, cut),
    {
      accelerators: requested.accelerators,
      found: options.found,
      randomSeed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
      resultsPath: options.resultsPath,
      context: resultContext(requested, line, { ...context, args }),
      host: options.host,
      warnings: requested.warnings,
      // They are in the results of the probe.
      onWarning: (text) => context.console.detail(text),
    },
  );
  const { outcome: { error }, notSaved } = measured;
  if (error !== null && !(error instanceof EnoughError)) throw error;
  if (notSaved !== null) throw new StokerError(notSaved);
  return probeFigures(measured, options, error !== null);
}

/** Ends the run once it is much too slow, and enough of it is over. */
function cutHooks(
  { steady, requested }: PlannedProbe,
  { context, hooks }: ProbeRunOptions,
  cut: AbortController,
): RunHooks {
  const all = steady.steps * requested.accelerators;
  const enough = steady.leastSteps * requested.accelerators;
  const longSeconds = CUT_FACTOR * steady.computeSeconds;
  return {
    ...hooks,
    signal: AbortSignal.any([hooks.signal, cut.signal]),
    moment: createRunClock(context.now().getTime(), () => performance.now()),
    onProgress(snapshot: Snapshot) {
      hooks.onProgress(snapshot);
      const { elapsedSeconds, done, kind } = snapshot;
      if (!PHASE_KINDS[kind].hasSteps || elapsedSeconds < longSeconds) return;
      if (done < enough || done === all) return;
      cut.abort(
        new EnoughError(
          `The probe was ended after ${elapsedSeconds.toFixed(0)} s, as ` +
            `${done} of ${all} steps are enough to see that it is slow`,
        ),
      );
    },
  };
}

function probeFigures(
  { summary, record, folder }: MeasuredRun,
  { fromCache }: ProbeRunOptions,
  wasCut: boolean,
): ProbeRun {
  const training = summary.kinds.get("train");
  const phases = record.phases.filter(({ kind }) => PHASE_KINDS[kind].hasSteps);
  const auPercent = training?.steps?.auPercent.mean ?? null;
  if (training === undefined || auPercent === null) {
    throw new StokerError(
      "Cannot use a probe as some of its steps must count: none did",
    );
  }
  if (!fromCache) refuseMemory(training);
  const { cpu } = training;
  return {
    auPercent,
    steps: training.steps?.settling.windowSteps ?? 0,
    mibPerSecond: steadyMib(training, phases),
    latencyP99Ms: training.readLatencyUs === null
      ? null
      : training.readLatencyUs.p99 / US_PER_MS,
    cpuPercent: percentOf(greatest(cpu.usedFraction, cpu.hostBusyFraction)),
    cpuSecondsPerGb: cpu.secondsPerGb,
    memoryPercent: percentOf(training.cache.hitFraction),
    limit: summary.verdict?.limit ?? "unknown",
    confidence: summary.verdict?.confidence ?? 0,
    wasCut,
    folder,
  };
}

/** Of the processors that may be used, or of the host's. */
function greatest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? a ?? b : Math.max(a, b);
}

function percentOf(fraction: number | null): number | null {
  return fraction === null ? null : 100 * fraction;
}

/** Samples per second of the steps that count, in bytes as they are. */
function steadyMib(
  { steps, bytesMoved }: KindSummary,
  phases: readonly PhaseRecord[],
): number {
  const samples = phases.flatMap(({ workers }) => workers)
    .reduce((sum, worker) => sum + worker.samples, 0);
  if (samples === 0) return 0;
  const perSecond = steps?.samplesPerSecond.mean ?? 0;
  return perSecond * bytesMoved / samples / BYTES_PER_MIB;
}

/** @throws {StokerError} If most of the bytes came from memory. */
function refuseMemory({ kind, cache }: KindSummary): void {
  if ((cache.hitFraction ?? 0) <= VOID_MEMORY_FRACTION) return;
  throw new StokerError(
    "Cannot search as probes must not be measured from memory: " +
      `${cacheWarning(kind, cache) ?? ""} Use --odirect, or --from-cache to ` +
      "measure it all the same",
  );
}

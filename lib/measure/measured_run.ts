/**
 * One measured run, from settings to a finished results folder:
 *
 *    take the folder → run → each phase into the journal → summary, all files
 *
 * Nothing here knows a command line: whoever calls it says where results go,
 * which time it is and who listens, and may call it as often as it likes.
 */
import { ranksOfShare } from "../cluster/share.ts";
import type { Workload } from "../config/workload.ts";
import { during } from "../engine/run/during.ts";
import type { RunHooks, RunOutcome } from "../engine/run/run_hooks.ts";
import { onFirstTogether } from "../engine/run/together.ts";
import {
  runWorkload,
  type WorkloadOptions,
} from "../engine/run/run_workload.ts";
import type { RunTrace } from "../engine/trace/run_trace.ts";
import type { HostFacts } from "../host/host_facts.ts";
import type { Moment, RunRecord } from "../metrics/run_record.ts";
import { type RunSummary, summarize } from "../metrics/summary.ts";
import { reportText } from "../report/text/report_text.ts";
import type { ResultContext } from "../results/result_context.ts";
import {
  FS_SEPARATION_NAME,
  fsSeparationJson,
} from "../results/mlperf/fs_separation.ts";
import {
  type FurtherFiles,
  ResultsFolder,
  type SavedResults,
  TRACE_NAME,
} from "../results/results_folder.ts";
import type { SavedRun } from "../results/results_reader.ts";
import { IOSTAT_NAME, iostatPieces } from "../results/dlio/iostat.ts";
import { DeviceLog } from "./device_log.ts";
import { folderSeparation } from "./folder_separation.ts";
import { gatherHosts } from "./gather_hosts.ts";
import { notSavedText, silentText } from "./not_saved_text.ts";
import { PhaseKeeper } from "./phase_keeper.ts";
import { REPORT_PAGE_NAME, tryReportPage } from "./report_page.ts";
import { storagePlaces } from "./storage_places.ts";

/** Arguments of {@linkcode measureRun} beside the settings. */
export interface MeasureOptions
  extends Omit<WorkloadOptions, "force" | "stokerVersion"> {
  /** Folder of the results; it must not hold any yet. */
  readonly resultsPath: string;
  /** What results keep of the run beside its measurements. */
  readonly context: ResultContext;
  /** The host that this process runs on. */
  readonly host: HostFacts;
  /** What was said of the settings already, for the record. */
  readonly warnings: readonly string[];
  /** Absent or null: what threads do is not traced. */
  readonly trace?: TraceRequest | null;
  /** The folder is taken, the run begins. */
  readonly onBegin?: () => void;
  /**
   * Hears what the reader of the results should know, and at once when a
   * phase cannot be saved.
   */
  readonly onWarning: (text: string) => void;
}

/** A trace that is wanted. */
export interface TraceRequest {
  /** Its file; null: `trace.pfw.gz` in the results folder. */
  readonly path: string | null;
  /** Events after which it ends. */
  readonly maxEvents: number;
}

/** What became of a measured run. */
export interface MeasuredRun {
  readonly record: RunRecord;
  readonly summary: RunSummary;
  /** Its phases, and what ended it early; null if nothing did. */
  readonly outcome: RunOutcome;
  /** Path of the results; null in all processes but the first. */
  readonly folder: string | null;
  /** What could not be saved, and where else it is; null if all was. */
  readonly notSaved: string | null;
}

/**
 * Runs a workload and saves its results.
 *
 * @param workload The settings.
 * @param hooks Time, the signal that stops the run, and who listens.
 * @param given Where results go, and what they keep.
 * @returns What was measured, complete or not. Rejects only if nothing was;
 *   the results folder is then as free as before.
 * @throws {StorageError} If the results folder cannot be used.
 * @throws {ConfigError} If the settings cannot be used.
 */
export async function measureRun(
  workload: Workload,
  hooks: RunHooks,
  given: MeasureOptions,
): Promise<MeasuredRun> {
  const start = hooks.moment();
  const places = await storagePlaces(workload, hooks.stallTimeoutMs);
  const options = { ...given, context: { ...given.context, places } };
  const hosts = await gatherHosts(hooks, given);
  const folder = await takeFolder({ start, hosts }, hooks, options);
  options.onBegin?.();
  const warnings = [...options.warnings];
  const { context, onWarning } = options;
  const { signal, stallTimeoutMs } = hooks;
  const keeper = new PhaseKeeper({ folder, stallTimeoutMs, signal, onWarning });
  const warn = (text: string) => {
    warnings.push(text);
    onWarning(text);
  };
  const devices = watchDevices(workload, hooks, { folder, warn });
  let outcome: RunOutcome;
  let trace: RunTrace | null = null;
  try {
    trace = await beginTrace(hooks, { ...options, folder, onWarning: warn });
    outcome = await runWorkload(workload, keepingHooks(hooks, keeper, trace), {
      ...options,
      force: false,
      stokerVersion: context.stokerVersion,
      onWarning: warn,
    });
  } catch (error) {
    // Nothing was measured: there is nothing to keep.
    await trace?.discard();
    await keeper.discard();
    throw error;
  } finally {
    devices?.stop();
  }
  const record: RunRecord = {
    start,
    end: hooks.moment(),
    accelerators: acceleratorsOf(options),
    hosts,
    phases: outcome.phases,
    complete: outcome.error === null,
    failure: outcome.error?.message ?? null,
    warnings,
  };
  // What it has to say belongs to the warnings of the record.
  await trace?.finish();
  const summary = summarize(record, context);
  const saved = await keeper.finish(record, {
    "report.txt": reportText(summary, context, record.phases),
    ...await separationFile(workload, record, { folder, hooks, options }),
    ...deviceFile(devices, start, options),
  });
  const path = folder?.path ?? null;
  const problem = saved === null || path === null
    ? null
    : await pageProblem(keeper, path, { record, context, summary });
  return {
    record,
    outcome,
    summary: saved?.summary ?? summary,
    folder: path,
    notSaved: path === null ? null : notSaved(saved, path, { problem, record }),
  };
}

/** Accelerators that are measured: of a share its own. */
function acceleratorsOf(
  { accelerators, share }: Pick<MeasureOptions, "accelerators" | "share">,
): number {
  return share === undefined
    ? accelerators
    : ranksOfShare(share, accelerators).count;
}

/** The first process alone has a folder. */
async function takeFolder(
  known: Pick<RunRecord, "start" | "hosts">,
  hooks: RunHooks,
  options: MeasureOptions,
): Promise<ResultsFolder | null> {
  const { resultsPath, context } = options;
  const head = { ...known, accelerators: acceleratorsOf(options) };
  return await onFirstTogether(
    hooks,
    "process 0 takes the results folder",
    () =>
      during(
        hooks,
        `waiting for the storage of "${resultsPath}" to answer`,
        () => ResultsFolder.prepare(resultsPath, { head, context }),
      ),
  );
}

/** Whoever listens hears of a phase first, then it is saved. */
function keepingHooks(
  hooks: RunHooks,
  keeper: PhaseKeeper,
  trace: RunTrace | null,
): RunHooks {
  return {
    ...hooks,
    ...(trace === null ? {} : { trace }),
    async onPhaseEnd(phase) {
      await hooks.onPhaseEnd(phase);
      await keeper.keep(phase);
    },
    onPhaseWithin(phase) {
      hooks.onPhaseWithin?.(phase);
      // It rejects for a defect only, which the next phase then brings.
      keeper.keep(phase).catch(() => {});
    },
  };
}

/** What block devices did, if somebody watched. */
function deviceFile(
  devices: DeviceLog | null,
  { wallMs: startWallMs }: Moment,
  { host, context: { utcOffsetMinutes } }: MeasureOptions,
): FurtherFiles {
  if (devices === null) return {};
  const facts = { ...host, startWallMs, utcOffsetMinutes };
  return { [IOSTAT_NAME]: iostatPieces(facts, devices.samples) };
}

/** The file that tells whether data and results are apart, if it is wanted. */
async function separationFile(
  workload: Workload,
  record: RunRecord,
  { folder, hooks, options: { context, host } }: {
    readonly folder: ResultsFolder | null;
    readonly hooks: RunHooks;
    readonly options: MeasureOptions;
  },
): Promise<Record<string, string>> {
  const isWanted = (context.mlperf ?? null) !== null;
  // After a phase that was cut short its storage may not answer.
  if (folder === null || !record.complete || !isWanted) return {};
  const separation = await folderSeparation(workload, hooks, {
    path: folder.path,
    nowMs: record.end.wallMs,
    hostname: host.hostname,
  });
  if (separation === null) return {};
  const json = JSON.stringify(fsSeparationJson(separation), null, 2);
  return { [FS_SEPARATION_NAME]: `${json}\n` };
}

/** Why the page was not written; null if it was. */
async function pageProblem(
  keeper: PhaseKeeper,
  path: string,
  { record, context, summary }: SavedRun & { readonly summary: RunSummary },
): Promise<string | null> {
  const tried = await keeper.untilTheEnd(() =>
    tryReportPage(path, { record, context }, summary)
  );
  return tried === null
    ? `Cannot write "${path}/${REPORT_PAGE_NAME}": its storage does not answer`
    : tried.value;
}

function notSaved(
  saved: SavedResults | null,
  path: string,
  { problem, record }: {
    readonly problem: string | null;
    readonly record: RunRecord;
  },
): string | null {
  const phaseCount = record.phases.length;
  if (saved === null) return silentText(path, phaseCount);
  const missing = problem === null
    ? saved.missing
    : [...saved.missing, { name: REPORT_PAGE_NAME, problem }];
  return notSavedText({ ...saved, missing }, { path, phaseCount });
}

/** What threads do, if somebody wants to know. */
async function beginTrace(
  { moment }: RunHooks,
  { trace = null, folder, host, onWarning }: MeasureOptions & {
    readonly folder: ResultsFolder | null;
  },
): Promise<RunTrace | null> {
  if (trace === null || folder === null) return null;
  const { RunTrace } = await import("../engine/trace/run_trace.ts");
  return await RunTrace.begin({
    path: trace.path ?? `${folder.path}/${TRACE_NAME}`,
    hostname: host.hostname,
    maxEvents: trace.maxEvents,
    moment,
    onWarning,
  });
}

/** What block devices do, if the settings ask for it. */
function watchDevices(
  { workflow, profiling }: Workload,
  { moment }: RunHooks,
  { folder, warn: onWarning }: {
    readonly folder: ResultsFolder | null;
    readonly warn: (text: string) => void;
  },
): DeviceLog | null {
  if (folder === null || !workflow.profiling) return null;
  if (profiling.profiler !== "iostat") return null;
  const devices = profiling.iostat_devices;
  return DeviceLog.start({ devices, moment, onWarning });
}

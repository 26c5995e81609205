/**
 * `stoker run`: the workload's workflow, measured, with a results folder.
 */
import { onFirstProcess } from "../../cluster/cluster.ts";
import { allRanks } from "../../cluster/ranks.ts";
import { planRun } from "../../engine/plan/make_run_plan.ts";
import { describeWithFormat } from "../../engine/plan/describe_dataset.ts";
import { runWorkload } from "../../engine/run/run_workload.ts";
import type { RunOutcome } from "../../engine/run/run_hooks.ts";
import { EXIT_BELOW_GOAL, EXIT_DONE, StokerError } from "../../errors.ts";
import { type HostFacts, readHostFacts } from "../../host/host_facts.ts";
import { isScaled, type ResultContext } from "../../metrics/result_context.ts";
import {
  JOURNAL_NAME,
  ResultsFolder,
  type SavedResults,
  STOKER_JSON_NAME,
} from "../../results/results_folder.ts";
import type { Moment, PhaseRecord } from "../../metrics/run_record.ts";
import { summarize } from "../../metrics/summary.ts";
import { endpointTable } from "../../report/text/endpoint_table.ts";
import { metricBlock } from "../../report/text/metric_block.ts";
import { reportText } from "../../report/text/report_text.ts";
import { requireParts } from "../line/build_parts.ts";
import { checkCacheHits, parseMaxCacheHit } from "../session/cache_limit.ts";
import type { Console } from "../console.ts";
import type { Command, Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import { phaseTitle } from "../session/phase_title.ts";
import { planFacts, planText } from "../facts/plan_facts.ts";
import { resultContext } from "../session/result_settings.ts";
import { type Session, startSession } from "../session/session.ts";
import { STOKER_VERSION } from "../version.ts";
import {
  loadWorkload,
  type RequestedWorkload,
  sayWarnings,
} from "../line/workload_settings.ts";

/** The command. */
export const command: Command = {
  summary: "generate, train, evaluate, checkpoint as the workload says",
  usage: "[workload] [flags] [section.key=value ...]",
  details: `\
Runs the workload (default: quick) with simulated accelerators, prints the
metrics, and keeps everything in a results folder. A DLIO command line does
the same: stoker workload=NAME ++workload.KEY=VALUE`,
  flags: [
    "accelerators",
    "data",
    "odirect",
    "drop-caches",
    "insecure",
    "max-cache-hit",
    "checkpoints",
    "verify",
    "results",
    "json",
    "no-progress",
    "dry-run",
    "time-limit",
    "stall-timeout",
    "require-au",
    "label",
    "config-dir",
    "allow-unknown",
  ],
  maxWords: 1,
  takesOverrides: true,
  async run(line, context) {
    const requested = await loadWorkload(line, context);
    const maxCacheHit = parseMaxCacheHit(line.flags["max-cache-hit"]);
    requireParts(requested.workload);
    sayWarnings(requested, context);
    if (line.flags["dry-run"]) return await dryRun(requested, line, context);
    return await measuredRun(requested, { line, maxCacheHit }, context);
  },
};

async function dryRun(
  requested: RequestedWorkload,
  { flags }: CommandLine,
  { console }: Context,
): Promise<number> {
  const { workload, accelerators } = requested;
  const described = await describeWithFormat(workload);
  const planned = planRun(workload, described, {
    ranks: allRanks(accelerators),
    randomSeed: 0,
  });
  for (const warning of planned.warnings) console.warn(warning);
  const facts = await planFacts(requested, described, planned.plan);
  console.print(
    flags.json ? JSON.stringify(facts, null, 2) : planText(facts),
  );
  return EXIT_DONE;
}

/** What a run keeps of itself while it goes on. */
interface Keeper {
  /** Null in all processes but the first. */
  readonly folder: ResultsFolder | null;
  readonly context: ResultContext;
  readonly host: HostFacts;
  readonly start: Moment;
  readonly warnings: string[];
  /** Why the journal lacks a phase; null if it does not. */
  problem: string | null;
}

async function measuredRun(
  requested: RequestedWorkload,
  { line, maxCacheHit }: { line: CommandLine; maxCacheHit: number | null },
  context: Context,
): Promise<number> {
  const { workload, accelerators } = requested;
  const { epochs } = workload.train;
  const host = readHostFacts();
  let keeper: Keeper | null = null;
  using session = startSession(line, context, {
    hostname: host.hostname,
    titleOf: (phase) => phaseTitle(phase, epochs),
    window: {
      excludeStartSteps: workload.output.metric.exclude_start_steps,
      excludeEndSteps: workload.output.metric.exclude_end_steps,
    },
    onPhaseEnd: (phase) => {
      if (keeper !== null) keepPhase(keeper, phase, context.console);
    },
  });
  keeper = await openResults(requested, { line, context, host, session });
  const { folder, warnings } = keeper;
  let outcome: RunOutcome;
  try {
    outcome = await runWorkload(workload, session.hooks, {
      accelerators,
      randomSeed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
      force: false,
      stokerVersion: STOKER_VERSION,
      onWarning: (text) => {
        warnings.push(text);
        context.console.warn(text);
      },
    });
  } catch (error) {
    // Nothing was measured: there is nothing to keep.
    await folder?.discard();
    throw error;
  }
  const saved = saveResults(keeper, outcome, {
    accelerators,
    end: session.hooks.moment(),
  });
  const { summary } = saved;
  const notSaved = notSavedText(saved, {
    path: folder?.path ?? "",
    phaseCount: outcome.phases.length,
  });
  context.console.print(
    line.flags.json
      ? JSON.stringify(summary, null, 2)
      : (metricBlock(summary, isScaled(keeper.context)) +
        endpointTable(outcome.phases)).trimEnd(),
  );
  if (folder !== null) context.console.say(`Results: ${folder.path}`);
  if (outcome.error !== null) {
    if (notSaved !== null) context.console.warn(notSaved);
    throw outcome.error;
  }
  if (notSaved !== null) throw new StokerError(notSaved);
  checkCacheHits(summary.metric, maxCacheHit);
  const isBelow = Object.entries(summary.metric).some(([key, value]) =>
    key.endsWith("_au_meet_expectation") && value === "fail"
  );
  return line.flags["require-au"] && isBelow ? EXIT_BELOW_GOAL : EXIT_DONE;
}

/** Names in a message about files that could not be written. */
const MAX_NAMES = 5;

/** What could not be saved, and where else it is; null if all was. */
function notSavedText(
  { missing, journalPhases }: SavedResults,
  { path, phaseCount }: { readonly path: string; readonly phaseCount: number },
): string | null {
  const [first] = missing;
  if (first === undefined) return null;
  const names = missing.slice(0, MAX_NAMES).map(({ name }) => name).join(", ");
  const more = missing.length > MAX_NAMES
    ? ` and ${missing.length - MAX_NAMES} more`
    : "";
  const there = journalPhases === null
    ? `${STOKER_JSON_NAME} there has all that was measured`
    : `${JOURNAL_NAME} there has ${journalPhases} of ${phaseCount} phases, ` +
      `standard output has the result`;
  return `Cannot save all results in "${path}": ${names}${more} could not be ` +
    `written (${first.problem}); ${there}`;
}

async function openResults(
  requested: RequestedWorkload,
  parts: {
    line: CommandLine;
    context: Context;
    host: HostFacts;
    session: Session;
  },
): Promise<Keeper> {
  const { line, context, host, session } = parts;
  const { workload, accelerators, acceleratorsReason = null, warnings } =
    requested;
  const path = line.resultsFolder ?? workload.output.folder ??
    `results/${workload.model.name}/${folderTime(context.now())}`;
  const resultFacts = resultContext(requested, line, context);
  const start = session.hooks.moment();
  const folder = await onFirstProcess(
    session.hooks.cluster,
    () =>
      ResultsFolder.prepare(path, {
        head: { start, accelerators, hosts: [host] },
        context: resultFacts,
      }),
  );
  context.console.say(
    `${requested.name} on ${accelerators} ` +
      `accelerator${accelerators === 1 ? "" : "s"}` +
      (acceleratorsReason === null ? "" : ` (${acceleratorsReason})`) +
      `, results in ${path}`,
  );
  return {
    folder,
    context: resultFacts,
    host,
    start,
    warnings: [...warnings],
    problem: null,
  };
}

/** UTC to the millisecond, in characters that every file system takes. */
function folderTime(now: Date): string {
  return now.toISOString().replaceAll(/[:.]/g, "-");
}

/**
 * Saves a phase. A disk that refuses it does not end the run: the warning is
 * given at once, and each later phase tries again.
 */
function keepPhase(keeper: Keeper, phase: PhaseRecord, console: Console): void {
  const before = keeper.problem;
  keeper.problem = keeper.folder?.appendPhase(phase) ?? null;
  if (keeper.problem === before) return;
  if (keeper.problem === null) {
    console.warn("Results can be saved again: nothing is missing so far");
    return;
  }
  console.warn(
    `${keeper.problem}. The run goes on; saving is tried again after each phase`,
  );
}

function saveResults(
  keeper: Keeper,
  outcome: RunOutcome,
  { accelerators, end }: { accelerators: number; end: Moment },
): SavedResults {
  const record = {
    start: keeper.start,
    end,
    accelerators,
    hosts: [keeper.host],
    phases: outcome.phases,
    complete: outcome.error === null,
    failure: outcome.error?.message ?? null,
    warnings: keeper.warnings,
  };
  const summary = summarize(record, keeper.context);
  if (keeper.folder === null) {
    return { summary, missing: [], journalPhases: null };
  }
  return keeper.folder.finish(record, {
    "report.txt": reportText(summary, keeper.context, outcome.phases),
  });
}

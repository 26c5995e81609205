/**
 * `stoker run`: the workload's workflow, measured, with a results folder.
 */
import { dirname, resolve } from "node:path";
import { CountFolder } from "../../engine/dataset/count_store.ts";
import {
  EXIT_BELOW_GOAL,
  EXIT_DONE,
  StokerError,
  UsageError,
} from "../../errors.ts";
import type { RunHooks } from "../../engine/run/run_hooks.ts";
import { answerOfFirst } from "../../engine/run/together.ts";
import { type HostFacts, readHostFacts } from "../../host/host_facts.ts";
import {
  type MeasuredRun,
  measureRun,
  type TraceRequest,
} from "../../measure/measured_run.ts";
import { REPORT_PAGE_NAME } from "../../measure/report_page.ts";
import { isUnsettled, missesGoal } from "../../metrics/summary.ts";
import { metricTag, type ResultContext } from "../../results/result_context.ts";
import { printedJson } from "../../results/summary_json.ts";
import { endpointTable } from "../../report/text/endpoint_table.ts";
import { hostTable } from "../../report/text/host_table.ts";
import { metricBlock } from "../../report/text/metric_block.ts";
import { requireParts } from "../line/build_parts.ts";
import type { Command, Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import { RUN_FLAGS } from "../line/flags.ts";
import {
  type RequestedWorkload,
  sayWarnings,
} from "../line/workload_settings.ts";
import { type LiveAddress, parseLiveAddress } from "../live/live_address.ts";
import { startLive } from "../live/live_session.ts";
import { checkCacheHits, parseMaxCacheHit } from "../session/cache_limit.ts";
import {
  type LocatedWorkload,
  locateWorkload,
} from "../session/located_workload.ts";
import { mlperfResultsPath } from "../session/mlperf_session.ts";
import { phaseTitle } from "../session/phase_title.ts";
import { sayPlan } from "../session/dry_run.ts";
import { startFilesSession } from "../session/files_session.ts";
import { folderTime } from "../session/folder_time.ts";
import { sharedWorkload } from "../session/shared_workload.ts";
import { resultContext } from "../session/result_settings.ts";
import { refuseInvalidRun } from "../session/rules_check.ts";
import { type Session, startSession } from "../session/session.ts";
import {
  checkShare,
  requestedShare,
  sharedRun,
} from "../session/share_request.ts";

/** The command. */
export const command: Command = {
  summary: "generate, train, evaluate, checkpoint as the workload says",
  usage: "[workload] [flags] [section.key=value ...]",
  details: `\
Runs the workload (default: quick) with simulated accelerators, prints the
metrics, and keeps everything in a results folder. A DLIO command line does
the same: stoker workload=NAME ++workload.KEY=VALUE

--rules EDITION refuses at once, with all findings, a run that the rules of
MLPerf Storage would call invalid afterwards.`,
  flags: RUN_FLAGS,
  maxWords: 1,
  takesOverrides: true,
  spansProcesses: true,
  completes: "workloads",
  examples: [
    {
      line: "run",
      shows: "the quick built-in workload: first figures in seconds",
    },
    {
      line: "run unet3d_h100 -n 8 --data /mnt/fast/unet3d",
      shows: "a model with 8 accelerators on one's own storage",
    },
    {
      line: "run unet3d_h100 --data /mnt/fast/unet3d --odirect --require-au",
      shows: "past the page cache; exit status 3 below the AU goal",
    },
    {
      line: "run llama3_8b -n 8 --checkpoints /mnt/fast/ckpt",
      shows: "write and read checkpoints",
    },
    {
      line: "workload=unet3d_h100 ++workload.train.epochs=2",
      shows: "a DLIO command line",
    },
  ],
  async run(line, context) {
    const requested = await sharedWorkload(line, context, { findsFiles: true });
    const maxCacheHit = parseMaxCacheHit(line.flags["max-cache-hit"]);
    const { live } = line.flags;
    const liveAddress = live === null ? null : parseLiveAddress(live);
    requireParts(requested.workload);
    const share = requestedShare(line, context.joined);
    if (share !== null) {
      checkShare(share, requested.workload, requested.accelerators);
    }
    sayWarnings(requested, context);
    if (line.flags["dry-run"]) return await dryRun(requested, line, context);
    const { measured, facts } = await measure(requested, {
      line,
      context,
      liveAddress,
    });
    if (context.joined !== undefined && context.joined.link.cluster.rank > 0) {
      // What there is to say of the results the first process says.
      if (measured.outcome.error !== null) throw measured.outcome.error;
      return EXIT_DONE;
    }
    return conclude(measured, facts, { line, context, maxCacheHit });
  },
};

async function dryRun(
  asked: RequestedWorkload,
  line: CommandLine,
  context: Context,
): Promise<number> {
  using session = startFilesSession(line, context, "dry run");
  const { hooks } = session;
  const { requested, found } = await locateWorkload(asked, hooks, {
    onNote: (text) => context.console.warn(text),
  });
  for (const note of found?.notes ?? []) context.console.warn(note);
  await sayPlan(requested, line, context, { hooks, found });
  return EXIT_DONE;
}

async function measure(
  asked: RequestedWorkload,
  { line, context, liveAddress }: {
    line: CommandLine;
    context: Context;
    liveAddress: LiveAddress | null;
  },
): Promise<{ measured: MeasuredRun; facts: ResultContext }> {
  const { accelerators, warnings } = asked;
  const { console } = context;
  const host = readHostFacts();
  using session = runSession(asked, { line, context, host });
  const counts = countsBeside(
    line.resultsFolder ?? asked.workload.output.folder ??
      `results/${asked.workload.model.name}/run`,
    asked.workload.dataset.data_folder,
  );
  const notes: string[] = [];
  const { hooks } = session;
  // Listed and counted once, and settled where results go.
  const { requested, found, facts, ...settled } = await answerOfFirst(
    hooks,
    "process 0 looks for the dataset",
    async () => {
      const located = await locateWorkload(asked, hooks, {
        ...(counts === null ? {} : { store: counts }),
        onNote(text) {
          notes.push(text);
          console.warn(text);
        },
      });
      const randomSeed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
      const settings = { line, context, host, hooks };
      return { ...located, ...await settle(located, settings), randomSeed };
    },
  );
  const { workload } = requested;
  const shared = sharedRun(line, requested, hooks);
  const { resultsPath, randomSeed } = settled;
  const isFirst = hooks.link.cluster.rank === 0;
  await using live = startLive(isFirst ? liveAddress : null, context, hooks, {
    watch: session.watch,
    context: facts,
    host,
    accelerators,
  });
  const measured = await measureRun(workload, live.hooks, {
    accelerators,
    found,
    ...(counts === null ? {} : { counts }),
    ...(requested.shares === undefined ? {} : { shares: requested.shares }),
    randomSeed,
    ...shared.options,
    resultsPath,
    context: facts,
    host,
    warnings: [...warnings, ...notes, ...shared.warnings],
    trace: traceRequest(line),
    onBegin: () =>
      console.say(
        `${beginText(asked, shared.title)}, results in ${resultsPath}`,
      ),
    onWarning: (text) => console.warn(text),
  });
  live.finish(reportPathOf(measured));
  return { measured, facts };
}

/** What begins: "quick on 4 accelerators". */
function beginText(
  { name, accelerators, acceleratorsReason: reason = null }: RequestedWorkload,
  shareTitle: string,
): string {
  return `${name} on ${accelerators} ` +
    `accelerator${accelerators === 1 ? "" : "s"}${shareTitle}` +
    (reason === null ? "" : ` (${reason})`);
}

/** Where the results go and what they keep; refuses a run that is invalid. */
async function settle(
  { requested }: LocatedWorkload,
  { line, context, host, hooks }: {
    line: CommandLine;
    context: Context;
    host: HostFacts;
    hooks: RunHooks;
  },
): Promise<{ facts: ResultContext; resultsPath: string }> {
  const { workload } = requested;
  const facts = {
    ...resultContext(requested, line, context),
    ...sharedRun(line, requested, hooks).facts,
  };
  const resultsPath = mlperfResultsPath(line, {
    facts: facts.mlperf ?? null,
    workload,
  }) ?? line.resultsFolder ?? workload.output.folder ??
    `results/${workload.model.name}/${folderTime(context.now())}`;
  await refuseInvalidRun(requested, line, {
    hooks,
    context: facts,
    resultsPath,
    host,
    nowMs: context.now().getTime(),
    onWarning: (text) => context.console.warn(text),
  });
  return { facts, resultsPath };
}

/** Events that a trace has room for where nobody says. */
const DEFAULT_TRACE_EVENTS = 10_000_000;

/** @throws {UsageError} If only its limit is given. */
function traceRequest({ flags }: CommandLine): TraceRequest | null {
  const { trace, "trace-limit": maxEvents } = flags;
  if (trace === null) {
    if (maxEvents === null) return null;
    throw new UsageError(
      `Cannot use --trace-limit ${maxEvents} as it must stand beside --trace`,
    );
  }
  return {
    path: trace === "" ? null : trace,
    maxEvents: maxEvents ?? DEFAULT_TRACE_EVENTS,
  };
}

/** Null: the page was not written. */
function reportPathOf({ folder, notSaved }: MeasuredRun): string | null {
  return folder === null || notSaved !== null
    ? null
    : `${folder}/${REPORT_PAGE_NAME}`;
}

function runSession(
  { workload: { metric, output, train } }: RequestedWorkload,
  { line, context, host }: {
    line: CommandLine;
    context: Context;
    host: HostFacts;
  },
): Session {
  const { exclude_start_steps, exclude_end_steps } = output.metric;
  return startSession(line, context, {
    hostname: host.hostname,
    auGoalPercent: 100 * metric.au,
    titleOf: (phase) => phaseTitle(phase, train.epochs),
    window: {
      excludeStartSteps: exclude_start_steps,
      excludeEndSteps: exclude_end_steps,
    },
  });
}

/**
 * Where samples that were counted are kept.
 *
 * @returns Null where that would be in the dataset's folder, which may be
 *   somebody else's.
 */
function countsBeside(
  resultsPath: string,
  dataFolder: string,
): CountFolder | null {
  const folder = dirname(resolve(resultsPath));
  return `${folder}/`.startsWith(`${resolve(dataFolder)}/`)
    ? null
    : new CountFolder(`${folder}/.counts`);
}

/** Prints the result; the exit status says whether it is good enough. */
function conclude(
  { summary, outcome, folder, notSaved }: MeasuredRun,
  facts: ResultContext,
  { line, context: { console }, maxCacheHit }: {
    line: CommandLine;
    context: Context;
    maxCacheHit: number | null;
  },
): number {
  console.print(
    line.flags.json
      ? JSON.stringify(printedJson(summary, facts), null, 2)
      : (metricBlock(summary, metricTag(facts)) +
        endpointTable(outcome.phases) +
        hostTable(summary.hostFigures))
        .trimEnd(),
  );
  if (folder !== null) console.say(`Results: ${folder}`);
  if (outcome.error !== null) {
    if (notSaved !== null) console.warn(notSaved);
    throw outcome.error;
  }
  if (notSaved !== null) throw new StokerError(notSaved);
  checkCacheHits(summary, maxCacheHit);
  return line.flags["require-au"] &&
      (missesGoal(summary) || isUnsettled(summary))
    ? EXIT_BELOW_GOAL
    : EXIT_DONE;
}

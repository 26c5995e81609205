/**
 * `stoker history`: the runs that there are, one of them, one of them again,
 * and away with those that nobody needs.
 */
import { dirname, resolve } from "node:path";
import { parseDuration } from "../../bytes/durations.ts";
import { EXIT_DONE, StokerError, UsageError } from "../../errors.ts";
import {
  findResults,
  resultsFileIn,
  withRunning,
} from "../../history/find_results.ts";
import {
  planRemoval,
  type PrunePlan,
  type PruneRules,
  removeContent,
  selectRuns,
} from "../../history/prune_results.ts";
import { readWholeHead, type WholeHead } from "../../history/results_head.ts";
import { plainLine } from "../status_line.ts";
import { readHostFacts } from "../../host/host_facts.ts";
import { metricBlock } from "../../report/text/metric_block.ts";
import { summarize } from "../../metrics/summary.ts";
import { metricTag } from "../../results/result_context.ts";
import { readResults } from "../../results/results_reader.ts";
import { printedJson } from "../../results/summary_json.ts";
import {
  historyJson,
  historyText,
  passedOverText,
  runJson,
} from "../facts/history_text.ts";
import { runText } from "../facts/run_text.ts";
import type { Command, Context } from "../line/command.ts";
import { type CommandLine, parseCommandLine } from "../line/command_line.ts";
import { commandNamed } from "../line/command_lookup.ts";
import type { FlagName } from "../line/flags.ts";
import { folderTime } from "../session/folder_time.ts";
import { shellLine } from "../line/shell_line.ts";
import { rerunLine } from "../session/rerun_line.ts";

/** Where a run's results go by default. */
const DEFAULT_ROOT = "results";

/** One thing that can be done with runs. */
interface Action {
  /** Flags that it takes. */
  readonly flags: readonly FlagName[];
  /** Whether it is done to one folder, which must be named. */
  readonly takesFolder: boolean;
  run(line: CommandLine, context: Context): Promise<number>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  list: { flags: ["results", "json"], takesFolder: false, run: list },
  show: { flags: ["json"], takesFolder: true, run: show },
  rerun: {
    flags: ["results", "json", "dry-run", "no-progress"],
    takesFolder: true,
    run: rerun,
  },
  prune: {
    flags: [
      "results",
      "keep",
      "older-than",
      "failed",
      "yes",
      "dry-run",
      "json",
    ],
    takesFolder: false,
    run: prune,
  },
};

const UNIVERSAL: readonly FlagName[] = ["quiet", "verbose"];

/** The command. */
export const command: Command = {
  summary: "runs that there are: list, show, rerun, prune",
  usage: "[list | show DIR | rerun DIR | prune] [flags]",
  details: `\
list (the default) shows every run below results/, or --results DIR, the
oldest first. show tells all of one. rerun repeats it from its saved settings,
in a new results folder (--results DIR), and prints the command line.

prune removes runs: --failed those that failed or were interrupted,
--older-than D those that began longer ago, --keep N all but the newest N of
what the others select. It asks on a terminal and needs --yes elsewhere;
--dry-run only tells. It removes known files one by one; a folder with any
other file, or whose run may go on, stays and is named. See
\`stoker help runs\`.`,
  flags: [
    "results",
    "json",
    "keep",
    "older-than",
    "failed",
    "yes",
    "dry-run",
    "no-progress",
  ],
  maxWords: 2,
  takesOverrides: false,
  completes: ["list", "show", "rerun", "prune"],
  examples: [
    { line: "history", shows: "all runs below results/" },
    {
      line: "history show results/quick/2026-11-22T16-56-41-902Z",
      shows: "one of them",
    },
    {
      line: "history rerun results/quick/2026-11-22T16-56-41-902Z",
      shows: "the same run once more",
    },
    {
      line: "history prune --failed --older-than 7d --dry-run",
      shows: "what would be removed",
    },
  ],
  async run(line, context) {
    const [name = "list", folder] = line.words;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) {
      throw new UsageError(
        `Cannot do "${name}" with runs: it must be one of ` +
          Object.keys(ACTIONS).join(", "),
      );
    }
    const flag = line.givenFlags.find((one) =>
      !action.flags.includes(one) && !UNIVERSAL.includes(one)
    );
    if (flag !== undefined) {
      throw new UsageError(`Cannot use --${flag} with history ${name}`);
    }
    if (action.takesFolder !== (folder !== undefined)) {
      throw new UsageError(
        action.takesFolder
          ? `Cannot ${name} as there must be a results folder: ` +
            `stoker history ${name} DIR`
          : `Cannot use "${folder}": history ${name} takes no folder; ` +
            "--results names the one that holds results",
      );
    }
    return await action.run(line, context);
  },
};

async function list(line: CommandLine, context: Context): Promise<number> {
  const root = line.resultsFolder ?? DEFAULT_ROOT;
  const history = await find(root, context);
  const { console } = context;
  if (line.flags.json) {
    console.print(JSON.stringify(historyJson(history, root), null, 2));
    return EXIT_DONE;
  }
  if (history.runs.length > 0) console.print(historyText(history));
  console.say(passedOverText(history, root));
  return EXIT_DONE;
}

async function show(line: CommandLine, context: Context): Promise<number> {
  const whole = await headOf(line.words[1]!);
  const { head } = whole;
  const { record, context: facts } = await readResults(head.folder);
  const summary = summarize(record, facts);
  context.console.print(
    line.flags.json
      ? JSON.stringify(
        {
          ...runJson(head),
          command_line: facts.commandLine,
          settings: facts.settings,
          summary: printedJson(summary, facts),
        },
        null,
        2,
      )
      : `${runText(whole)}\n\n${metricBlock(summary, metricTag(facts))}`
        .trimEnd(),
  );
  return EXIT_DONE;
}

async function rerun(line: CommandLine, context: Context): Promise<number> {
  const { console } = context;
  const folder = resolve(line.words[1]!);
  const { head, context: saved } = await headOf(folder);
  if (saved === null || head.accelerators === null) {
    throw new StokerError(`Cannot repeat "${folder}": ${head.reason}`);
  }
  const given = line.resultsFolder === null
    ? null
    : resolve(line.resultsFolder);
  enterFolder(saved.workingFolder);
  const repeated = { context: saved, accelerators: head.accelerators };
  const isTree = parseCommandLine(saved.commandLine).flags["results-layout"] ===
    "mlperf";
  const { args, notes } = await rerunLine(
    repeated,
    given ??
      (isTree
        ? treeRoot(saved.commandLine)
        : `${dirname(folder)}/${folderTime(context.now())}`),
    context,
  );
  for (const note of notes) console.say(note);
  const own = (["json", "dry-run", "no-progress"] as const)
    .filter((flag) => line.flags[flag] && !args.includes(`--${flag}`))
    .map((flag) => `--${flag}`);
  const all = [...args, ...own];
  console.say(`cd ${shellLine([saved.workingFolder])}`);
  console.say(`stoker ${shellLine(all)}`);
  const again = parseCommandLine(all);
  const run = await commandNamed("run", context.commands);
  return await run.run(again, { ...context, args: all });
}

/** `--results` of a run in MLPerf Storage's layout is the tree's root. */
function treeRoot(commandLine: readonly string[]): string {
  const root = parseCommandLine(commandLine).resultsFolder;
  if (root !== null) return root;
  throw new StokerError(
    "Cannot repeat the run as its results must go into a tree: give its root " +
      "with --results",
  );
}

/** @throws {StokerError} If there is no such folder any more. */
function enterFolder(folder: string): void {
  try {
    Deno.chdir(folder);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new StokerError(
      `Cannot repeat the run as it must be in the folder "${folder}" again, ` +
        `which paths of its settings begin at: ${error.message}`,
    );
  }
}

async function prune(line: CommandLine, context: Context): Promise<number> {
  const { console } = context;
  const root = line.resultsFolder ?? DEFAULT_ROOT;
  const rules = pruneRules(line, context);
  const { selected, held } = selectRuns(
    (await find(root, context)).runs,
    rules,
  );
  const plans: PrunePlan[] = [];
  for (const run of selected) plans.push(await planRemoval(run));
  const stays = [
    ...held.map(({ folder, status, reason }) =>
      `${folder}: ${reason ?? `its run is ${status}`}`
    ),
    ...plans.flatMap(({ run, reason }) =>
      reason === null ? [] : [`${run.folder}: ${reason}`]
    ),
  ];
  const going = plans.filter(({ reason }) => reason === null);
  for (const text of stays) console.warn(`stays: ${text}`);
  for (const { run } of going) console.say(`goes: ${run.folder}`);
  const isAgreed = going.length > 0 && !line.flags["dry-run"] &&
    isConfirmed(going.length, line, context);
  const removed: string[] = [];
  const failed: string[] = [];
  for (const { run, content } of isAgreed ? going : []) {
    const problem = content === null ? null : await removeContent(content);
    if (problem === null) removed.push(run.folder);
    else failed.push(`Cannot remove all of "${run.folder}": ${problem}`);
  }
  console.print(
    line.flags.json
      ? JSON.stringify(
        {
          selected: going.map(({ run }) => run.folder),
          removed,
          kept: stays,
          failed,
        },
        null,
        2,
      )
      : `${removed.length} of ${going.length} runs removed` +
        (stays.length === 0 ? "" : `; ${stays.length} stay`),
  );
  if (failed.length > 0) throw new StokerError(failed.join("\n"));
  return EXIT_DONE;
}

/** @throws {UsageError} If nobody is there to be asked. */
function isConfirmed(
  count: number,
  { flags }: CommandLine,
  { ask }: Context,
): boolean {
  if (flags.yes) return true;
  const runs = `${count} run${count === 1 ? "" : "s"}`;
  if (ask !== undefined) return ask(`Remove ${runs} for good?`);
  throw new UsageError(
    `Cannot remove ${runs} without being told so: there is no terminal to ` +
      "ask on; give --yes, or --dry-run to be told only",
  );
}

/** @throws {UsageError} If nothing says which runs are to go. */
function pruneRules({ flags }: CommandLine, { now }: Context): PruneRules {
  const { keep, failed } = flags;
  const olderThan = flags["older-than"];
  if (keep === null && olderThan === null && !failed) {
    throw new UsageError(
      "Cannot prune without a rule: give --keep N, --older-than D or --failed",
    );
  }
  return {
    keep,
    beforeMs: olderThan === null
      ? null
      : now().getTime() - 1000 * secondsOf(olderThan),
    onlyFailed: failed,
  };
}

function secondsOf(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`Cannot use --older-than ${text}: ${error.message}`);
  }
}

function find(root: string, { console }: Context) {
  let count = 0;
  return findResults(root, {
    hostname: readHostFacts().hostname,
    onFolder: () =>
      console.status([plainLine(`looking for runs, ${++count} folders`)]),
  }).finally(() => console.status([]));
}

/** @throws {StokerError} If the folder holds no results. */
async function headOf(folder: string): Promise<WholeHead> {
  const name = await resultsFileIn(folder);
  if (name === null) {
    throw new StokerError(
      `Cannot use "${folder}" as a run as it must be a results folder: it ` +
        "has neither stoker.json nor a journal; stoker history list names them",
    );
  }
  const { head, context } = await readWholeHead(folder, name);
  const [judged = head] = withRunning([head], readHostFacts().hostname);
  return { head: judged, context };
}

/**
 * `--share I/N`: what a share of a run may do, and what it says of itself.
 *
 * Nobody waits for a share, and it knows nothing of the others. So it does
 * nothing that needs them to be done, or that would take from them.
 */
import type { Joined } from "../../cluster/joined.ts";
import {
  parseShare,
  ranksOfShare,
  type Share,
  shareText,
} from "../../cluster/share.ts";
import type { Workload } from "../../config/workload.ts";
import { ConfigError, UsageError } from "../../errors.ts";
import type { RunHooks } from "../../engine/run/run_hooks.ts";
import type { ResultContext } from "../../results/result_context.ts";
import type { CommandLine } from "../line/command_line.ts";
import type { RequestedWorkload } from "../line/workload_settings.ts";

/** Flags by which a result would pass for a whole run of MLPerf Storage's. */
const WHOLE_RUN_FLAGS = ["results-layout", "rules"] as const;

/**
 * The share that a command line asks for.
 *
 * @param joined The processes that do the run together; absent: one alone.
 * @returns Null: the whole run.
 * @throws {UsageError} If it is none, or does not go with other flags.
 */
export function requestedShare(
  { flags }: CommandLine,
  joined?: Joined,
): Share | null {
  const text = flags.share;
  if (text === null) return null;
  const share = parseShare(text);
  if (share === null) {
    throw new UsageError(
      `Cannot use --share ${text}: it must be a number and how many there ` +
        "are, such as 2/4 for the second of four",
    );
  }
  const processCount = joined?.link.cluster.size ?? 1;
  if (processCount > 1) {
    throw new UsageError(
      `Cannot use --share ${text} as each share must be a process alone: the ` +
        `launcher started ${processCount}, which do the whole run together`,
    );
  }
  if (flags.force) {
    throw new UsageError(
      "Cannot use --force with --share as it removes another dataset, and " +
        "what other shares have written with it",
    );
  }
  const other = WHOLE_RUN_FLAGS.find((name) => flags[name] !== null);
  if (other === undefined) return share;
  throw new UsageError(
    `Cannot use --${other} with --share as only a whole run can be a result ` +
      "of MLPerf Storage",
  );
}

/**
 * Checks that a share can do what settings ask for.
 *
 * @param accelerators Of all shares together.
 * @throws {ConfigError} With every reason why not.
 */
export function checkShare(
  share: Share,
  { workflow, dataset, checkpoint }: Workload,
  accelerators: number,
): void {
  const problems: string[] = [];
  const measures = workflow.train || workflow.evaluation || workflow.checkpoint;
  if (workflow.generate_data && measures) {
    problems.push(
      "Cannot generate and measure in one share as nobody waits until the " +
        "files of the other shares are there: generate first " +
        "(stoker generate), then workflow.generate_data=false",
    );
  }
  if (!dataset.keep_files) {
    problems.push(
      "Cannot remove the dataset after a share as the others may still read " +
        "it: dataset.keep_files must be true",
    );
  }
  if (workflow.checkpoint && checkpoint.keep_checkpoints >= 0) {
    problems.push(
      "Cannot remove checkpoints in a share as files of the others are among " +
        "them: checkpoint.keep_checkpoints must be -1, current value is " +
        checkpoint.keep_checkpoints,
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  // Says it where there are more shares than accelerators.
  ranksOfShare(share, accelerators);
}

/** What is different in a run of which only a share is done. */
export interface SharedRun {
  readonly facts: Partial<ResultContext>;
  readonly options: {
    readonly share?: Share;
    readonly randomSeed?: number;
  };
  readonly warnings: readonly string[];
  /** For the line that a run begins with: ", share 2/4". */
  readonly title: string;
}

/**
 * What a line with `--share` changes in a run; nothing without.
 *
 * @throws {UsageError} As {@linkcode requestedShare}.
 */
export function sharedRun(
  line: CommandLine,
  { workload, accelerators }: Pick<
    RequestedWorkload,
    "workload" | "accelerators"
  >,
  { startAtMs }: Pick<RunHooks, "startAtMs">,
): SharedRun {
  const share = requestedShare(line);
  if (share === null) {
    return { facts: {}, options: {}, warnings: [], title: "" };
  }
  return {
    facts: {
      share: {
        number: share.index + 1,
        count: share.count,
        accelerators,
        ...(startAtMs === undefined ? {} : { startAtMs }),
      },
      // No tool may take a part for the whole, nor compare it with one.
      mlperf: null,
      comparabilityClass: null,
    },
    // All shares must draw the same without a word to each other.
    options: { share, randomSeed: workload.train.seed },
    warnings: [shareWarning(share, accelerators)],
    title: `, share ${shareText(share)}`,
  };
}

/** For the warnings of its results. */
function shareWarning(share: Share, accelerators: number): string {
  const { first, count } = ranksOfShare(share, accelerators);
  const ranks = count === 1
    ? `accelerator ${first}`
    : `accelerators ${first} to ${first + count - 1}`;
  return `This is share ${shareText(share)} of a run: ${ranks} of ` +
    `${accelerators}, which waited for no other share. "stoker merge" makes ` +
    `one result of all ${share.count}`;
}

/**
 * What the engine needs from the command line while it works: a clock, the
 * reasons to stop, and listeners for progress.
 */
import { aloneOn, type Joined } from "../../cluster/joined.ts";
import {
  createRunClock,
  type PhaseBegin,
  type RunHooks,
} from "../../engine/run/run_hooks.ts";
import type { Snapshot } from "../../metrics/snapshot.ts";
import { InterruptedError, TimeLimitError } from "../../errors.ts";
import { phaseUtilization } from "../../metrics/utilization.ts";
import { lossSignal } from "../../engine/run/together.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import type { Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import { durationOf } from "../line/flag_duration.ts";
import { RunWatch } from "../watch/run_watch.ts";
import { parseStartTime } from "./start_time.ts";
import { ProgressDisplay } from "./progress.ts";

/** One operation may take this long unless `--stall-timeout` says more. */
const DEFAULT_STALL_SECONDS = 300;

/** Ends a run and keeps what was measured. */
const QUIT_KEY = "q";

/** What a session is made with. */
export interface SessionOptions {
  readonly hostname: string;
  /** AU that the run is to reach, in percent; absent: there is none. */
  readonly auGoalPercent?: number;
  /** Says what a phase is: "train, epoch 1 of 3". */
  readonly titleOf: (phase: PhaseBegin) => string;
  /** Steps left out of AU at the begin and the end of an epoch. */
  readonly window: {
    readonly excludeStartSteps: number;
    readonly excludeEndSteps: number;
  };
}

/** Hooks for the engine, until they are disposed of. */
export interface Session extends Disposable {
  /** What is to be seen of the run. */
  readonly watch: RunWatch;
  readonly hooks: RunHooks;
}

/**
 * Starts the clock and listens for reasons to stop.
 *
 * @throws {UsageError} If `--time-limit` or `--stall-timeout` is no duration,
 *   `--start-at` no time to come.
 */
export function startSession(
  { flags }: CommandLine,
  context: Context,
  options: SessionOptions,
): Session {
  const limitSeconds = durationOf(flags, "time-limit");
  const stallSeconds = durationOf(flags, "stall-timeout");
  const startAt = flags["start-at"];
  const startAtMs = startAt === null
    ? null
    : parseStartTime(startAt, context.now());
  const joined = context.joined ?? aloneOn(options.hostname);
  const watch = new RunWatch({ auGoalPercent: options.auGoalPercent ?? null });
  const quit = new AbortController();
  const isShown = !flags["no-progress"] && !flags.quiet;
  const keys = isShown ? listenForQuit(context, quit) : null;
  const display = new ProgressDisplay(context.console, watch, {
    isShown,
    hasKeys: keys !== null,
  });
  const limit = new AbortController();
  // Of several processes the first one ends them all.
  const isTimed = limitSeconds !== null && joined.link.cluster.rank === 0;
  const timer = !isTimed ? null : setTimeout(() => {
    limit.abort(
      new TimeLimitError(`Stopped by --time-limit ${flags["time-limit"]}`),
    );
  }, limitSeconds * 1000);
  return {
    watch,
    hooks: {
      signal: AbortSignal.any([
        context.interrupt(),
        limit.signal,
        quit.signal,
        lossSignal(joined),
      ]),
      moment: createRunClock(
        context.now().getTime(),
        () => performance.now(),
      ),
      hostname: options.hostname,
      ...joined,
      ...(startAtMs === null ? {} : { startAtMs }),
      stallTimeoutMs: (stallSeconds ?? DEFAULT_STALL_SECONDS) * 1000,
      onWait: (wait) => display.wait(wait),
      onPlan: (kinds) => watch.plan(kinds),
      onProgress(snapshot) {
        watch.look(snapshot);
        display.show(snapshot);
      },
      onPhaseBegin(phase) {
        const title = options.titleOf(phase);
        watch.begin(phase, title + ofProcess(joined));
        display.begin(title, ofProcess(joined));
      },
      onPhaseEnd: (phase) =>
        display.end(
          ofAllProcesses(watch.end(), phase, joined),
          auSuffix(phase, options),
        ),
    },
    [Symbol.dispose]: () => {
      if (timer !== null) clearTimeout(timer);
      display.wait(null);
      keys?.[Symbol.dispose]();
    },
  };
}

/** Said of what is shown while a phase goes on; "" of a process alone. */
function ofProcess({ link: { cluster } }: Joined): string {
  return cluster.size === 1
    ? ""
    : ` (process ${cluster.rank} of ${cluster.size} shown)`;
}

/** A look at what all processes have done, once their phase is over. */
function ofAllProcesses(
  last: Snapshot | null,
  { ranks, workers }: PhaseRecord,
  { link: { cluster } }: Joined,
): Snapshot | null {
  if (last === null || cluster.size === 1) return last;
  return {
    ...last,
    done: last.unit === "steps"
      ? ranks.reduce((sum, { stepCount }) => sum + stepCount, 0)
      : workers.reduce((sum, { files }) => sum + files, 0),
    bytes: workers.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** `q` does what Ctrl-C does; a second one does nothing. */
function listenForQuit(
  { console, keyboard }: Context,
  quit: AbortController,
): Disposable | null {
  return keyboard?.listen((key) => {
    if (key !== QUIT_KEY || quit.signal.aborted) return;
    console.warn("q: stopping; Ctrl-C ends at once");
    quit.abort(new InterruptedError("Interrupted by q"));
  }) ?? null;
}

function auSuffix(phase: PhaseRecord, { window }: SessionOptions): string {
  const { au } = phaseUtilization(phase, window);
  return au === null ? "" : `, AU ${au.toFixed(1)}%`;
}

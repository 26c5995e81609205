/**
 * What the engine needs from the command line while it works: a clock, the
 * reasons to stop, and listeners for progress.
 */
import { parseDuration } from "../../bytes/durations.ts";
import { solo } from "../../cluster/cluster.ts";
import {
  createRunClock,
  type PhaseBegin,
  type RunHooks,
} from "../../engine/run/run_hooks.ts";
import { InterruptedError, StokerError, UsageError } from "../../errors.ts";
import { phaseUtilization } from "../../metrics/utilization.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import type { Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import type { FlagName } from "../line/flags.ts";
import { RunWatch } from "../watch/run_watch.ts";
import { parseStartTime } from "./start_time.ts";
import { ProgressDisplay } from "./progress.ts";

/** One operation may take this long unless `--stall-timeout` says more. */
const DEFAULT_STALL_SECONDS = 300;
/** Longest time that a timer can hold, in seconds. */
const MAX_TIMER_SECONDS = (2 ** 31 - 1) / 1000;

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
  const limitSeconds = durationOf("time-limit", flags["time-limit"]);
  const stallSeconds = durationOf("stall-timeout", flags["stall-timeout"]);
  const startAt = flags["start-at"];
  const startAtMs = startAt === null
    ? null
    : parseStartTime(startAt, context.now());
  const watch = new RunWatch({ auGoalPercent: options.auGoalPercent ?? null });
  const quit = new AbortController();
  const isShown = !flags["no-progress"] && !flags.quiet;
  const keys = isShown ? listenForQuit(context, quit) : null;
  const display = new ProgressDisplay(context.console, watch, {
    isShown,
    hasKeys: keys !== null,
  });
  const limit = new AbortController();
  const timer = limitSeconds === null ? null : setTimeout(() => {
    limit.abort(
      new StokerError(`Stopped by --time-limit ${flags["time-limit"]}`),
    );
  }, limitSeconds * 1000);
  return {
    watch,
    hooks: {
      signal: AbortSignal.any([
        context.interrupt(),
        limit.signal,
        quit.signal,
      ]),
      moment: createRunClock(
        context.now().getTime(),
        () => performance.now(),
      ),
      hostname: options.hostname,
      cluster: solo,
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
        watch.begin(phase, title);
        display.begin(title);
      },
      onPhaseEnd: (phase) => display.end(watch.end(), auSuffix(phase, options)),
    },
    [Symbol.dispose]: () => {
      if (timer !== null) clearTimeout(timer);
      display.wait(null);
      keys?.[Symbol.dispose]();
    },
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

function durationOf(flag: FlagName, text: string | null): number | null {
  if (text === null) return null;
  let seconds: number;
  try {
    seconds = parseDuration(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`Cannot use --${flag} ${text}: ${error.message}`);
  }
  if (seconds > 0 && seconds <= MAX_TIMER_SECONDS) return seconds;
  throw new UsageError(
    `Cannot use --${flag} ${text}: it must be longer than 0s and at most ${
      Math.floor(MAX_TIMER_SECONDS / 86400)
    }d`,
  );
}

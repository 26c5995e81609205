/** Flags that say how long something may take. */
import { parseDuration } from "../../bytes/durations.ts";
import { UsageError } from "../../errors.ts";
import type { FlagValues } from "./flags.ts";

/** Longest time that a timer can hold, in seconds. */
const MAX_TIMER_SECONDS = (2 ** 31 - 1) / 1000;

/**
 * The value of such a flag.
 *
 * @returns Seconds; null if it was not given.
 * @throws {UsageError} If it is no duration that a timer can hold.
 */
export function durationOf(
  flags: FlagValues,
  flag: "time-limit" | "stall-timeout" | "peer-timeout",
): number | null {
  const text = flags[flag];
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

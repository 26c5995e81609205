/**
 * `--start-at`: the moment at which several processes that do not know of each
 * other begin.
 *
 *    14:30, 14:30:05             by this host's clock and zone, the nearest
 *                                one: today's, or just after midnight
 *    2026-11-30T14:30:00Z        a date and time, with or without a zone
 */
import { UsageError } from "../../errors.ts";

const TIME_OF_DAY = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
const DATE_AND_TIME =
  /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
const HALF_DAY_MS = 12 * 3600 * 1000;

/**
 * Reads a time that is still to come.
 *
 * @param text See the file header.
 * @param now By this host's clock.
 * @returns Milliseconds since 1970.
 * @throws {UsageError} If it is none, or has passed.
 */
export function parseStartTime(text: string, now: Date): number {
  const nowMs = now.getTime();
  const atMs = timeOfDay(text, now) ?? dateAndTime(text);
  if (atMs === null) {
    throw new UsageError(
      `Cannot use --start-at ${text}: it must be a time of day such as ` +
        "14:30:00, or a date and time such as 2026-11-30T14:30:00Z",
    );
  }
  if (atMs > nowMs) return atMs;
  throw new UsageError(
    `Cannot use --start-at ${text}: it must be still to come, and passed ` +
      `${((nowMs - atMs) / 1000).toFixed(1)} s ago by this host's clock ` +
      `(${now.toISOString()})`,
  );
}

/** The nearest moment at which clocks show it. */
function timeOfDay(text: string, now: Date): number | null {
  const match = TIME_OF_DAY.exec(text);
  if (match === null) return null;
  const at = new Date(now);
  at.setHours(Number(match[1]), Number(match[2]), Number(match[3] ?? 0), 0);
  if (now.getTime() - at.getTime() > HALF_DAY_MS) at.setDate(at.getDate() + 1);
  return at.getTime();
}

function dateAndTime(text: string): number | null {
  if (!DATE_AND_TIME.test(text)) return null;
  const atMs = Date.parse(text.replace(" ", "T"));
  return Number.isNaN(atMs) ? null : atMs;
}

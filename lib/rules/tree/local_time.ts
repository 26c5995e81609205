/**
 * Times of results as seconds. They are local times without a zone, so they
 * are compared with each other alone, never with this host's clock.
 */
import { TIMESTAMP_REGEXP } from "../shared/names.ts";
import { textOf } from "../values.ts";

const TIME_REGEXP =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * "2026-07-24T12:32:43.5" as seconds.
 *
 * @returns A zone at its end is left out, as the other times have none. Null:
 *   it is no time.
 */
export function localSeconds(value: unknown): number | null {
  const match = TIME_REGEXP.exec(textOf(value) ?? "");
  if (match === null) return null;
  return secondsOf(match.slice(1, 7)) + Number(match[7] ?? 0);
}

/** "20260724_123243" as seconds; null: no such name. */
export function folderSeconds(name: string): number | null {
  const match = TIMESTAMP_REGEXP.exec(name);
  return match === null ? null : secondsOf(match.slice(1, 7));
}

function secondsOf(parts: readonly (string | undefined)[]): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

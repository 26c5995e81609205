/**
 * DLIO's timestamps: local time as `YYYY-MM-DDTHH:MM:SS.ffffff`, without an
 * offset. For people and DLIO's tools; no duration is computed from them.
 */

const MS_PER_MINUTE = 60_000;

/**
 * Formats a moment as DLIO does.
 *
 * @param wallMs Milliseconds since 1970, UTC; fractions are microseconds.
 * @param utcOffsetMinutes Minutes that local time is ahead of UTC.
 * @returns 26 characters.
 */
export function localTimestamp(
  wallMs: number,
  utcOffsetMinutes: number,
): string {
  // Whole microseconds first: 1.9999999 ms must not become 1 ms and 1000 µs.
  const localUs = Math.round((wallMs + utcOffsetMinutes * MS_PER_MINUTE) * 1e3);
  const ms = Math.floor(localUs / 1e3);
  const us = localUs - ms * 1e3;
  const text = new Date(ms).toISOString().slice(0, -1);
  return text + String(us).padStart(3, "0");
}

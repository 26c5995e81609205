/**
 * Durations as people write them: `90s`, `5m`, `1h30m`, `250ms`.
 *
 * A bare number is an error: nothing says what it counts.
 */

const PART_REGEXP = /(\d+(?:\.\d+)?)(us|ms|s|m|h|d)/gy;

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86400,
};

/**
 * Reads a duration.
 *
 * @param text One or more numbers, each with one of us, ms, s, m, h, d.
 * @returns Seconds.
 * @throws {SyntaxError} If the text is anything else.
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  let seconds = 0;
  let endOffset = 0;
  for (const match of trimmed.matchAll(PART_REGEXP)) {
    seconds += Number(match[1]) * SECONDS_PER_UNIT[match[2]!]!;
    endOffset = match.index + match[0].length;
  }
  if (endOffset === 0 || endOffset !== trimmed.length) {
    throw new SyntaxError(
      `Cannot read "${text}" as a duration: it must be a number with a ` +
        "unit, such as 250ms, 90s, 5m or 1h30m",
    );
  }
  return seconds;
}

/**
 * Writes a duration for people.
 *
 * @param seconds A number of seconds >= 0.
 * @returns "250ms", "12.5s", "5m 03s" or "1h 05m".
 */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(3))}ms`;
  if (seconds < 60) return `${Math.floor(seconds * 10) / 10}s`;
  const wholeSeconds = Math.floor(seconds);
  const minutes = Math.floor(wholeSeconds / 60);
  if (minutes < 60) return `${minutes}m ${padTwo(wholeSeconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${padTwo(minutes % 60)}m`;
}

function padTwo(count: number): string {
  return String(count).padStart(2, "0");
}

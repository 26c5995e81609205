/**
 * The header `Retry-After`: how long to wait before a retry.
 *
 * Spec: RFC 9110, section 10.2.3: seconds, or a date as HTTP writes it.
 */

/**
 * Reads the header.
 *
 * @param value Its text; null or undefined if there is none.
 * @param answerDate The answer's own `Date`, so that a clock that differs
 *   from the server's does no harm; without it this host's clock counts.
 * @returns Milliseconds from now, >= 0; null if nothing usable is said.
 */
export function retryAfterMs(
  value: string | null | undefined,
  answerDate: string | null | undefined,
): number | null {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return 1000 * Number(text);
  const thenMs = text.endsWith("GMT") ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(thenMs)) return null;
  const answeredMs = Date.parse(answerDate ?? "");
  const nowMs = Number.isNaN(answeredMs) ? Date.now() : answeredMs;
  return Math.max(0, thenMs - nowMs);
}

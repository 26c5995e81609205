/**
 * Quantities as people read them: bytes in powers of 1024, latencies in µs,
 * fractions in percent. What is not known reads "n/a".
 */
import { formatBytes } from "../../bytes/sizes.ts";
import type { LatencyUs } from "../../metrics/latency.ts";

/**
 * Bytes with the largest unit that leaves a number >= 1.
 *
 * @param bytes A count; null if it is not known.
 * @returns Such as "5.86 GiB".
 */
export function bytesText(bytes: number | null): string {
  if (bytes === null) return "n/a";
  return bytes < 1024 ? `${bytes.toFixed(0)} bytes` : formatBytes(bytes);
}

/**
 * Percentiles on one line.
 *
 * @param latency Microseconds; null if nothing was measured.
 * @returns Such as "p50 812, p90 1204, p99 2200, p99.9 3100, max 5100".
 */
export function latencyText(latency: LatencyUs | null): string {
  if (latency === null) return "n/a";
  const { p50, p90, p99, p99_9, max } = latency;
  return `p50 ${us(p50)}, p90 ${us(p90)}, p99 ${us(p99)}, ` +
    `p99.9 ${us(p99_9)}, max ${us(max)}`;
}

/**
 * A number with a fixed count of decimals.
 *
 * @param value The number; null if there is none.
 * @param digits Decimals.
 * @returns The text, or "n/a".
 */
export function fixedText(value: number | null, digits: number): string {
  return value === null ? "n/a" : value.toFixed(digits);
}

/** Below 10 µs a decimal is still meaningful. */
function us(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

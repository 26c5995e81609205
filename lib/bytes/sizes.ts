/**
 * Sizes in bytes as people write them: `4096`, `4KiB`, `1.5GiB`, `2MB`.
 *
 * Binary units (KiB = 1024) and decimal units (KB = 1000) are both exact;
 * nothing else is understood, so `4K`, which means either, is an error.
 */

const SIZE_REGEXP = /^(\d+(?:\.\d+)?(?:e\+?\d+)?) ?([a-z]+)?$/i;

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  pb: 1e15,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
};

const BINARY_UNITS = ["PiB", "TiB", "GiB", "MiB", "KiB"] as const;

/**
 * Reads a size.
 *
 * @param text A number of bytes, or a number and one of B, KB, MB, GB, TB,
 *   PB, KiB, MiB, GiB, TiB, PiB in any case.
 * @returns Whole bytes.
 * @throws {SyntaxError} If the text is anything else.
 * @throws {RangeError} If it is not a whole number of bytes below 2^53.
 *
 * @example
 * ```ts
 * import { parseBytes } from "./sizes.ts";
 * parseBytes("1.5GiB"); // 1610612736
 * ```
 */
export function parseBytes(text: string): number {
  const match = SIZE_REGEXP.exec(text.trim());
  const unitBytes = BYTES_PER_UNIT[(match?.[2] ?? "B").toLowerCase()];
  if (match === null || unitBytes === undefined) {
    throw new SyntaxError(
      `Cannot read "${text}" as a size: it must be a number with an ` +
        "optional unit, such as 4096, 4KiB, 1.5GiB or 2MB",
    );
  }
  const bytes = multiplyExactly(match[1]!, unitBytes);
  if (!Number.isSafeInteger(bytes)) {
    throw new RangeError(
      `Cannot use "${text}" as a size: it must be a whole number of bytes ` +
        "below 2^53",
    );
  }
  return bytes;
}

/**
 * Multiplies a decimal by a unit as exact arithmetic would: 1.1MB is
 * 1,100,000 bytes although 1.1 * 1e6 is not in binary floating point.
 */
function multiplyExactly(decimal: string, unitBytes: number): number {
  if (!/^[\d.]+$/.test(decimal)) return Number(decimal) * unitBytes;
  const [whole = "0", fraction = ""] = decimal.split(".");
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * BigInt(unitBytes);
  if (scaled % scale !== 0n) return NaN;
  return Number(scaled / scale);
}

/**
 * Writes a size in the largest binary unit that is not above it.
 *
 * @param bytes A number of bytes >= 0.
 * @param options.exact True: only a unit that gives the number back through
 *   {@linkcode parseBytes}, else bytes. False (default): two decimals.
 * @returns For example "1.50 GiB", or "1610612737 B" where exact.
 */
export function formatBytes(
  bytes: number,
  { exact = false }: { readonly exact?: boolean } = {},
): string {
  for (const unit of BINARY_UNITS) {
    const unitBytes = BYTES_PER_UNIT[unit.toLowerCase()]!;
    if (bytes < unitBytes) continue;
    if (!exact) return `${(bytes / unitBytes).toFixed(2)} ${unit}`;
    if (bytes % unitBytes === 0) return `${bytes / unitBytes} ${unit}`;
  }
  return exact ? `${bytes} B` : `${Math.round(bytes)} B`;
}

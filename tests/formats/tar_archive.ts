/**
 * Tar files for tests, made by a header writer of this file alone: the other
 * side of Stoker's own.
 */

/** A member of an archive. */
export interface Entry {
  readonly name: string;
  readonly data?: Uint8Array;
  /** @default {"0"} */
  readonly type?: string;
}

/** An archive of members, with the two blocks at its end. */
export function tarOf(entries: readonly Entry[]): Uint8Array {
  const parts = entries.flatMap(({ name, data = new Uint8Array(), type }) => [
    headerOf(name, data.length, type ?? "0"),
    data,
    new Uint8Array((512 - data.length % 512) % 512),
  ]);
  return Uint8Array.from(
    [...parts, new Uint8Array(1024)].flatMap((part) => [...part]),
  );
}

function headerOf(name: string, byteCount: number, type: string): Uint8Array {
  const octal = byteCount.toString(8).padStart(11, "0");
  const text = name.padEnd(100, "\0") + "0000644\0" + "0000000\0".repeat(2) +
    `${octal}\0` + "00000000000\0" + " ".repeat(8) + type +
    "\0".repeat(100) + "ustar\x0000";
  const block = new Uint8Array(512);
  block.set(new TextEncoder().encode(text));
  const sum = block.reduce((total, byte) => total + byte, 0);
  const digits = `${sum.toString(8).padStart(6, "0")}\0 `;
  block.set(new TextEncoder().encode(digits), 148);
  return block;
}

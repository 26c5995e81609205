/**
 * Says what a file really is that breaks its format's rules at the first
 * byte: mostly one that was compressed as a whole and kept its name.
 *
 * Specs: RFC 1952 (gzip), RFC 1950 (zlib), RFC 8878 (Zstandard),
 * https://en.wikipedia.org/wiki/List_of_file_signatures
 */

/** What the first bytes are -> what the file is. */
const MAGICS: readonly (readonly [readonly number[], string])[] = [
  [[0x1f, 0x8b], "gzip"],
  [[0x28, 0xb5, 0x2f, 0xfd], "Zstandard"],
  [[0x42, 0x5a, 0x68], "bzip2"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz"],
  [[0x04, 0x22, 0x4d, 0x18], "LZ4"],
  [[0x78, 0x01], "zlib"],
  [[0x78, 0x5e], "zlib"],
  [[0x78, 0x9c], "zlib"],
  [[0x78, 0xda], "zlib"],
  [[0x50, 0x4b, 0x03, 0x04], "ZIP"],
  [[0x50, 0x41, 0x52, 0x31], "Parquet"],
  [[0x89, 0x48, 0x44, 0x46], "HDF5"],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], "NumPy"],
];

/** Bytes that {@linkcode fileKind} looks at. */
export const MAGIC_BYTES = 6;

/**
 * What a file is by its first bytes.
 *
 * @returns Such as "gzip"; null if they are nothing known.
 */
export function fileKind(first: Uint8Array): string | null {
  const found = MAGICS.find(([magic]) =>
    magic.every((byte, index) => first[index] === byte)
  );
  return found?.[1] ?? null;
}

/**
 * What is wrong with metadata, by its place in the scanned bytes. The caller
 * knows the file and turns it into a FormatError.
 */

/** Bytes that are not compact Thrift, or not what Parquet has there. */
export class ThriftSyntaxError extends Error {
  /**
   * @param position Where in the scanned bytes.
   * @param rule What should have been there and what was.
   */
  constructor(readonly position: number, rule: string) {
    super(rule);
    this.name = "ThriftSyntaxError";
  }
}

/** @throws {ThriftSyntaxError} Always: the bytes are too few. */
export function failAtEnd(bytes: Uint8Array, position: number): never {
  throw new ThriftSyntaxError(
    Math.min(position, bytes.length),
    "the metadata ends in the middle of a value",
  );
}

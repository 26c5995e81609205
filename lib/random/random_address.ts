/**
 * What can be addressed: everything that a double holds exactly, so numbers
 * reach wasm as they are and no BigInt is needed on the way.
 */

/**
 * Checks a dataset's seed.
 *
 * @throws {RangeError} If it is no integer in [0, 2^53).
 */
export function checkSeed(seed: number): void {
  checkInteger("seed", seed);
}

/**
 * Checks a range of stream bytes.
 *
 * @throws {RangeError} If a number is no integer in [0, 2^53).
 */
export function checkAddress(
  stream: number,
  offset: number,
  byteCount: number,
): void {
  checkInteger("stream", stream);
  checkInteger("offset", offset);
  checkInteger("byteCount", byteCount);
  checkInteger("offset + byteCount", offset + byteCount);
}

function checkInteger(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(
      `Cannot use ${name} as it must be an integer in [0, 2^53): ` +
        `current value is ${value}`,
    );
  }
}

/**
 * The values of a "string" column: `s_` and an integer below 2^31.
 *
 * DLIO draws the integer from [0, 2^31); here it is from [10^9, 2^31), so
 * that every value has 10 digits and a file's length is known beforehand.
 */

/** Bytes of "s_" and 10 digits. */
export const TEXT_BYTES = 12;

const DIGIT_COUNT = 10;
/** The least integer of a value. */
export const FIRST_INTEGER = 10 ** (DIGIT_COUNT - 1);
const INTEGER_COUNT = 2 ** 31 - FIRST_INTEGER;

const LETTER_S = 0x73;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;

/**
 * Writes values.
 *
 * @param random 4 bytes per value.
 * @param target {@linkcode TEXT_BYTES} per value.
 */
export function writeTextValues(random: Uint8Array, target: Uint8Array): void {
  const view = new DataView(random.buffer, random.byteOffset, random.length);
  const count = random.length / 4;
  for (let i = 0; i < count; i++) {
    const start = i * TEXT_BYTES;
    target[start] = LETTER_S;
    target[start + 1] = UNDERSCORE;
    let rest = FIRST_INTEGER + view.getUint32(i * 4, true) % INTEGER_COUNT;
    for (let digit = DIGIT_COUNT + 1; digit >= 2; digit--) {
      target[start + digit] = ZERO + rest % 10;
      rest = rest / 10 | 0;
    }
  }
}

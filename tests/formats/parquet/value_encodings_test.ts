import { assertEquals } from "@std/assert";
import { NUMBER_TYPES } from "../../../lib/formats/parquet/column_type.ts";
import { equalLengths } from "../../../lib/formats/parquet/delta_length.ts";
import {
  dictionaryBody,
  indexBytes,
  indexPrefix,
} from "../../../lib/formats/parquet/rle_dictionary.ts";
import {
  TEXT_BYTES,
  writeTextValues,
} from "../../../lib/formats/parquet/text_values.ts";
import { widenValues } from "../../../lib/formats/parquet/wide_values.ts";

function int32s(bytes: Uint8Array): number[] {
  return [...new Int32Array(bytes.slice().buffer)];
}

Deno.test("dictionaryBody() maps each index to the number of its bits", () => {
  const unsigned = int32s(dictionaryBody(NUMBER_TYPES["uint8"]!));
  const signed = int32s(dictionaryBody(NUMBER_TYPES["int8"]!));
  assertEquals(unsigned, Array.from({ length: 256 }, (_, i) => i));
  assertEquals(signed, [...new Int8Array(Uint8Array.from(unsigned).buffer)]);
});

Deno.test("dictionaryBody() of 16 bits has all 65,536 values", () => {
  const unsigned = int32s(dictionaryBody(NUMBER_TYPES["uint16"]!));
  const signed = int32s(dictionaryBody(NUMBER_TYPES["int16"]!));
  assertEquals(unsigned[65535], 65535);
  assertEquals(signed.slice(32766, 32770), [32766, 32767, -32768, -32767]);
  assertEquals(signed.length, 65536);
});

Deno.test("indexPrefix() is the width and one run of whole groups", () => {
  const bytes = NUMBER_TYPES["uint8"]!;
  const shorts = NUMBER_TYPES["int16"]!;
  assertEquals([...indexPrefix(bytes, 9)], [8, 5]);
  assertEquals([...indexPrefix(shorts, 8000)], [16, 0xd1, 0x0f]);
  assertEquals([indexBytes(bytes, 9), indexBytes(shorts, 9)], [16, 32]);
});

Deno.test("equalLengths() has a block of zeros for every 128 differences", () => {
  assertEquals([...equalLengths(1, 12)], [0x80, 1, 4, 1, 24]);
  const block = [0, 0, 0, 0, 0];
  assertEquals([...equalLengths(129, 1)], [0x80, 1, 4, 0x81, 1, 2, ...block]);
  assertEquals(equalLengths(130, 1).length, 6 + 2 * block.length);
});

Deno.test("writeTextValues() writes 10 digits below 2^31", () => {
  const words = Uint32Array.of(0, 1, 1147483647, 1147483648, 0xffffffff);
  const random = new Uint8Array(words.buffer);
  const target = new Uint8Array(words.length * TEXT_BYTES);
  writeTextValues(random, target);
  const texts = new TextDecoder().decode(target).match(/.{12}/g);
  assertEquals(texts, [
    "s_1000000000",
    "s_1000000001",
    "s_2147483647",
    "s_1000000000",
    "s_1852516351",
  ]);
});

for (
  const [dtype, expected] of [
    ["uint8", [0, 255, 128, 127]],
    ["int8", [0, -1, -128, 127]],
    ["uint16", [65280, 32640]],
    ["int16", [-256, 32640]],
  ] as const
) {
  Deno.test(`widenValues() keeps the values of ${dtype}`, () => {
    const narrow = Uint8Array.of(0, 255, 128, 127);
    const target = new Uint8Array(expected.length * 4);
    widenValues(narrow, NUMBER_TYPES[dtype]!, target);
    assertEquals(int32s(target), [...expected]);
  });
}

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ThriftSyntaxError } from "../../../lib/formats/parquet/thrift_error.ts";
import { ThriftReader } from "../../../lib/formats/parquet/thrift_reader.ts";
import {
  THRIFT_TYPE,
  ThriftWriter,
} from "../../../lib/formats/parquet/thrift_writer.ts";

/** A struct with every type that Parquet has. */
function writeSample(writer: ThriftWriter): void {
  writer.beginStruct();
  writer.i32Field(1, -7);
  writer.byteField(2, 200);
  writer.boolField(3, true);
  writer.boolField(4, false);
  writer.listField(5, THRIFT_TYPE.binary, 20);
  for (let i = 0; i < 20; i++) writer.string("ä".repeat(i));
  writer.structField(6);
  writer.i64Field(40, 2 ** 45);
  writer.endStruct();
  writer.stringField(7, "end");
  writer.endStruct();
}

function skipStruct(bytes: Uint8Array): number {
  const reader = new ThriftReader(bytes);
  reader.skipStruct();
  return reader.position;
}

Deno.test("ThriftWriter writes the bytes of the specification", () => {
  const writer = new ThriftWriter();
  writer.beginStruct();
  writer.i32Field(1, 150);
  writer.stringField(3, "hi");
  writer.boolField(20, true);
  writer.listField(21, THRIFT_TYPE.i32, 2);
  writer.integer(0);
  writer.integer(-1);
  writer.endStruct();
  assertEquals(
    [...writer.toBytes()],
    // deno-fmt-ignore
    [
      0x15, 0xac, 0x02, // i32, zigzag 300
      0x28, 2, 0x68, 0x69,
      0x01, 40, // id too far for a delta: type, zigzag 20
      0x19, 0x25, 0, 1,
      0,
    ],
  );
});

Deno.test("ThriftReader reads every integer that ThriftWriter writes", () => {
  const integers = fc.integer({
    min: -(2 ** 31),
    max: 2 ** 31 - 1,
  });
  const wide = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
  fc.assert(
    fc.property(fc.array(fc.oneof(integers, wide)), (values) => {
      const writer = new ThriftWriter();
      for (const value of values) writer.integer(value);
      const reader = new ThriftReader(writer.view());
      assertEquals(values.map(() => reader.integer() + 0), values);
      assertEquals(reader.position, writer.length);
    }),
    { seed: 1 },
  );
});

Deno.test("ThriftReader reads every field that ThriftWriter writes", () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 32767 }));
  fc.assert(
    fc.property(ids, fc.array(fc.string()), (unordered, texts) => {
      const sorted = unordered.toSorted((a, b) => a - b);
      const writer = new ThriftWriter();
      writer.beginStruct();
      sorted.forEach((id, i) => writer.stringField(id, texts[i] ?? ""));
      writer.endStruct();
      const reader = new ThriftReader(writer.view());
      let last = 0;
      for (const [i, id] of sorted.entries()) {
        last = reader.nextField(last);
        assertEquals(last, id);
        assertEquals(reader.fieldType, THRIFT_TYPE.binary);
        const utf8 = new TextEncoder().encode(texts[i] ?? "");
        assertEquals(reader.string(), new TextDecoder().decode(utf8));
      }
      assertEquals(reader.nextField(last), 0);
    }),
    { seed: 2 },
  );
});

Deno.test("skipStruct() steps over every type", () => {
  const writer = new ThriftWriter();
  writeSample(writer);
  assertEquals(skipStruct(writer.view()), writer.length);
});

Deno.test("skipStruct() steps over maps, doubles and lists of booleans", () => {
  // deno-fmt-ignore
  const bytes = Uint8Array.of(
    0x1b, 2, 0x85, 1, 0x61, 2, 1, 0x62, 4, // map<binary, i32> of 2
    0x1b, 0, // an empty map has no types
    0x17, 1, 2, 3, 4, 5, 6, 7, 8,
    0x19, 0x31, 1, 2, 1,
    0,
  );
  assertEquals(skipStruct(bytes), bytes.length);
});

Deno.test("skipStruct() throws wherever the bytes end too early", () => {
  const writer = new ThriftWriter();
  writeSample(writer);
  const bytes = writer.toBytes();
  for (let length = 0; length < bytes.length; length++) {
    assertThrows(
      () => skipStruct(bytes.subarray(0, length)),
      ThriftSyntaxError,
    );
  }
});

Deno.test("skipStruct() throws for structs nested too deep", () => {
  const error = assertThrows(
    () => skipStruct(new Uint8Array(1000).fill(0x1c)),
    ThriftSyntaxError,
  );
  assertStringIncludes(error.message, "deeper than 32");
});

Deno.test("listHeader() throws for more elements than bytes", () => {
  const writer = new ThriftWriter();
  writer.listField(1, THRIFT_TYPE.i32, 10 ** 9);
  const reader = new ThriftReader(writer.view(), 1);
  const error = assertThrows(() => reader.listHeader(), ThriftSyntaxError);
  assertStringIncludes(error.message, "1000000000 elements");
});

Deno.test("varint() throws if it does not end within 10 bytes", () => {
  const reader = new ThriftReader(new Uint8Array(20).fill(0xff));
  assertThrows(() => reader.varint(), ThriftSyntaxError, "within 10 bytes");
});

Deno.test("skipStruct() ends or throws for any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        skipStruct(bytes);
      } catch (error) {
        if (!(error instanceof ThriftSyntaxError)) throw error;
      }
    }),
    { seed: 3, numRuns: 2000 },
  );
});

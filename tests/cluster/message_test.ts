import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeMessage, encodeMessage } from "../../lib/cluster/message.ts";

function crossed<T>(value: T): T {
  return decodeMessage<T>(encodeMessage(value));
}

Deno.test("a message has plain data, maps and numbers as they were", () => {
  const data = {
    text: "ä\u0000\n",
    none: null,
    list: [1, [2.5], { deep: true }],
    odd: [NaN, Infinity, -Infinity],
    map: new Map<string, unknown>([["a", 1], ["b", new Map([[1, "x"]])]]),
    left: undefined,
  };
  const { left: _, ...rest } = data;
  assertEquals<unknown>(crossed(data), rest);
  for (const value of [null, 7, "", [], {}, true]) {
    assertEquals<unknown>(crossed(value), value);
  }
});

Deno.test("a message has typed arrays, also such as begin anywhere", () => {
  const numbers = Float64Array.from([0.1, NaN, -0, 1e300]);
  const data = {
    bytes: Uint8Array.from([1, 2, 3]),
    part: new Uint32Array(Uint32Array.from([9, 8, 7]).buffer, 4, 2),
    numbers,
    empty: new Float64Array(),
    words: Int32Array.from([-1]),
    halves: Uint16Array.from([65535]),
  };
  const there = crossed(data);
  assertEquals(there, data);
  numbers[0] = 5;
  assertEquals(there.numbers[0], 0.1);
});

Deno.test("an array that is mostly zeros takes the room of the others", () => {
  const counts = new Float64Array(2000);
  for (const at of [0, 7, 1999]) counts[at] = at + 0.5;
  const bytes = encodeMessage([counts, counts]);
  assert(bytes.length < 300, `${bytes.length} bytes`);
  assertEquals(decodeMessage<Float64Array[]>(bytes), [counts, counts]);
  const full = new Float64Array(100).fill(1);
  assertEquals(crossed(full), full);
});

Deno.test("shared memory is shared memory again", () => {
  const memory = new SharedArrayBuffer(3);
  new Uint8Array(memory).set([4, 5, 6]);
  const counts = new Uint32Array(new SharedArrayBuffer(8));
  counts.set([1, 2]);
  const there = crossed({ memory, counts });
  assert(there.memory instanceof SharedArrayBuffer);
  assertEquals([...new Uint8Array(there.memory)], [4, 5, 6]);
  assert(there.counts.buffer instanceof SharedArrayBuffer);
  assertEquals([...there.counts], [1, 2]);
});

Deno.test("a message of something else, or cut short, is refused", () => {
  for (const value of [{ act: () => {} }, 1n, new Float32Array(1)]) {
    assertThrows(() => encodeMessage(value), TypeError, "to other processes");
  }
  const bytes = encodeMessage({ text: "long enough" });
  for (const cut of [bytes.subarray(0, 8), new Uint8Array()]) {
    assertThrows(() => decodeMessage(cut), SyntaxError, "whole text");
  }
});

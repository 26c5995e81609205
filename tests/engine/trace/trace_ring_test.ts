/** Tests of lib/engine/trace/trace_ring.ts. */
import { assertEquals } from "@std/assert";
import {
  makeRingBuffer,
  NONE,
  ringRecords,
  TraceRing,
  TraceRingReader,
} from "../../../lib/engine/trace/trace_ring.ts";

function ringOf(recordCount: number, shiftMs = 0) {
  const buffer = makeRingBuffer(recordCount);
  return {
    ring: new TraceRing(buffer, shiftMs, {
      hasRequests: false,
      overlaps: false,
    }),
    reader: new TraceRingReader(buffer),
  };
}

/** Adds a record that is told by one number. */
function put(ring: TraceRing, id: number): void {
  ring.put(id % 7, id, id + 1, id + 2, NONE, id / 2, id, id * 3);
}

function drained(reader: TraceRingReader, count = Infinity): number[] {
  const ids: number[] = [];
  reader.drain((record) => {
    if (ids.length >= count) return false;
    const id = record.endMs;
    assertEquals({ ...record }, {
      startMs: id / 2,
      endMs: id,
      byteCount: id * 3,
      kind: id % 7,
      file: NONE,
      epoch: id + 1,
      step: id + 2,
      rank: id,
    });
    ids.push(id);
    return true;
  });
  return ids;
}

const from = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => first + index);

Deno.test("TraceRing gives back every record in order, round after round", () => {
  const { ring, reader } = ringOf(8);
  for (let round = 0; round < 5; round++) {
    const ids = from(round * 6, 6);
    for (const id of ids) put(ring, id);
    assertEquals(drained(reader), ids);
  }
  assertEquals(reader.droppedCount, 0);
  assertEquals(reader.waitingCount, 0);
});

Deno.test("TraceRing counts what finds no room, and goes on when there is some", () => {
  const { ring, reader } = ringOf(4);
  for (const id of from(0, 10)) put(ring, id);
  assertEquals(reader.droppedCount, 6);
  assertEquals(drained(reader), [0, 1, 2, 3]);
  put(ring, 20);
  assertEquals(drained(reader), [20]);
  assertEquals(reader.droppedCount, 6);
});

Deno.test("TraceRingReader leaves what is not taken", () => {
  const { ring, reader } = ringOf(8);
  for (const id of from(0, 5)) put(ring, id);
  assertEquals(drained(reader, 2), [0, 1]);
  assertEquals(reader.waitingCount, 3);
  assertEquals(drained(reader), [2, 3, 4]);
});

Deno.test("TraceRingReader gives times on the clock of the run", () => {
  const { ring, reader } = ringOf(8, 1000);
  put(ring, 4);
  const times: number[] = [];
  reader.drain(({ startMs, endMs }) => {
    times.push(startMs, endMs);
    return true;
  });
  assertEquals(times, [1002, 1004]);
});

Deno.test("ringRecords() is a power of two that thousands of threads can have", () => {
  assertEquals(ringRecords(1), 65_536);
  assertEquals(ringRecords(64), 65_536);
  assertEquals(ringRecords(1000), 4096);
  assertEquals(ringRecords(1_000_000), 256);
});

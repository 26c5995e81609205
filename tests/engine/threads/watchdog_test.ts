import { assertEquals } from "@std/assert";
import {
  FIELD,
  STATE_IDLE,
  STATE_OPEN,
  STATE_READ,
  STATE_WRITE,
} from "../../../lib/engine/threads/region.ts";
import { Watchdog } from "../../../lib/engine/threads/watchdog.ts";

function makeRows(count: number): Float64Array[] {
  return Array.from({ length: count }, () => new Float64Array(32));
}

function enter(fields: Float64Array | undefined, state: number, file = 0) {
  if (fields === undefined) throw new Error("no such row");
  fields[FIELD.state] = state;
  fields[FIELD.file] = file;
}

function finish(fields: Float64Array | undefined) {
  if (fields === undefined) throw new Error("no such row");
  fields[FIELD.operations] = (fields[FIELD.operations] ?? 0) + 1;
}

Deno.test("an operation is stalled once it has taken the limit", () => {
  const rows = makeRows(3);
  const watchdog = new Watchdog(rows, 1000, 0);
  enter(rows[1], STATE_READ, 42);
  assertEquals(watchdog.look(500), null);
  assertEquals(watchdog.look(999), null);
  assertEquals(watchdog.look(1500), {
    row: 1,
    operation: "read",
    fileIndex: 42,
    seconds: 1.5,
  });
});

Deno.test("each kind of operation is named", () => {
  for (
    const [state, operation] of [
      [STATE_OPEN, "open"],
      [STATE_READ, "read"],
      [STATE_WRITE, "write"],
    ] as const
  ) {
    const rows = makeRows(1);
    enter(rows[0], state);
    assertEquals(new Watchdog(rows, 10, 0).look(10)?.operation, operation);
  }
});

Deno.test("a worker that waits for its turn is never suspected", () => {
  const rows = makeRows(1);
  const watchdog = new Watchdog(rows, 1000, 0);
  enter(rows[0], STATE_IDLE);
  for (let nowMs = 0; nowMs <= 1e6; nowMs += 500) {
    assertEquals(watchdog.look(nowMs), null);
  }
  // Time spent waiting does not count for the operation that follows.
  enter(rows[0], STATE_READ);
  assertEquals(watchdog.look(1e6 + 900), null);
  assertEquals(watchdog.look(1e6 + 1000)?.seconds, 1);
});

Deno.test("a slow file of many finished reads is no stall", () => {
  const rows = makeRows(1);
  const watchdog = new Watchdog(rows, 1000, 0);
  enter(rows[0], STATE_READ);
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 900) {
    finish(rows[0]);
    assertEquals(watchdog.look(nowMs), null);
  }
});

Deno.test("the row that stalls is found among busy ones", () => {
  const rows = makeRows(4);
  const watchdog = new Watchdog(rows, 1000, 0);
  for (const fields of rows) enter(fields, STATE_READ);
  enter(rows[2], STATE_OPEN, 7);
  for (const nowMs of [300, 600, 900]) {
    rows.forEach((fields, row) => row === 2 || finish(fields));
    assertEquals(watchdog.look(nowMs), null);
  }
  rows.forEach((fields, row) => row === 2 || finish(fields));
  const stall = watchdog.look(1200);
  assertEquals([stall?.row, stall?.operation, stall?.fileIndex], [
    2,
    "open",
    7,
  ]);
});

Deno.test("a limit of Infinity waits for ever", () => {
  const rows = makeRows(1);
  const watchdog = new Watchdog(rows, Infinity, 0);
  enter(rows[0], STATE_READ);
  assertEquals(watchdog.look(1e12), null);
});

Deno.test("counters that begin anew count as progress", () => {
  const rows = makeRows(1);
  const watchdog = new Watchdog(rows, 1000, 0);
  enter(rows[0], STATE_READ);
  for (let i = 0; i < 5; i++) finish(rows[0]);
  assertEquals(watchdog.look(100), null);
  rows[0]?.fill(0);
  enter(rows[0], STATE_READ);
  assertEquals(watchdog.look(1050), null);
  assertEquals(watchdog.look(2050)?.seconds, 1);
});

import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  makeShardTable,
  ShardTable,
} from "../../../lib/engine/training/shard_table.ts";

function tableOf(fileCount: number, limitBytes: number): ShardTable {
  return new ShardTable({ ...makeShardTable(fileCount), limitBytes });
}

/** Copies a shard. @returns Shards that were removed for it; null: no room. */
function copy(
  table: ShardTable,
  file: number,
  byteCount: number,
): number[] | null {
  const evicted: number[] = [];
  assert(table.claim(file));
  if (!table.takeRoom(file, byteCount, (other) => evicted.push(other))) {
    table.giveUp(file);
    return null;
  }
  table.finish(file);
  return evicted;
}

Deno.test("a shard is copied by whoever claims it first, and by nobody when it is there", () => {
  const table = tableOf(2, Infinity);
  assert(table.claim(1));
  assert(!table.claim(1));
  assert(!table.use(1));
  table.finish(1);
  assert(table.use(1));
  assert(!table.claim(1));
});

Deno.test("a shard that could not be copied may be claimed again", () => {
  const table = tableOf(1, Infinity);
  assert(table.claim(0));
  table.giveUp(0);
  assert(table.claim(0));
});

Deno.test("the copy that was used longest ago goes first", () => {
  const table = tableOf(5, 30);
  for (const file of [0, 1, 2]) assertEquals(copy(table, file, 10), []);
  assertEquals(table.use(0), true);
  assertEquals(copy(table, 3, 10), [1]);
  assertEquals(copy(table, 4, 20), [2, 0]);
  assertEquals(table.use(0), false);
});

Deno.test("room that copies under way have is not given twice", () => {
  const table = tableOf(3, 20);
  assert(table.claim(0));
  assert(table.takeRoom(0, 15, () => {}));
  assertEquals(copy(table, 1, 10), null);
  table.finish(0);
  assertEquals(copy(table, 1, 10), [0]);
});

Deno.test("copies never take more than the limit, whatever is copied and used", () => {
  const step = fc.record({
    file: fc.nat(9),
    bytes: fc.integer({ min: 1, max: 40 }),
    isUse: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const table = tableOf(10, 100);
      const sizes = new Map<number, number>();
      for (const { file, bytes, isUse } of steps) {
        if (isUse || sizes.has(file)) {
          assertEquals(table.use(file), sizes.has(file));
          continue;
        }
        for (const evicted of copy(table, file, bytes) ?? []) {
          sizes.delete(evicted);
        }
        sizes.set(file, bytes);
        const sum = [...sizes.values()].reduce((a, b) => a + b, 0);
        assert(sum <= 100);
      }
    }),
    { seed: 1 },
  );
});

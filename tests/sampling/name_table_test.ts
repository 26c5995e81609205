/** Tests of lib/sampling/name_table.ts. */
import { assertEquals, assertLess, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  nameAt,
  type NameTable,
  NameTableBuilder,
  tableBytes,
} from "../../lib/sampling/name_table.ts";

function tableOf(names: Iterable<string>): NameTable {
  const builder = new NameTableBuilder();
  for (const name of names) builder.add(name);
  return builder.finish();
}

function namesOf(table: NameTable): string[] {
  return Array.from({ length: table.nameCount }, (_, i) => nameAt(table, i));
}

/** As Python sorts texts. */
function sortedByCodePoints(names: readonly string[]): string[] {
  const encoder = new TextEncoder();
  return names.toSorted((a, b) => {
    const one = encoder.encode(a);
    const other = encoder.encode(b);
    for (let i = 0; i < Math.min(one.length, other.length); i++) {
      if (one[i] !== other[i]) return one[i]! - other[i]!;
    }
    return one.length - other.length;
  });
}

Deno.test("a name table gives back every name, sorted", () => {
  const name = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: "binary", maxLength: 6 }).map((s) => s.toWellFormed()),
    fc.nat({ max: 99999 }).map((n) => `train/img_${n}.npz`),
  );
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 80 }), (names) => {
      assertEquals(namesOf(tableOf(names)), sortedByCodePoints(names));
    }),
    { seed: 3, numRuns: 300 },
  );
});

Deno.test("a name table is read in any order", () => {
  const names = Array.from({ length: 100 }, (_, i) => `a/${i * 37}.png`);
  const table = tableOf(names);
  const sorted = names.toSorted();
  for (const index of [99, 0, 50, 51, 49, 15, 16, 17, 31, 16, 99]) {
    assertEquals(nameAt(table, index), sorted[index]);
  }
});

Deno.test("a name table keeps begin and end that all share once", () => {
  const table = tableOf(["train/a.npz", "train/ab.npz", "train/b.npz"]);
  assertEquals([table.prefix, table.suffix], ["train/", ".npz"]);
  // One name alone is all prefix; names that overlap keep their length.
  for (const names of [["aaa"], ["aaa", "aaaa"], ["x", "x.x", "x.x.x"], [""]]) {
    assertEquals(namesOf(tableOf(names)), names);
  }
  assertEquals(namesOf(tableOf([])), []);
});

Deno.test("a name table takes long names and names that share much", () => {
  const names = [300, 254, 255, 256, 1000].map((length) =>
    "x".repeat(length) + "y"
  );
  assertEquals(namesOf(tableOf(names)), names.toSorted());
  assertThrows(() => tableOf(["x".repeat(5000)]), RangeError, "4096 bytes");
});

Deno.test("a name table merges many runs and costs few bytes per name", () => {
  const nameCount = 200_000;
  function* shuffled(): Iterable<string> {
    for (let i = 0; i < nameCount; i++) {
      const n = (i * 7919) % nameCount;
      const folder = `n${String(n % 1000).padStart(8, "0")}`;
      yield `train/${folder}/${folder}_${n}.JPEG`;
    }
  }
  const table = tableOf(shuffled());
  assertEquals(table.nameCount, nameCount);
  const sorted = [...shuffled()].sort();
  for (let i = 0; i < nameCount; i += 997) {
    assertEquals(nameAt(table, i), sorted[i]);
  }
  assertLess(tableBytes(table) / nameCount, 16);
});

/** Seeded, as all of a test's names. */
function* uuidNames(
  nameCount: number,
  headOf: (index: number) => string,
): Generator<string> {
  let state = 1;
  const digits = (count: number): string => {
    let text = "";
    while (text.length < count) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      text += (state >>> 28).toString(16);
    }
    return text;
  };
  for (let i = 0; i < nameCount; i++) {
    const uuid = [8, 4, 4, 4, 12].map(digits).join("-");
    yield `${headOf(i)}${uuid}.parquet`;
  }
}

Deno.test("a name table takes 16 bytes for a UUID in a partition's folder", () => {
  const names = [...uuidNames(20_000, (i) => `train/day=${i % 40}/`)];
  const table = tableOf(names);
  assertEquals(namesOf(table), sortedByCodePoints(names));
  assertLess(tableBytes(table) / names.length, 16.1);
});

Deno.test("a name table sorts UUIDs as texts where one name is none", () => {
  const flat = [...uuidNames(200, () => "train/")];
  const deeper = [...uuidNames(200, (i) => `train/${(i % 16).toString(16)}/`)];
  const manyHeads = [...uuidNames(5000, (i) => `train/${i}/`)];
  for (
    const names of [
      flat,
      [...flat, ...deeper],
      [...flat, "train/README.parquet"],
      [...flat, flat[0]!.replace(".parquet", ".csv")],
      [...flat, flat[0]!.toUpperCase()],
      [...flat, ...deeper.map((name) => name.replace("train", "größe"))],
      ["0".repeat(36), ...flat],
      manyHeads,
    ]
  ) {
    assertEquals(namesOf(tableOf(names)), sortedByCodePoints(names));
  }
});

Deno.test("nameAt() refuses what the table does not have", () => {
  const table = tableOf(["a", "b"]);
  for (const index of [-1, 2, NaN]) {
    assertThrows(() => nameAt(table, index), RangeError, String(index));
  }
});

Deno.test("a name table is shared with other threads, not copied", () => {
  const table = tableOf(["a", "b"]);
  const copy = structuredClone({ ...table, bytes: null, blocks: null });
  assertEquals(copy.nameCount, 2);
  assertEquals(table.bytes instanceof SharedArrayBuffer, true);
  assertEquals(table.blocks instanceof SharedArrayBuffer, true);
});

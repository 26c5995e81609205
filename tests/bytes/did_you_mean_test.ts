import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  didYouMean,
  editDistance,
  nearestWord,
} from "../../lib/bytes/did_you_mean.ts";
import { SETTING_ROWS } from "../../lib/config/setting_rows.ts";

Deno.test("editDistance() counts insertions, deletions and replacements", () => {
  assertEquals(editDistance("", "abc"), 3);
  assertEquals(editDistance("kitten", "sitting"), 3);
  assertEquals(editDistance("same", "same"), 0);
});

Deno.test("editDistance() is symmetric and at most the longer length", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const distance = editDistance(a, b);
      assertEquals(distance, editDistance(b, a));
      assertEquals(distance <= Math.max(a.length, b.length), true);
      assertEquals(distance >= Math.abs(a.length - b.length), true);
    }),
    { seed: 6 },
  );
});

Deno.test("nearestWord() finds misspellings and the right name elsewhere", () => {
  const keys = [...SETTING_ROWS.keys()];
  assertEquals(nearestWord("reader.read_thread", keys), "reader.read_threads");
  assertEquals(nearestWord("reader.batchsize", keys), "reader.batch_size");
  assertEquals(nearestWord("train.batch_size", keys), "reader.batch_size");
  assertEquals(nearestWord("epochs", keys), "train.epochs");
  assertEquals(nearestWord("Dataset.Format", keys), "dataset.format");
});

Deno.test("nearestWord() finds nothing where nothing is near", () => {
  assertEquals(
    nearestWord("completely.unrelated_thing", ["train.epochs"]),
    null,
  );
  assertEquals(didYouMean("zzzzzz", ["npz"]), "");
});

/** Tests of lib/engine/dataset/split_words.ts. */
import { assertEquals } from "@std/assert";
import { splitWordOf } from "../../../lib/engine/dataset/split_words.ts";

Deno.test("splitWordOf() knows the usual names of splits, in any case", () => {
  for (
    const [name, word] of [
      ["train", "train"],
      ["Training", "train"],
      ["TRAIN", "train"],
      ["train2017", "train"],
      ["train-clean-100", "train"],
      ["train-00000-of-00004.parquet", "train"],
      ["mnist-train.tfrecord-00000-of-00001", "train"],
      ["wikitext_train.csv", "train"],
      ["valid", "validation"],
      ["val", "validation"],
      ["val_images", "validation"],
      ["Validation", "validation"],
      ["eval", "eval"],
      ["evaluation.npz", "eval"],
      ["dev-clean", "dev"],
      ["test2017", "test"],
      ["ILSVRC2012_val_00000001.JPEG", "validation"],
    ] as const
  ) assertEquals(splitWordOf(name), word, name);
});

Deno.test("splitWordOf() needs a word by itself", () => {
  for (
    const name of [
      "trainer",
      "trains",
      "latest.npz",
      "evaluate",
      "validated",
      "device_1",
      "contest",
      "n01440764",
      "img_0_of_8.npz",
    ]
  ) assertEquals(splitWordOf(name), null, name);
});

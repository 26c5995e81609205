import { assertEquals } from "@std/assert";
import {
  imageFileBytes,
  imageProblems,
  imageSize,
} from "../../lib/formats/image_size.ts";
import { fileSpec } from "./encoded_file.ts";

const LIMITS = {
  name: "png",
  codecs: [],
  maxSide: 100,
  leastBytes: () => 50,
};

Deno.test("imageSize() takes height first, and one dimension as a column", () => {
  assertEquals(imageSize(fileSpec([3, 5])), { height: 3, width: 5 });
  assertEquals(imageSize(fileSpec([7])), { height: 7, width: 1 });
  assertEquals(imageFileBytes(fileSpec([3, 5])), 15);
});

Deno.test("imageProblems() tells size only of what is an image at all", () => {
  const count = (dims: readonly number[]) =>
    imageProblems(fileSpec(dims), LIMITS).length;
  assertEquals(count([10, 10]), 0);
  assertEquals(count([5, 5]), 1);
  assertEquals(count([101, 10]), 1);
  assertEquals(count([2, 2, 2]), 1);
});

Deno.test("imageProblems() names format, setting and rule", () => {
  const spec = fileSpec([10, 10], { samplesPerFile: 4 });
  assertEquals(imageProblems(spec, LIMITS), [
    "Cannot use dataset.num_samples_per_file = 4 with dataset.format = png: " +
    "a file holds one image",
  ]);
});

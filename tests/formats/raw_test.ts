import { assertEquals } from "@std/assert";
import { raw } from "../../lib/formats/raw.ts";
import { encodeFile, fileSpec, streamBytes } from "./encoded_file.ts";

Deno.test("raw: encode() gives the stream's bytes alone", () => {
  const spec = fileSpec([70, 1000], { elementType: "int16" }, 3);
  assertEquals(encodeFile(raw, spec), streamBytes(3, 0, 140_000));
});

Deno.test("raw: problems() names num_samples_per_file where a file has several", () => {
  assertEquals(raw.problems(fileSpec([4], { samplesPerFile: 2 })), [
    "Cannot use dataset.num_samples_per_file with dataset.format = raw as a " +
    "raw file is one sample: current value is 2",
  ]);
});

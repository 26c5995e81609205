/**
 * NPY: one array of all samples of the file, as numpy.save writes it.
 */
import { lazyImport } from "../lazy_import.ts";
import { npyCounting } from "./counting/array_counts.ts";
import { arrayProblems } from "./array_problems.ts";
import type { EncodeTools, FileSpec, Format } from "./format.ts";
import { axisProblems, npyBytes, sampleArray } from "./npy_array.ts";
import { PageCursor } from "./page_cursor.ts";

/** The NPY format. */
export const npy: Format = {
  name: "npy",
  reading: "whole_file",
  counting: npyCounting,
  async inside(source) {
    const url = import.meta.resolve("./inside/arrays_inside.ts");
    const module = await lazyImport<typeof import("./inside/arrays_inside.ts")>(
      url,
    );
    return await module.npyInside(source);
  },
  codecs: [],

  problems(spec: FileSpec): string[] {
    return [...arrayProblems(npy, spec), ...axisProblems("npy", spec)];
  },

  fileBytes(spec: FileSpec): number {
    return npyBytes(sampleArray(spec));
  },

  *encode(spec: FileSpec, tools: EncodeTools): Generator<Uint8Array, void> {
    const { header, dataBytes } = sampleArray(spec);
    const cursor = new PageCursor(tools);
    yield* cursor.bytes(header);
    yield* cursor.random(spec.fileIndex, 0, dataBytes);
    yield* cursor.end();
  },
};

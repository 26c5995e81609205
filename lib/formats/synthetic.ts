/**
 * Synthetic: a file that only says which one it is, its decimal index in
 * ASCII. Training reads nothing.
 */
import { arrayProblems } from "./array_problems.ts";
import type { EncodeTools, FileSpec, Format } from "./format.ts";
import { PageCursor } from "./page_cursor.ts";

/** The synthetic format. */
export const synthetic: Format = {
  name: "synthetic",
  reading: "nothing",
  codecs: [],

  problems(spec: FileSpec): string[] {
    return arrayProblems(synthetic, spec);
  },

  fileBytes(spec: FileSpec): number {
    return String(spec.fileIndex).length;
  },

  *encode(spec: FileSpec, tools: EncodeTools): Generator<Uint8Array, void> {
    const cursor = new PageCursor(tools);
    yield* cursor.bytes(new TextEncoder().encode(String(spec.fileIndex)));
    yield* cursor.end();
  },
};

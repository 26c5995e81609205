import { assertEquals, assertNotEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  checkpointSeed,
  CONSTANT_BYTE,
  containedBytes,
  createFileContent,
  fileStream,
} from "../../lib/checkpoint/file_content.ts";
import { checkpointFiles } from "../../lib/checkpoint/checkpoint_files.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";
import { ALONE, TINY } from "./models.ts";

const SOURCE = createScalarSource({ seed: checkpointSeed(123) });
const PLACE = { epoch: 1, step: 3, rank: 2, fileIndex: 0 };
const [MODEL_FILE] = checkpointFiles({ model: TINY, parallelism: ALONE }, 0);

Deno.test("createFileContent() gives the same bytes in any pieces", () => {
  for (const container of ["raw", "safetensors"] as const) {
    const content = createFileContent(MODEL_FILE!, PLACE, {
      container,
      source: SOURCE,
    });
    const whole = new Uint8Array(content.fileBytes);
    content.fill(whole, 0);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: content.fileBytes }),
        fc.integer({ min: 0, max: 9000 }),
        (offset, length) => {
          const part = new Uint8Array(
            Math.min(length, content.fileBytes - offset),
          );
          content.fill(part, offset);
          assertEquals(part, whole.slice(offset, offset + part.length));
        },
      ),
      { seed: 4, numRuns: 40 },
    );
  }
});

Deno.test("createFileContent() gives every file its own bytes", () => {
  const heads = new Set<string>();
  const places = [
    PLACE,
    { ...PLACE, epoch: 2 },
    { ...PLACE, step: 4 },
    { ...PLACE, rank: 3 },
    { ...PLACE, fileIndex: 1 },
  ];
  for (const place of places) {
    const head = new Uint8Array(16);
    createFileContent(MODEL_FILE!, place, { container: "raw", source: SOURCE })
      .fill(head, 0);
    heads.add(head.toString());
  }
  assertEquals(heads.size, places.length);
});

Deno.test("createFileContent() without a source is one byte over and over", () => {
  const content = createFileContent(MODEL_FILE!, PLACE, {
    container: "raw",
    source: null,
  });
  const view = new Uint8Array(100);
  content.fill(view, 7);
  assertEquals(view, new Uint8Array(100).fill(CONSTANT_BYTE));
});

Deno.test("containedBytes() is the length of the content", () => {
  const layout = { model: TINY, parallelism: ALONE, scale: 0.1 };
  const [scaledFile] = checkpointFiles(layout, 0);
  for (const file of [MODEL_FILE!, scaledFile!]) {
    for (const container of ["raw", "safetensors"] as const) {
      const options = { container, source: null };
      assertEquals(
        containedBytes(file, container),
        createFileContent(file, PLACE, options).fileBytes,
      );
    }
  }
});

Deno.test("fileStream() tells 200,000 files apart", () => {
  const streams = new Set<number>();
  for (let step = 1; step <= 10; step++) {
    for (let rank = 0; rank < 2000; rank++) {
      for (let fileIndex = 0; fileIndex < 10; fileIndex++) {
        const stream = fileStream({ epoch: 1, step, rank, fileIndex });
        if (!Number.isSafeInteger(stream) || stream < 0) {
          throw new Error(`not a stream: ${stream}`);
        }
        streams.add(stream);
      }
    }
  }
  assertEquals(streams.size, 200_000);
});

Deno.test("checkpointSeed() differs from the seed of the dataset", () => {
  assertNotEquals(checkpointSeed(123), 123);
  assertNotEquals(checkpointSeed(123), checkpointSeed(124));
});

/**
 * What every registered format must keep to; a new one is tested by its line
 * in the registry alone.
 */
import { assert, assertEquals } from "@std/assert";
import { ceilToPage, PageArena } from "../../lib/bytes/page_arena.ts";
import type { EncodeTools } from "../../lib/formats/format.ts";
import { loadFormats } from "../../lib/formats/registry.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../../lib/random/wasm_source.ts";
import { encodeFile, makeSpec, makeTools } from "./encoding.ts";

const FORMATS = await loadFormats();

const PAGE_BYTES = 65536;

function wasmTools(pageBytes = PAGE_BYTES): EncodeTools {
  const arena = new PageArena(RANDOM_REGION_BYTES + ceilToPage(pageBytes));
  const random = createRandomSource(arena, { seed: 123 });
  return { random, pages: arena.allocate(pageBytes) };
}

const SPECS = [
  makeSpec({ sampleDims: [64, 64] }),
  makeSpec({ sampleDims: [400, 500], fileIndex: 3 }),
  makeSpec({ sampleDims: [33, 65], fileIndex: 12 }, { samplesPerFile: 5 }),
];

for (const [name, format] of Object.entries(FORMATS)) {
  const specs = SPECS.filter((spec) => format.problems(spec).length === 0);

  Deno.test(`${name} can make a plain file and has its key's name`, () => {
    assertEquals(format.name, name);
    assert(specs.length > 0);
  });

  Deno.test(`${name} encode() fills the pages and keeps to fileBytes()`, () => {
    const tools = wasmTools();
    for (const spec of specs) {
      let byteCount = 0;
      let lastBytes = PAGE_BYTES;
      for (const chunk of format.encode(spec, tools)) {
        assertEquals(lastBytes, PAGE_BYTES, "a chunk before the last");
        assertEquals(chunk.byteOffset, tools.pages.byteOffset);
        byteCount += chunk.length;
        lastBytes = chunk.length;
      }
      // Null where only encoding tells.
      assertEquals(byteCount, format.fileBytes(spec) ?? byteCount);
    }
  });

  Deno.test(`${name} encode() gives the same file whatever the tools`, () => {
    for (const spec of specs) {
      const file = encodeFile(format, spec, wasmTools());
      const scalar = createScalarSource({ seed: spec.dataset.seed });
      assertEquals(encodeFile(format, spec, makeTools(scalar)), file);
      assertEquals(encodeFile(format, spec, wasmTools(2 ** 20)), file);
    }
  });

  if (format.reading !== "nothing") {
    // Readers compute the length once where all samples have one size.
    Deno.test(`${name} files of equal samples have one length whatever their index`, () => {
      for (const spec of specs) {
        const lengths = [0, 7, 31, 12_345, 2e12].map((fileIndex) =>
          format.fileBytes({ ...spec, fileIndex })
        );
        assertEquals(new Set(lengths).size, 1);
      }
    });
  }

  Deno.test(`${name} files of two indexes differ`, () => {
    const tools = wasmTools();
    const [first, second] = [1, 2].map((fileIndex) =>
      encodeFile(format, makeSpec({ fileIndex, sampleDims: [64, 64] }), tools)
    );
    assert(first!.join() !== second!.join());
  });
}

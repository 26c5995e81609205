import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  ceilToPage,
  PAGE_BYTES,
  PageArena,
} from "../../lib/bytes/page_arena.ts";

Deno.test("ceilToPage() rounds up and leaves whole pages alone", () => {
  assertEquals([0, 1, 4095, 4096, 4097].map(ceilToPage), [
    0,
    4096,
    4096,
    4096,
    8192,
  ]);
  // Beyond 32 bits, where a mask would overflow.
  assertEquals(ceilToPage(2 ** 40 + 1), 2 ** 40 + 4096);
});

Deno.test("PageArena rounds its capacity up to wasm pages", () => {
  assertEquals(new PageArena(1).byteLength, 65536);
  assertEquals(new PageArena(65536).byteLength, 65536);
  assertEquals(new PageArena(65537).byteLength, 131072);
});

Deno.test("allocate() gives views at page boundaries that never overlap", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 3 * PAGE_BYTES }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(lengths, (byteCounts) => {
      const arena = new PageArena(8 * 3 * PAGE_BYTES);
      const views = byteCounts.map((bytes) => arena.allocate(bytes));
      let freeOffset = 0;
      for (const [i, view] of views.entries()) {
        assertEquals(view.length, byteCounts[i]);
        assertEquals(view.byteOffset % PAGE_BYTES, 0);
        assertEquals(view.byteOffset >= freeOffset, true);
        assertEquals(view.buffer, arena.memory.buffer);
        freeOffset = view.byteOffset + view.length;
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("allocate() hands out the whole arena and then says what is left", () => {
  const arena = new PageArena(65536);
  assertEquals(arena.allocate(61440).length, 61440);
  assertThrows(
    () => arena.allocate(4097),
    RangeError,
    "Cannot allocate 4097 bytes as the arena must hold them: " +
      "4096 of 65536 bytes are left",
  );
  // The refusal took nothing.
  assertEquals(arena.allocate(4096).byteOffset, 61440);
});

Deno.test("views stay valid however much is allocated later", () => {
  const arena = new PageArena(1 << 20);
  const first = arena.allocate(10);
  first.fill(7);
  arena.allocate(900_000);
  assertEquals(first.length, 10);
  assertEquals([...first], Array(10).fill(7));
});

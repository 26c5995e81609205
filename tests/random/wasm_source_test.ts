import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { crc32 as zlibCrc32, deflateRawSync } from "node:zlib";
import { crc32c } from "../../lib/bytes/crc.ts";
import { PageArena } from "../../lib/bytes/page_arena.ts";
import { CHUNK_BYTES } from "../../lib/random/chunk_state.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";
import { RANDOM_WASM_BASE64 } from "../../lib/random/random_wasm.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../../lib/random/wasm_source.ts";

const VIEW_BYTES = 5 * CHUNK_BYTES;

function makeSource(seed: number, viewBytes = VIEW_BYTES) {
  const arena = new PageArena(RANDOM_REGION_BYTES + viewBytes);
  const random = createRandomSource(arena, { seed });
  return { arena, random, view: arena.allocate(viewBytes) };
}

/** Offsets of which many lie at or near the edges of steps and chunks. */
function offsets(): fc.Arbitrary<number> {
  return fc.tuple(
    fc.nat(2 ** 20),
    fc.constantFrom(1, 64, 1024, CHUNK_BYTES),
    fc.integer({ min: -2, max: 2 }),
  ).map(([count, unit, delta]) =>
    Math.max(0, (count * unit) % (8 * CHUNK_BYTES) + delta)
  );
}

Deno.test("wasm fill() gives the scalar bytes wherever and in any order", () => {
  const scalar = createScalarSource({ seed: 42 });
  const { random, view } = makeSource(42);
  const expected = new Uint8Array(VIEW_BYTES);
  const address = fc.record({
    stream: fc.nat(3),
    offset: offsets(),
    start: fc.nat(70),
    byteCount: offsets().map((bytes) => bytes % (VIEW_BYTES - 70)),
  });
  // A list, as what was filled before must not matter.
  fc.assert(
    fc.property(fc.array(address, { maxLength: 8 }), (calls) => {
      for (const { stream, offset, start, byteCount } of calls) {
        const part = view.subarray(start, start + byteCount);
        random.fill(part, stream, offset);
        scalar.fill(expected.subarray(0, byteCount), stream, offset);
        assertEquals(part, expected.subarray(0, byteCount));
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("wasm fill() gives the scalar bytes in pieces that follow", () => {
  const scalar = createScalarSource({ seed: 1 });
  const { random, view } = makeSource(1);
  const expected = new Uint8Array(VIEW_BYTES);
  scalar.fill(expected, 9, 77);
  for (const stepBytes of [1, 63, 64, 65, 100, 4096, 16383, 16385]) {
    view.fill(0);
    for (let at = 0; at < view.length; at += stepBytes) {
      random.fill(view.subarray(at, at + stepBytes), 9, 77 + at);
    }
    assertEquals(view, expected, `pieces of ${stepBytes} bytes`);
  }
});

Deno.test("wasm takes seed, stream and offset up to 2^53", () => {
  const seed = 2 ** 53 - 1;
  const stream = 2 ** 53 - 2;
  const offset = 2 ** 53 - 50001;
  const scalar = createScalarSource({ seed });
  const { random, view } = makeSource(seed);
  const part = view.subarray(0, 50000);
  const expected = new Uint8Array(50000);
  random.fill(part, stream, offset);
  scalar.fill(expected, stream, offset);
  assertEquals(part, expected);
  assertEquals(
    random.crc32(stream, offset, part.length, 1),
    zlibCrc32(expected, 1),
  );
});

Deno.test("wasm sums are those of the filled bytes", () => {
  const { random, view } = makeSource(2 ** 40);
  const address = fc.record({
    stream: fc.nat(),
    offset: offsets(),
    byteCount: offsets().map((bytes) => bytes % VIEW_BYTES),
    crc: fc.nat(2 ** 32 - 1),
  });
  fc.assert(
    fc.property(address, ({ stream, offset, byteCount, crc }) => {
      const part = view.subarray(0, byteCount);
      random.fill(part, stream, offset);
      assertEquals(
        random.crc32(stream, offset, byteCount, crc),
        zlibCrc32(part, crc),
      );
      assertEquals(
        random.crc32c(stream, offset, byteCount, crc),
        crc32c(part, crc),
      );
    }),
    { seed: 2, numRuns: 200 },
  );
});

Deno.test("wasm sums chain over many chunks", () => {
  const { random } = makeSource(3);
  const total = 100 * CHUNK_BYTES + 5;
  for (const sum of ["crc32", "crc32c"] as const) {
    let crc = 0;
    for (let at = 0; at < total; at += 100_003) {
      crc = random[sum](8, at, Math.min(100_003, total - at), crc);
    }
    assertEquals(crc, random[sum](8, 0, total, 0));
  }
});

Deno.test("wasm sums do not disturb the fill that goes on", () => {
  const { random, view } = makeSource(4);
  const expected = new Uint8Array(VIEW_BYTES);
  createScalarSource({ seed: 4 }).fill(expected, 0, 0);
  for (let at = 0; at < view.length; at += 5000) {
    random.fill(view.subarray(at, at + 5000), 0, at);
    random.crc32(1, at, 3000, 0);
    random.crc32c(0, at, 40000, 0);
  }
  assertEquals(view, expected);
});

Deno.test("wasm touches its region and the views alone", () => {
  const guardBytes = 65536;
  const arena = new PageArena(
    RANDOM_REGION_BYTES + 2 * VIEW_BYTES + 3 * guardBytes,
  );
  new Uint8Array(arena.memory.buffer).fill(0xa5);
  const guards = [arena.allocate(guardBytes)];
  const random = createRandomSource(arena, { seed: 6 });
  guards.push(arena.allocate(guardBytes));
  const view = arena.allocate(VIEW_BYTES);
  guards.push(arena.allocate(guardBytes));
  random.crc32(1, 7, 100_000, 0);
  random.crc32c(1, 7, 100_000, 0);
  random.fill(view.subarray(3, view.length - 5), 1, 9);
  guards.push(view.subarray(0, 3), view.subarray(view.length - 5));
  for (const guard of guards) {
    assert(guard.every((byte) => byte === 0xa5));
  }
});

Deno.test("two sources share an arena", () => {
  const arena = new PageArena(2 * RANDOM_REGION_BYTES + 2 * 4096);
  const one = createRandomSource(arena, { seed: 1 });
  const two = createRandomSource(arena, { seed: 2 });
  const view = arena.allocate(4096);
  one.fill(view, 0, 0);
  const first = view.slice();
  two.fill(view, 0, 0);
  one.fill(view, 0, 4096);
  one.fill(view, 0, 0);
  assertEquals(view, first);
});

Deno.test("the wasm module has no memory, data, start or table of its own", () => {
  const wasm = Uint8Array.from(
    atob(RANDOM_WASM_BASE64),
    (c) => c.charCodeAt(0),
  );
  const module = new WebAssembly.Module(wasm);
  assertEquals(WebAssembly.Module.imports(module), [
    { module: "env", name: "memory", kind: "memory" },
  ]);
  // Sections: type, import, function, global, export, code; see
  // https://webassembly.github.io/spec/core/binary/modules.html
  assertEquals(sectionIds(wasm), [1, 2, 3, 6, 7, 10]);
});

Deno.test("the region is as large as the wasm module wants it", () => {
  const arena = new PageArena(RANDOM_REGION_BYTES);
  const wasm = Uint8Array.from(
    atob(RANDOM_WASM_BASE64),
    (c) => c.charCodeAt(0),
  );
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), {
    env: { memory: arena.memory },
  });
  const regionBytes = instance.exports["regionBytes"] as () => number;
  assertEquals(regionBytes(), RANDOM_REGION_BYTES);
});

Deno.test("wasm fill() throws for a view outside its arena", () => {
  const { random, view } = makeSource(0);
  assertThrows(
    () => random.fill(new Uint8Array(8), 0, 0),
    RangeError,
    "must lie in the random source's arena",
  );
  assertThrows(() => random.fill(view, 0, -1), RangeError, "offset");
  assertThrows(() => random.crc32(0.5, 0, 1, 0), RangeError, "stream");
});

Deno.test("createRandomSource() throws for a bad seed or a full arena", () => {
  assertThrows(
    () => createRandomSource(new PageArena(2 ** 20), { seed: 1.5 }),
    RangeError,
    "current value is 1.5",
  );
  assertThrows(
    () => createRandomSource(new PageArena(65536), { seed: 1 }),
    RangeError,
    "are left",
  );
});

Deno.test("random bytes are even, incompressible and unique", () => {
  const { random, view } = makeSource(10, 1 << 20);
  const counts = new Uint32Array(256);
  const blocks = new Set<string>();
  const streamCount = 4;
  const offsetCount = 16;
  for (let stream = 0; stream < streamCount; stream++) {
    for (let part = 0; part < offsetCount; part++) {
      random.fill(view, stream, part * view.length);
      for (let at = 0; at < view.length; at += 64) {
        counts[view[at + (at >> 6) % 64]!]!++;
      }
      for (let at = 0; at < view.length; at += 4096) {
        // 16 bytes in the middle: equal blocks have equal ones.
        blocks.add(view.subarray(at + 2000, at + 2016).join());
      }
    }
  }
  const blockCount = streamCount * offsetCount * view.length / 4096;
  assertEquals(blocks.size, blockCount);
  // Chi square of 255 degrees of freedom: mean 255, deviation 22.6.
  const mean = streamCount * offsetCount * view.length / 64 / 256;
  let chiSquare = 0;
  for (const count of counts) chiSquare += (count - mean) ** 2 / mean;
  assert(chiSquare > 155 && chiSquare < 355, `chi square ${chiSquare}`);
  assert(deflateRawSync(view, { level: 9 }).length >= view.length * 0.999);
});

/** Identifiers of a module's sections in order, custom ones left out. */
function sectionIds(wasm: Uint8Array): number[] {
  const ids: number[] = [];
  let at = 8;
  while (at < wasm.length) {
    const id = wasm[at++]!;
    let byteCount = 0;
    for (let shift = 0;; shift += 7) {
      const byte = wasm[at++]!;
      byteCount |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    at += byteCount;
    if (id !== 0) ids.push(id);
  }
  return ids;
}

import { assertEquals } from "@std/assert";
import type { EncodeTools } from "../../lib/formats/format.ts";
import { PageCursor } from "../../lib/formats/page_cursor.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";

const BUFFER_BYTES = 65536;
const STREAM = 3;

function scalarTools(): EncodeTools {
  const random = createScalarSource({ seed: 42 });
  return { random, pages: new Uint8Array(BUFFER_BYTES) };
}

function streamBytes(offset: number, byteCount: number): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  scalarTools().random.fill(bytes, STREAM, offset);
  return bytes;
}

/** Copies of all that is handed out. */
function drain(chunks: Iterable<Uint8Array>): Uint8Array[] {
  return Array.from(chunks, (chunk) => chunk.slice());
}

Deno.test("draw() gives random bytes and appends nothing", () => {
  const cursor = new PageCursor(scalarTools());
  const drawn = new Uint8Array(10_000);
  cursor.draw(drawn, STREAM, 77);
  assertEquals(drawn, streamBytes(77, 10_000));
  assertEquals(cursor.position, 0);
  assertEquals(drain(cursor.end()), []);
});

Deno.test("draw() keeps what a nearly full buffer holds", () => {
  const cursor = new PageCursor(scalarTools());
  const content = streamBytes(0, BUFFER_BYTES - 5);
  assertEquals(drain(cursor.bytes(content)), []);
  const drawn = new Uint8Array(5000);
  cursor.draw(drawn, STREAM, 123);
  assertEquals(drawn, streamBytes(123, 5000));
  assertEquals(drain(cursor.end()), [content]);
});

Deno.test("tryAppend() appends head and random bytes", () => {
  const cursor = new PageCursor(scalarTools());
  assertEquals(cursor.tryAppend(Uint8Array.of(1, 2), STREAM, 9, 100), true);
  assertEquals(cursor.position, 102);
  const [chunk] = drain(cursor.end());
  assertEquals(chunk, Uint8Array.of(1, 2, ...streamBytes(9, 100)));
});

Deno.test("tryAppend() does nothing if the buffer would become full", () => {
  const cursor = new PageCursor(scalarTools());
  const head = Uint8Array.of(1, 2);
  const isAppended = cursor.tryAppend(head, STREAM, 0, BUFFER_BYTES - 2);
  assertEquals(isAppended, false);
  assertEquals(cursor.position, 0);
  assertEquals(cursor.tryAppend(head, STREAM, 0, BUFFER_BYTES - 3), true);
});

import { assertEquals } from "@std/assert";
import { PageCursor } from "../../lib/formats/page_cursor.ts";
import { joinChunks, scalarTools, streamBytes } from "./encoded_file.ts";

const PAGES_BYTES = scalarTools().pages.length;

Deno.test("bytes(), random(), repeated() and written() follow one another", () => {
  const tools = scalarTools();
  const cursor = new PageCursor(tools);
  const text = new TextEncoder().encode("header");
  const randomBytes = 2 * PAGES_BYTES + 17;
  const file = joinChunks((function* () {
    yield* cursor.bytes(text);
    assertEquals(cursor.position, 6);
    yield* cursor.random(3, 100, randomBytes);
    yield* cursor.repeated(7, 5);
    yield* cursor.written(PAGES_BYTES, (view, doneBytes) => {
      for (let i = 0; i < view.length; i++) view[i] = (doneBytes + i) % 251;
    });
    assertEquals(cursor.position, 11 + randomBytes + PAGES_BYTES);
    yield* cursor.end();
  })());

  assertEquals(file.subarray(0, 6), text);
  assertEquals(
    file.subarray(6, 6 + randomBytes),
    streamBytes(3, 100, randomBytes),
  );
  const rest = file.subarray(6 + randomBytes);
  assertEquals([...rest.subarray(0, 5)], [7, 7, 7, 7, 7]);
  assertEquals(
    rest.subarray(5),
    Uint8Array.from({ length: PAGES_BYTES }, (_, i) => i % 251),
  );
});

Deno.test("end() hands out nothing if the last chunk was full", () => {
  const cursor = new PageCursor(scalarTools());
  const chunks: number[] = [];
  for (const chunk of cursor.repeated(1, PAGES_BYTES)) {
    chunks.push(chunk.length);
  }
  for (const chunk of cursor.end()) chunks.push(chunk.length);
  assertEquals(chunks, [PAGES_BYTES]);
});

/**
 * The plain loop that Stoker's reads and writes are held against: one thread
 * that goes through a list of files with one buffer and does nothing else.
 */
import { PageArena } from "../../lib/bytes/page_arena.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../../lib/random/wasm_source.ts";
import { DirectCalls } from "../../lib/storage/direct/direct_calls.ts";
import { O_WRITE_NEW } from "../../lib/storage/local/new_file.ts";
import { COUNTED_PASSES, WARM_PASSES } from "./passes.ts";
import type { PlainLoopOrder } from "./plain_loop.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<PlainLoopOrder>) => void;
  postMessage(message: number | string): void;
};

scope.onmessage = ({ data: order }) => {
  const arena = new PageArena(order.bufferBytes + RANDOM_REGION_BYTES + 4096);
  const buffer = arena.allocate(order.bufferBytes);
  const fill = order.fills ? filler(arena) : () => {};
  const visitAll = () => {
    for (const [index, path] of order.paths.entries()) {
      if (!order.write) {
        if (order.direct) readDirectly(path, buffer);
        else readFile(path, buffer);
      } else {
        const views = viewsOf(buffer, order.fileBytes, (view, offset) => {
          fill(view, index, offset);
        });
        if (order.direct) writeDirectly(path, views);
        else writeFile(path, views);
      }
    }
  };
  // Compiled code and pages that are there are measured: reads are made
  // before too, and memory that is written from is filled.
  const [warmPasses, passes] = order.write
    ? [0, 1]
    : [WARM_PASSES, COUNTED_PASSES];
  for (let pass = 0; pass < warmPasses; pass++) visitAll();
  fill(buffer, 0, 0);
  scope.postMessage("ready");
  Atomics.wait(order.gate, 0, 0);
  const startMs = performance.now();
  for (let pass = 0; pass < passes; pass++) visitAll();
  scope.postMessage((performance.now() - startMs) / 1000 / passes);
};

function readFile(path: string, buffer: Uint8Array): void {
  const file = Deno.openSync(path);
  while (file.readSync(buffer) === buffer.length);
  file.close();
}

let calls: DirectCalls | undefined;

function readDirectly(path: string, buffer: Uint8Array): void {
  calls ??= new DirectCalls();
  const fd = calls.openToRead(path);
  let offset = 0;
  for (;;) {
    const byteCount = calls.read(fd, buffer, offset);
    if (byteCount < 0) throw new Error(`errno ${-byteCount}`);
    offset += byteCount;
    if (byteCount < buffer.length) break;
  }
  calls.close(fd);
}

/** The buffer once for each write of a file, made ready by `prepare`. */
function* viewsOf(
  buffer: Uint8Array,
  fileBytes: number,
  prepare: (view: Uint8Array, offset: number) => void,
): Generator<Uint8Array> {
  for (let offset = 0; offset < fileBytes; offset += buffer.length) {
    const view = buffer.subarray(
      0,
      Math.min(buffer.length, fileBytes - offset),
    );
    prepare(view, offset);
    yield view;
  }
}

/** Writes the random bytes that Stoker would write, from its own source. */
function filler(
  arena: PageArena,
): (view: Uint8Array, stream: number, offset: number) => void {
  const source = createRandomSource(arena, { seed: 1 });
  return (view, stream, offset) => source.fill(view, stream, offset);
}

function writeFile(path: string, views: Iterable<Uint8Array>): void {
  const file = Deno.openSync(path, {
    write: true,
    create: true,
    truncate: true,
  });
  for (const view of views) file.writeSync(view);
  file.close();
}

function writeDirectly(path: string, views: Iterable<Uint8Array>): void {
  calls ??= new DirectCalls();
  const fd = calls.openToWrite(path, O_WRITE_NEW);
  let offset = 0;
  for (const view of views) {
    const byteCount = calls.write(fd, view, offset);
    if (byteCount !== view.length) throw new Error(`wrote ${byteCount} bytes`);
    offset += byteCount;
  }
  calls.close(fd);
}

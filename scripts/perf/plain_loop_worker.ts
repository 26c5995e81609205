/**
 * The plain loop that Stoker's reads and writes are held against: one thread
 * that goes through a list of files with one buffer and does nothing else.
 */
import { PageArena } from "../../lib/bytes/page_arena.ts";
import { DirectCalls } from "../../lib/storage/direct_calls.ts";
import type { PlainLoopOrder } from "./plain_loop.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<PlainLoopOrder>) => void;
  postMessage(message: number | string): void;
};

scope.onmessage = ({ data: order }) => {
  const buffer = new PageArena(order.bufferBytes).allocate(order.bufferBytes);
  const visit = order.write
    ? writeFile
    : order.direct
    ? readDirectly
    : readFile;
  const visitAll = () => {
    for (const path of order.paths) visit(path, buffer, order.fileBytes);
  };
  // Reads are passed through once before, so that compiled code is measured.
  if (!order.write) visitAll();
  scope.postMessage("ready");
  Atomics.wait(order.gate, 0, 0);
  const startMs = performance.now();
  visitAll();
  scope.postMessage((performance.now() - startMs) / 1000);
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

function writeFile(path: string, buffer: Uint8Array, fileBytes: number): void {
  const file = Deno.openSync(path, {
    write: true,
    create: true,
    truncate: true,
  });
  for (let done = 0; done < fileBytes; done += buffer.length) {
    file.writeSync(
      buffer.subarray(0, Math.min(buffer.length, fileBytes - done)),
    );
  }
  file.close();
}

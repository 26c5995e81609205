/**
 * The bare loop that Stoker's S3 is held against: one thread that fetches a
 * list of URLs, so many in flight, drains the streams and does nothing else.
 */
import type { FetchLoopOrder } from "./fetch_loop.ts";

const BUFFER_BYTES = 256 * 1024;
const free: ArrayBufferLike[] = [];

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<FetchLoopOrder>) => void;
  postMessage(message: number | string): void;
};

scope.onmessage = async ({ data: order }) => {
  const body = new Uint8Array(order.putBytes);
  scope.postMessage("ready");
  Atomics.wait(order.gate, 0, 0);
  const startMs = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < order.urls.length) {
      const url = order.urls[next++] ?? "";
      if (body.length === 0) await drain(url);
      else await (await fetch(url, { method: "PUT", body })).body?.cancel();
    }
  };
  await Promise.all(Array.from({ length: order.inFlight }, lane));
  scope.postMessage((performance.now() - startMs) / 1000);
};

/** With a buffer of its own: half the CPU time of a reader without. */
async function drain(url: string): Promise<void> {
  const reader = (await fetch(url)).body?.getReader({ mode: "byob" });
  let buffer: ArrayBufferLike = free.pop() ?? new ArrayBuffer(BUFFER_BYTES);
  while (reader !== undefined) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (value !== undefined) buffer = value.buffer;
    if (done) break;
  }
  free.push(buffer);
}

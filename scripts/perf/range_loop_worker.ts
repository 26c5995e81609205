/**
 * The plain loop that reads of small pieces are held against: one thread that
 * goes through a list of ranges with its files open and does nothing else.
 */
import { PageArena } from "../../lib/bytes/page_arena.ts";
import { COUNTED_PASSES, WARM_PASSES } from "./passes.ts";
import type { RangeLoopOrder } from "./read_windows.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<RangeLoopOrder>) => void;
  postMessage(message: number | string): void;
};

scope.onmessage = ({ data: order }) => {
  const { paths, files, offsets, byteCounts } = order;
  const buffer = new PageArena(order.bufferBytes).allocate(order.bufferBytes);
  const opened = paths.map((path) => Deno.openSync(path));
  const visitAll = () => {
    for (let i = 0; i < files.length; i++) {
      const file = opened[files[i]!]!;
      file.seekSync(offsets[i]!, Deno.SeekMode.Start);
      file.readSync(buffer.subarray(0, byteCounts[i]!));
    }
  };
  // Compiled code and pages that are there are measured.
  for (let pass = 0; pass < WARM_PASSES; pass++) visitAll();
  scope.postMessage("ready");
  Atomics.wait(order.gate, 0, 0);
  const startMs = performance.now();
  for (let pass = 0; pass < COUNTED_PASSES; pass++) visitAll();
  scope.postMessage((performance.now() - startMs) / 1000 / COUNTED_PASSES);
  for (const file of opened) file.close();
};

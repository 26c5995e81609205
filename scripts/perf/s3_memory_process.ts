/**
 * Moves objects through a storage of S3 and prints how many bytes of memory
 * that took at most, beyond what the process had when it began.
 *
 *    deno run -A scripts/perf/s3_memory_process.ts '{"options": …, …}'
 */
import { s3Kind } from "../../lib/storage/s3/s3_kind.ts";
import type { Storage } from "../../lib/storage/storage.ts";
import { printLine } from "../terminal.ts";
import type { MemoryOrder } from "./s3_memory.ts";

const CHUNK_BYTES = 4 * 2 ** 20;
const CREATED = { expectedBytes: null, atomic: true, fsync: false };

const order = JSON.parse(Deno.args[0] ?? "{}") as MemoryOrder;
const storage = await s3Kind.connect({
  kind: "s3",
  root: "perf",
  options: order.options,
});
const meter = {
  now: () => performance.now(),
  opened: () => {},
  read: () => {},
  isStopped: () => false,
};

// What is loaded and compiled with the first object is there before.
const isGet = order.getCount > 0;
await write(storage, "object", isGet ? order.objectBytes : CHUNK_BYTES);
await storage.drain("object", -1, new Uint8Array(0), meter);

// Linux forgets the peak of before; proc(5), clear_refs.
Deno.writeTextFileSync("/proc/self/clear_refs", "5");
const beforeBytes = statusBytes("VmRSS");
await (isGet ? getMany() : write(storage, "large", order.objectBytes));
printLine(`${statusBytes("VmHWM") - beforeBytes}`);
storage.close?.();

async function write(to: Storage, path: string, byteCount: number) {
  const chunk = new Uint8Array(CHUNK_BYTES).fill(1);
  const writer = await to.create(path, CREATED);
  for (let done = 0; done < byteCount; done += chunk.length) {
    await writer.write(chunk.subarray(0, byteCount - done));
  }
  await writer.commit();
}

async function getMany(): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < order.getCount) {
      next++;
      await storage.drain("object", -1, new Uint8Array(0), meter);
    }
  };
  await Promise.all(Array.from({ length: storage.inFlight ?? 1 }, lane));
}

function statusBytes(field: "VmRSS" | "VmHWM"): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return 1024 * Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]);
}

import { assertEquals } from "@std/assert";
import { nullKind } from "../../lib/storage/null.ts";
import { newPaceMemory } from "../../lib/storage/transfer_pace.ts";
import { ReadRecorder } from "./read_recorder.ts";
import { alignedBuffer, storageErrorOf } from "./storage_contract.ts";

const SETTINGS = { kind: "null", root: "./", options: {} };

Deno.test("null: files have the length that is expected of them", async () => {
  const storage = await nullKind.connect(SETTINGS);
  const meter = new ReadRecorder();
  const buffer = alignedBuffer();
  assertEquals(await storage.drain("f", 150_000, buffer, meter), 150_000);
  assertEquals(meter.reads, [65_536, 65_536, 18_928]);
  assertEquals([meter.openCount, meter.wrongStarts], [1, 0]);
});

Deno.test("null: a file of unknown length is empty", async () => {
  const storage = await nullKind.connect(SETTINGS);
  const meter = new ReadRecorder();
  assertEquals(await storage.drain("f", -1, alignedBuffer(), meter), 0);
  assertEquals(meter.reads, []);
});

Deno.test("null: a stopped run ends a drain", async () => {
  const storage = await nullKind.connect(SETTINGS);
  const meter = new ReadRecorder(2);
  assertEquals(
    await storage.drain("f", 2 ** 50, alignedBuffer(), meter),
    2 * 65_536,
  );
});

Deno.test("null: what is written vanishes", async () => {
  const storage = await nullKind.connect(SETTINGS);
  const writer = await storage.create("f", {
    expectedBytes: 10,
    atomic: true,
    fsync: true,
  });
  await writer.write(alignedBuffer());
  await writer.commit();
  assertEquals(writer.fsyncSeconds, 0);
  assertEquals(await storage.sizeOf("f"), null);
  assertEquals(await storage.readText("f"), null);
  for await (const entry of storage.list(".")) {
    throw new Error(`it lists ${entry.name}`);
  }
});

Deno.test("null: opening says that nothing is kept", async () => {
  const storage = await nullKind.connect(SETTINGS);
  const error = await storageErrorOf(() => storage.open("train/f.npz"));
  assertEquals(
    error.message,
    'Cannot open "train/f.npz": null storage keeps nothing (ENOENT)',
  );
});

/** Seconds that `threads` workers take to read `reads` times 64 KiB each. */
async function secondsOf(
  options: Readonly<Record<string, unknown>>,
  { connections, reads }: { connections: number; reads: number },
): Promise<number> {
  const pace = newPaceMemory();
  const buffer = alignedBuffer();
  const storages = await Promise.all(
    Array.from(
      { length: connections },
      () => nullKind.connect({ ...SETTINGS, options }, { pace }),
    ),
  );
  const startMs = performance.now();
  // One after another on one thread, as if the others came in between.
  for (let read = 0; read < reads; read++) {
    for (const storage of storages) {
      await storage.drain("f", buffer.length, buffer, new ReadRecorder());
    }
  }
  return (performance.now() - startMs) / 1000;
}

Deno.test("null: several connections share one bandwidth, each read takes its part of it", async () => {
  // 40 reads of 64 KiB at 10 MiB a second: 0.25 s, less the bucket's 10 ms.
  const options = { bytes_per_second: 10 * 2 ** 20 };
  const seconds = await secondsOf(options, { connections: 4, reads: 10 });
  assertEquals(seconds >= 0.239, true, `${seconds}`);
});

Deno.test("null: several connections share one rate of operations", async () => {
  const options = { operations_per_second: 200 };
  const seconds = await secondsOf(options, { connections: 2, reads: 20 });
  assertEquals(seconds >= 0.189, true, `${seconds}`);
});

Deno.test("null: each read takes the latency at least", async () => {
  const options = { latency: 0.01 };
  const seconds = await secondsOf(options, { connections: 1, reads: 10 });
  assertEquals(seconds >= 0.1, true, `${seconds}`);
});

Deno.test("null: a write takes its part of the bandwidth too", async () => {
  const options = { bytes_per_second: 2 ** 20 };
  const storage = await nullKind.connect({ ...SETTINGS, options });
  const writer = await storage.create("f", {
    expectedBytes: null,
    atomic: false,
    fsync: false,
  });
  const startMs = performance.now();
  await writer.write(new Uint8Array(2 ** 17));
  assertEquals(performance.now() - startMs >= 114, true);
});

Deno.test("null: a stopped run ends the wait for a pace", async () => {
  const options = { bytes_per_second: 1 };
  const storage = await nullKind.connect({ ...SETTINGS, options });
  const meter = new ReadRecorder(0);
  assertEquals(await storage.drain("f", 2 ** 30, alignedBuffer(), meter), 0);
});

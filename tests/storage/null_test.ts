import { assertEquals } from "@std/assert";
import { nullKind } from "../../lib/storage/null.ts";
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

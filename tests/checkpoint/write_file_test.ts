import { assert, assertEquals, assertRejects } from "@std/assert";
import { StorageError } from "../../lib/errors.ts";
import { PageArena } from "../../lib/bytes/page_arena.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../../lib/random/wasm_source.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import { nullKind } from "../../lib/storage/null.ts";
import { createFileContent } from "../../lib/checkpoint/file_content.ts";
import type { FileContent } from "../../lib/checkpoint/file_content.ts";
import { writeCheckpointFile } from "../../lib/checkpoint/write_file.ts";
import { CountingMeter, slowStorage } from "./storage_doubles.ts";

const CHUNK_BYTES = 65536;
const FILE_BYTES = 5 * CHUNK_BYTES + 1234;

interface Bench {
  readonly folder: string;
  readonly content: FileContent;
  readonly buffers: readonly Uint8Array[];
}

async function withBench(test: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_checkpoint_" });
  const arena = new PageArena(2 * CHUNK_BYTES + RANDOM_REGION_BYTES + 8192);
  const source = createRandomSource(arena, { seed: 9 });
  const buffers = [arena.allocate(CHUNK_BYTES), arena.allocate(CHUNK_BYTES)];
  const content = contentOf(FILE_BYTES, source);
  try {
    await test({ folder, content, buffers });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function contentOf(
  byteCount: number,
  source: ReturnType<typeof createRandomSource> | null,
): FileContent {
  const file = {
    name: "x.pt",
    kind: "model",
    byteCount,
    fullBytes: byteCount,
    tensors: [],
  } as const;
  const place = { epoch: 1, step: 1, rank: 0, fileIndex: 0 };
  return createFileContent(file, place, { container: "raw", source });
}

function expectedBytes({ content, buffers }: Bench): Uint8Array {
  const bytes = new Uint8Array(content.fileBytes);
  const buffer = buffers[0]!;
  for (let offset = 0; offset < bytes.length; offset += buffer.length) {
    const view = buffer.subarray(0, bytes.length - offset);
    content.fill(view, offset);
    bytes.set(view, offset);
  }
  return bytes;
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

Deno.test("writeCheckpointFile() writes the content and counts it", () =>
  withBench(async (bench) => {
    const storage = new LocalStorage(bench.folder);
    const meter = new CountingMeter();
    const parts = { storage, buffers: bench.buffers, meter, fsync: true };
    const cost = await writeCheckpointFile("a/x.pt", bench.content, parts);
    assertEquals(cost.byteCount, FILE_BYTES);
    assertEquals(cost.isComplete, true);
    assert(cost.fsyncSeconds > 0 && cost.fsyncSeconds <= cost.seconds);
    assertEquals(meter.wroteBytes, FILE_BYTES);
    assertEquals(meter.operations, 6);
    assertEquals(meter.syncedCount, 1);
    assertEquals(
      await Deno.readFile(`${bench.folder}/a/x.pt`),
      expectedBytes(bench),
    );
  }));

Deno.test("writeCheckpointFile() without fsync spends nothing on it", () =>
  withBench(async ({ folder, content, buffers }) => {
    const storage = new LocalStorage(folder);
    const meter = new CountingMeter();
    const parts = { storage, buffers, meter, fsync: false };
    const cost = await writeCheckpointFile("x.pt", content, parts);
    assertEquals(cost.fsyncSeconds, 0);
    assertEquals(meter.syncedCount, 0);
  }));

Deno.test("writeCheckpointFile() writes the same into slow storage", () =>
  withBench(async (bench) => {
    const storage = slowStorage(bench.folder);
    const meter = new CountingMeter();
    const parts = { storage, buffers: bench.buffers, meter, fsync: false };
    const cost = await writeCheckpointFile("x.pt", bench.content, parts);
    assertEquals(cost.byteCount, FILE_BYTES);
    assertEquals(meter.wroteBytes, FILE_BYTES);
    assertEquals(
      await Deno.readFile(`${bench.folder}/x.pt`),
      expectedBytes(bench),
    );
  }));

for (const isSync of [true, false]) {
  const kind = isSync ? "synchronous" : "slow";

  Deno.test(`writeCheckpointFile() leaves nothing on a full ${kind} disk`, () =>
    withBench(async ({ folder, content, buffers }) => {
      const fullAfterBytes = Math.floor(FILE_BYTES * 0.9);
      const storage = slowStorage(folder, { fullAfterBytes, isSync });
      const parts = {
        storage,
        buffers,
        meter: new CountingMeter(),
        fsync: false,
      };
      const error = await assertRejects(
        () => writeCheckpointFile("x.pt", content, parts),
        StorageError,
      );
      assertEquals(error.code, "ENOSPC");
      assertEquals(names(folder), []);
    }));

  Deno.test(`writeCheckpointFile() stops ${kind} writes without a trace`, () =>
    withBench(async ({ folder, content, buffers }) => {
      const storage = slowStorage(folder, { isSync });
      const meter = new CountingMeter(2);
      const parts = { storage, buffers, meter, fsync: true };
      const cost = await writeCheckpointFile("x.pt", content, parts);
      assertEquals(cost.isComplete, false);
      assert(cost.byteCount < FILE_BYTES);
      assertEquals(meter.syncedCount, 0);
      assertEquals(names(folder), []);
    }));
}

Deno.test("writeCheckpointFile() reports an fsync that fails", () =>
  withBench(async ({ folder, content, buffers }) => {
    const storage = slowStorage(folder, { failsFsync: true });
    const parts = { storage, buffers, meter: new CountingMeter(), fsync: true };
    const error = await assertRejects(
      () => writeCheckpointFile("x.pt", content, parts),
      StorageError,
    );
    assertEquals(error.code, "EIO");
    assertEquals(names(folder), []);
  }));

Deno.test("writeCheckpointFile() keeps the old file until the new one is whole", () =>
  withBench(async ({ folder, content, buffers }) => {
    await Deno.writeTextFile(`${folder}/x.pt`, "old");
    const storage = slowStorage(folder, { fullAfterBytes: 1 });
    const parts = { storage, buffers, meter: new CountingMeter(), fsync: true };
    await assertRejects(() => writeCheckpointFile("x.pt", content, parts));
    assertEquals(await Deno.readTextFile(`${folder}/x.pt`), "old");
  }));

Deno.test("writeCheckpointFile() needs no memory for a large file", async () => {
  const buffer = new Uint8Array(CHUNK_BYTES);
  const storage = await nullKind.connect({
    kind: "null",
    root: "",
    options: {},
  });
  const meter = new CountingMeter();
  const parts = { storage, buffers: [buffer], meter, fsync: false };
  const fileBytes = 2 ** 30 + 1;
  const cost = await writeCheckpointFile(
    "x.pt",
    { fileBytes, fill: () => {} },
    parts,
  );
  assertEquals(cost.byteCount, fileBytes);
  assertEquals(meter.operations, 2 ** 30 / CHUNK_BYTES + 1);
});

/**
 * What every storage that keeps files must do. A new kind joins with one line:
 *
 *    storageContract("s3", makeS3, { hasFolders: false });
 *
 * Buffers are page-aligned and all writes but the last fill one, as the
 * engine does it.
 */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
} from "@std/assert";
import { PageArena } from "../../lib/bytes/page_arena.ts";
import { StorageError } from "../../lib/errors.ts";
import type { CreateOptions, Storage } from "../../lib/storage/storage.ts";
import { ReadRecorder } from "./read_recorder.ts";

/** An empty storage for one test. */
export interface StorageUnderTest {
  readonly storage: Storage;
  dispose(): Promise<void>;
}

/** How kinds of storage may differ. */
export interface StorageTraits {
  /** False: keys only look like paths, there are no folders. */
  readonly hasFolders: boolean;
  /** False: drained bytes pass through no buffer of the caller's. */
  readonly usesBuffer?: boolean;
  /** True: this host has no such storage. */
  readonly ignore?: boolean;
}

const BUFFER_BYTES = 65536;
const PLAIN: CreateOptions = {
  expectedBytes: null,
  atomic: false,
  fsync: false,
};
const ATOMIC: CreateOptions = { ...PLAIN, atomic: true };

/** A page-aligned buffer. */
export function alignedBuffer(byteCount = BUFFER_BYTES): Uint8Array {
  return new PageArena(byteCount).allocate(byteCount);
}

/** Bytes that tell their offset. */
export function contentOf(byteCount: number): Uint8Array {
  const content = new Uint8Array(byteCount);
  for (let i = 0; i < byteCount; i++) content[i] = (i * 31 + (i >> 8)) % 251;
  return content;
}

/** Appends `content` the way generators do: full buffers, then the rest. */
async function writeAll(
  writer: { write(view: Uint8Array): unknown },
  content: Uint8Array,
): Promise<void> {
  const buffer = alignedBuffer();
  for (let offset = 0; offset < content.length; offset += buffer.length) {
    const part = content.subarray(offset, offset + buffer.length);
    buffer.set(part);
    await writer.write(buffer.subarray(0, part.length));
    // The view is free again: what comes now must not reach the file.
    buffer.fill(0xee);
  }
}

/** Writes a whole file. */
export async function putFile(
  storage: Storage,
  path: string,
  content: Uint8Array,
  options: CreateOptions = PLAIN,
): Promise<void> {
  const writer = await storage.create(path, options);
  await writeAll(writer, content);
  await writer.commit();
}

/** Reads a whole file through `open`. */
export async function getFile(
  storage: Storage,
  path: string,
): Promise<Uint8Array> {
  const file = await storage.open(path);
  const content = alignedBuffer(file.byteLength + 4096)
    .subarray(0, file.byteLength);
  const byteCount = await file.readInto(content, 0);
  await file.close();
  assertEquals(byteCount, content.length);
  return content;
}

/** The StorageError that `act` must fail with. */
export async function storageErrorOf(
  act: () => unknown,
): Promise<StorageError> {
  let result: unknown;
  try {
    result = await act();
  } catch (error) {
    assertInstanceOf(error, StorageError);
    return error;
  }
  throw new Error(`it did not fail: ${result}`);
}

async function namesIn(storage: Storage, folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFolder } of storage.list(folder)) {
    names.push(isFolder ? `${name}/` : name);
  }
  return names.sort();
}

/** Registers the contract's tests for one kind of storage. */
export function storageContract(
  kind: string,
  makeStorage: () => Promise<StorageUnderTest>,
  { hasFolders, usesBuffer = true, ignore = false }: StorageTraits = {
    hasFolders: true,
  },
): void {
  const test = (
    outcome: string,
    body: (storage: Storage) => Promise<void>,
  ): void => {
    const fn = async () => {
      const { storage, dispose } = await makeStorage();
      try {
        await body(storage);
      } finally {
        await dispose();
      }
    };
    Deno.test({ name: `${kind}: ${outcome}`, ignore, fn });
  };
  testWriting(test);
  testAtomicWriting(test);
  testReading(test);
  if (usesBuffer) testDraining(test);
  else testStreaming(test);
  testNames(test);
  if (hasFolders) testFolders(test);
}

type TestOne = (
  outcome: string,
  body: (storage: Storage) => Promise<void>,
) => void;

function testWriting(test: TestOne): void {
  for (
    const byteCount of [0, 1, 4095, 4096, 65536, 65537, 3 * 65536 + 4097]
  ) {
    test(`a file of ${byteCount} bytes reads back as written`, async (s) => {
      const content = contentOf(byteCount);
      for (const options of [PLAIN, ATOMIC, { ...ATOMIC, fsync: true }]) {
        await putFile(s, "a/b.bin", content, {
          ...options,
          expectedBytes: byteCount,
        });
        assertEquals(await s.sizeOf("a/b.bin"), byteCount);
        assertEquals(await getFile(s, "a/b.bin"), content);
      }
    });
  }

  test("create() makes folders on demand, however deep", async (s) => {
    await putFile(s, "p/q/r/s/file", contentOf(10));
    assertEquals(await s.sizeOf("p/q/r/s/file"), 10);
  });

  test("create() replaces a longer file whole", async (s) => {
    await putFile(s, "f", contentOf(200_000));
    await putFile(s, "f", contentOf(5));
    assertEquals(await getFile(s, "f"), contentOf(5));
  });

  test("fsyncSeconds is 0 without fsync, measured with it", async (s) => {
    const plain = await s.create("a", PLAIN);
    await plain.commit();
    assertEquals(plain.fsyncSeconds, 0);
    const synced = await s.create("b", { ...PLAIN, fsync: true });
    assertEquals(synced.fsyncSeconds, 0);
    await writeAll(synced, contentOf(100));
    await synced.commit();
    assert(synced.fsyncSeconds >= 0);
  });

  test("abort() leaves nothing of a file that was begun", async (s) => {
    const writer = await s.create("d/gone", PLAIN);
    await writeAll(writer, contentOf(70_000));
    await writer.abort();
    assertEquals(await s.sizeOf("d/gone"), null);
    assertEquals(await namesIn(s, "d"), []);
  });
}

function testAtomicWriting(test: TestOne): void {
  test("an atomic file is not there before commit()", async (s) => {
    const writer = await s.create("d/new", ATOMIC);
    await writeAll(writer, contentOf(70_000));
    assertEquals(await s.sizeOf("d/new"), null);
    assertEquals((await namesIn(s, "d")).includes("new"), false);
    await writer.commit();
    assertEquals(await namesIn(s, "d"), ["new"]);
    assertEquals(await getFile(s, "d/new"), contentOf(70_000));
  });

  test("until commit() readers see the old content whole", async (s) => {
    await putFile(s, "f", contentOf(1000));
    const writer = await s.create("f", ATOMIC);
    await writeAll(writer, contentOf(70_000));
    assertEquals(await getFile(s, "f"), contentOf(1000));
    await writer.commit();
    assertEquals(await s.sizeOf("f"), 70_000);
  });

  test("abort() of an atomic file keeps the old one", async (s) => {
    await putFile(s, "d/f", contentOf(1000));
    const writer = await s.create("d/f", ATOMIC);
    await writeAll(writer, contentOf(70_000));
    await writer.abort();
    assertEquals(await getFile(s, "d/f"), contentOf(1000));
    assertEquals(await namesIn(s, "d"), ["f"]);
  });

  test("what an interrupted run left behind, or still writes, does not disturb", async (s) => {
    const lost = await s.create("d/f", ATOMIC);
    await writeAll(lost, contentOf(200_000));
    // The next run begins the same file again, shorter.
    const next = await s.create("d/f", ATOMIC);
    await writeAll(lost, contentOf(200_000));
    await writeAll(next, contentOf(10));
    await next.commit();
    assertEquals(await s.sizeOf("d/f"), 10);
    assertEquals(await getFile(s, "d/f"), contentOf(10));
    await lost.abort();
    assertEquals(await getFile(s, "d/f"), contentOf(10));
    assertEquals(await namesIn(s, "d"), ["f"]);
  });
}

function testReading(test: TestOne): void {
  test("readInto() reads at any offset, in any order", async (s) => {
    const content = contentOf(150_001);
    await putFile(s, "f", content);
    const file = await s.open("f");
    assertEquals(file.byteLength, content.length);
    assertStringIncludes(file.path, "f");
    const buffer = alignedBuffer();
    for (
      const [offset, count] of [
        [0, 10],
        [10, 10],
        [140_000, 10_001],
        [4096, 4096],
        [1, 4097],
        [65_535, 2],
        [0, 65_536],
      ] as const
    ) {
      const view = buffer.subarray(0, count);
      assertEquals(await file.readInto(view, offset), count);
      assertEquals(view, content.subarray(offset, offset + count));
    }
    await file.close();
  });

  test("readInto() reads less only at the end, nothing behind", async (s) => {
    await putFile(s, "f", contentOf(10_000));
    const file = await s.open("f");
    const view = alignedBuffer(8192);
    view.fill(0xaa);
    assertEquals(await file.readInto(view, 9_990), 10);
    assertEquals(view.subarray(0, 10), contentOf(10_000).subarray(9_990));
    assertEquals(await file.readInto(view, 10_000), 0);
    assertEquals(await file.readInto(view, 1_000_000), 0);
    // A short read must not upset the place of the next one.
    assertEquals(await file.readInto(view.subarray(0, 4), 3), 4);
    assertEquals(view.subarray(0, 4), contentOf(7).subarray(3));
    await file.close();
  });

  test("readText() gives text, and null where nothing is", async (s) => {
    await putFile(s, "t.json", new TextEncoder().encode('{"µ": 1}\n'));
    assertEquals(await s.readText("t.json"), '{"µ": 1}\n');
    assertEquals(await s.readText("none.json"), null);
    assertEquals(await s.readText("no/folder/none.json"), null);
  });

  test("a missing file is ENOENT with operation and path", async (s) => {
    const buffer = alignedBuffer();
    for (
      const act of [
        () => s.open("no/such.npz"),
        () => s.drain("no/such.npz", 10, buffer, new ReadRecorder()),
        () => s.drain("no/such.npz", -1, buffer, new ReadRecorder()),
      ]
    ) {
      const error = await storageErrorOf(act);
      assertEquals(error.code, "ENOENT");
      assertStringIncludes(error.message, `Cannot ${error.operation} "`);
      assertStringIncludes(error.message, "no/such.npz");
      assertEquals(error.message.includes("os error"), false);
      assertEquals(error.message.endsWith("(ENOENT)"), true);
    }
  });
}

function testDraining(test: TestOne): void {
  for (const expected of ["known", "unknown"] as const) {
    for (const byteCount of [1, 4096, 65_536, 131_072, 200_001]) {
      const title = `drain() reads all ${byteCount} bytes, length ${expected}`;
      test(title, async (s) => {
        await putFile(s, "f", contentOf(byteCount));
        const meter = new ReadRecorder();
        const expectedBytes = expected === "known" ? byteCount : -1;
        const buffer = alignedBuffer();
        assertEquals(
          await s.drain("f", expectedBytes, buffer, meter),
          byteCount,
        );
        assertEquals(meter.bytes, byteCount);
        assertEquals([meter.openCount, meter.wrongStarts], [1, 0]);
        assert(meter.reads.every((read) => read <= buffer.length));
      });
    }
  }

  test("drain() of a known length needs no read to find the end", async (s) => {
    await putFile(s, "f", contentOf(131_072));
    const meter = new ReadRecorder();
    await s.drain("f", 131_072, alignedBuffer(), meter);
    assertEquals(meter.reads, [65_536, 65_536]);
  });

  test("drain() puts the file's bytes into the buffer", async (s) => {
    await putFile(s, "f", contentOf(10_000));
    const buffer = alignedBuffer();
    await s.drain("f", 10_000, buffer, new ReadRecorder());
    assertEquals(buffer.subarray(0, 10_000), contentOf(10_000));
  });

  test("drain() says how short a file is", async (s) => {
    await putFile(s, "f", contentOf(70_000));
    const meter = new ReadRecorder();
    assertEquals(await s.drain("f", 100_000, alignedBuffer(), meter), 70_000);
    assertEquals(meter.bytes, 70_000);
  });

  test("drain() shows that a file is longer", async (s) => {
    await putFile(s, "f", contentOf(70_000));
    const meter = new ReadRecorder();
    const byteCount = await s.drain("f", 69_999, alignedBuffer(), meter);
    assert(byteCount > 69_999, `${byteCount}`);
    assertEquals(meter.bytes, byteCount);
  });

  test("drain() of an empty file reads nothing and ends", async (s) => {
    await putFile(s, "f", contentOf(0));
    for (const expectedBytes of [0, -1, 10]) {
      const meter = new ReadRecorder();
      assertEquals(
        await s.drain("f", expectedBytes, alignedBuffer(), meter),
        0,
      );
      assertEquals([meter.bytes, meter.openCount], [0, 1]);
    }
  });

  test("drain() ends early when the run is stopped", async (s) => {
    await putFile(s, "f", contentOf(10 * BUFFER_BYTES));
    for (const expectedBytes of [10 * BUFFER_BYTES, -1]) {
      const meter = new ReadRecorder(2);
      const byteCount = await s.drain(
        "f",
        expectedBytes,
        alignedBuffer(),
        meter,
      );
      assertEquals(byteCount, meter.bytes);
      assert(byteCount < 10 * BUFFER_BYTES, `${byteCount}`);
    }
  });
}

/** Draining where the whole file comes as one stream. */
function testStreaming(test: TestOne): void {
  for (const byteCount of [0, 1, 4096, 200_001]) {
    test(`drain() reads all ${byteCount} bytes at once`, async (s) => {
      await putFile(s, "f", contentOf(byteCount));
      for (const expectedBytes of [byteCount, -1, byteCount + 5]) {
        const meter = new ReadRecorder();
        const buffer = new Uint8Array(0);
        assertEquals(
          await s.drain("f", expectedBytes, buffer, meter),
          byteCount,
        );
        assertEquals(meter.reads, [byteCount]);
      }
    });
  }

  test("drainRange() counts what it read, nothing behind", async (s) => {
    await putFile(s, "f", contentOf(100_000));
    const file = await s.open("f");
    const meter = new ReadRecorder();
    assertEquals(await file.drainRange?.(10, 70_000, meter), 70_000);
    assertEquals(await file.drainRange?.(99_990, 100, meter), 10);
    assertEquals(await file.drainRange?.(100_000, 100, meter), 0);
    assertEquals(meter.reads, [70_000, 10]);
    await file.close();
  });
}

function testNames(test: TestOne): void {
  test("sizeOf() of what is not there is null", async (s) => {
    assertEquals(await s.sizeOf("none"), null);
    assertEquals(await s.sizeOf("no/folder/none"), null);
  });

  test("list() names files and folders of one level", async (s) => {
    await putFile(s, "d/one", contentOf(1));
    await putFile(s, "d/two", contentOf(1));
    await putFile(s, "d/sub/three", contentOf(1));
    assertEquals(await namesIn(s, "d"), ["one", "sub/", "two"]);
    assertEquals(await namesIn(s, "d/sub"), ["three"]);
  });

  test("list() of a folder that is not there is empty", async (s) => {
    assertEquals(await namesIn(s, "nowhere"), []);
  });

  test("remove() takes one file, and is content if it is gone", async (s) => {
    await putFile(s, "d/a", contentOf(1));
    await putFile(s, "d/ab", contentOf(1));
    await s.remove("d/a");
    await s.remove("d/a");
    await s.remove("no/folder/a");
    assertEquals(await namesIn(s, "d"), ["ab"]);
  });

  test("makeFolder() makes parents and may be repeated", async (s) => {
    await s.makeFolder("x/y/z");
    await s.makeFolder("x/y/z");
    await putFile(s, "x/y/z/f", contentOf(3));
    assertEquals(await s.sizeOf("x/y/z/f"), 3);
  });

  test("the label says for people what is measured", (s) => {
    assert(s.label.length > 3);
    return Promise.resolve();
  });
}

function testFolders(test: TestOne): void {
  test("opening a folder is EISDIR", async (s) => {
    await s.makeFolder("d");
    const error = await storageErrorOf(() => s.open("d"));
    assertEquals([error.operation, error.code], ["open", "EISDIR"]);
    assertStringIncludes(error.message, 'd": it is a folder');
    const drained = await storageErrorOf(() =>
      s.drain("d", 10, alignedBuffer(), new ReadRecorder())
    );
    assertEquals(drained.code, "EISDIR");
    const created = await storageErrorOf(() => s.create("d", PLAIN));
    assertEquals(created.code, "EISDIR");
    assertEquals(await s.sizeOf("d"), null);
  });

  test("a file where a folder must be is ENOTDIR", async (s) => {
    await putFile(s, "file", contentOf(1));
    for (
      const act of [
        () => s.open("file/x"),
        () => s.create("file/x", PLAIN),
        () => s.create("file/x", ATOMIC),
        () => s.makeFolder("file/x"),
        () => s.readText("file/x"),
        () => s.list("file")[Symbol.asyncIterator]().next(),
      ]
    ) {
      const error = await storageErrorOf(act);
      assertEquals(error.code, "ENOTDIR", error.message);
      assertStringIncludes(error.message, "file");
    }
  });
}

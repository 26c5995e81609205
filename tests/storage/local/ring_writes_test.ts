/** Tests of lib/storage/local/ring_writes.ts, with both kinds of files. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { StorageError } from "../../../lib/errors.ts";
import type { QueuedFile, Storage } from "../../../lib/storage/storage.ts";
import { tempTakesDirect } from "../direct/takes_direct.ts";
import { HAS_URING } from "../has_uring.ts";
import { inMountedFolder, mayMount } from "../mounted_folder.ts";
import {
  append,
  emptyWrites,
  openWrites,
  queuedStorage,
  WriteRecorder,
} from "../queued_storage.ts";
import { contentOf, storageContract } from "../storage_contract.ts";
import { temporaryStorage } from "../temporary_storage.ts";
import { STORAGE_KINDS } from "../../../lib/storage/kinds.ts";

const KINDS = [
  ["local_fs", !HAS_URING],
  ["direct_fs", !HAS_URING || !tempTakesDirect()],
] as const;

/** Around blocks and buffers: none, a part, one, one and a bit, many. */
const LENGTHS = [0, 1, 4095, 4096, 4097, 8192, 8193, 100_000];

function fileOf(changes: Partial<QueuedFile> = {}): QueuedFile {
  return {
    file: 0,
    meter: new WriteRecorder(),
    expectedBytes: null,
    atomic: false,
    fsync: false,
    onDone: () => {},
    ...changes,
  };
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

async function inStorage(
  kind: string,
  test: (storage: Storage, root: string) => Promise<void> | void,
): Promise<void> {
  const { storage, root, dispose } = await temporaryStorage(kind);
  try {
    await test(storage, root);
  } finally {
    await dispose();
  }
}

for (const [kind, ignore] of KINDS) {
  storageContract(`${kind} through io_uring`, () => queuedStorage(kind), {
    hasFolders: true,
    ignore,
  });

  for (const depth of [1, 3, 16]) {
    for (const registersBuffers of [false, true]) {
      const what = registersBuffers ? "registered buffers" : "plain buffers";
      Deno.test({
        name:
          `${kind}: files written with ${depth} in flight, ${what}, have their bytes, each is told once, written bytes are counted once`,
        ignore,
        fn: () =>
          inStorage(kind, async (storage, root) => {
            const queue = await openWrites(storage, {
              depth,
              registersBuffers,
            });
            assertEquals(queue.hasRegisteredBuffers, registersBuffers);
            const meter = new WriteRecorder();
            const done: number[] = [];
            for (const [file, length] of LENGTHS.entries()) {
              while (!queue.hasRoom) queue.wait(1000);
              const writer = queue.create(`d/${file}`, {
                file,
                meter,
                // Known, as of most formats, or not.
                expectedBytes: file % 2 === 0 ? length : null,
                atomic: file % 3 === 0,
                fsync: file % 3 === 1,
                onDone: () => done.push(file),
              });
              append(queue, writer, contentOf(length));
              writer.commit();
            }
            emptyWrites(queue);
            assertEquals(queue.oldestFile, -1);
            queue.close();
            assertEquals(done.toSorted(), LENGTHS.map((_, file) => file));
            const sum = LENGTHS.reduce((a, b) => a + b);
            assertEquals(meter.wroteBytes.reduce((a, b) => a + b), sum);
            assertEquals(
              [meter.openedCount, meter.syncedCount, meter.wrongTimes],
              [LENGTHS.length, 3, 0],
            );
            assertEquals(namesIn(`${root}/d`).length, LENGTHS.length);
            for (const [file, length] of LENGTHS.entries()) {
              assertEquals(
                Deno.readFileSync(`${root}/d/${file}`),
                contentOf(length),
              );
            }
          }),
      });
    }
  }

  Deno.test({
    name:
      `${kind}: a file of known length has another length until all of its bytes are there`,
    ignore,
    fn: () =>
      inStorage(kind, async (storage, root) => {
        const queue = await openWrites(storage, { depth: 4 });
        const writer = queue.create("x", fileOf({ expectedBytes: 40_960 }));
        append(queue, writer, contentOf(40_960 - 100));
        // The last buffer is not handed over: all others may be there.
        for (let i = 0; i < 10; i++) queue.wait(1);
        assert(Deno.statSync(`${root}/x`).size > 40_960);
        append(queue, writer, contentOf(40_960).subarray(-100));
        writer.commit();
        emptyWrites(queue);
        assertEquals(Deno.readFileSync(`${root}/x`), contentOf(40_960));
        queue.close();
      }),
  });

  Deno.test({
    name: `${kind}: a file is not there in full before those that it waits for`,
    ignore,
    fn: () =>
      inStorage(kind, async (storage, root) => {
        const queue = await openWrites(storage, { depth: 4 });
        const beside = queue.create("x.index", fileOf());
        const done: string[] = [];
        const after = [beside];
        for (
          const [path, expectedBytes] of [["in_place", 4096], [
            "hidden",
            null,
          ]] as const
        ) {
          const onDone = () => done.push(path);
          const atomic = expectedBytes === null;
          const file = fileOf({ expectedBytes, atomic, after, onDone });
          const writer = queue.create(path, file);
          append(queue, writer, contentOf(4096));
          writer.commit();
        }
        for (let i = 0; i < 10; i++) queue.wait(1);
        assertEquals([done, queue.inFlight], [[], 3]);
        assert(Deno.statSync(`${root}/in_place`).size !== 4096);
        assertThrows(() => Deno.statSync(`${root}/hidden`));
        append(queue, beside, contentOf(10));
        beside.commit();
        emptyWrites(queue);
        assertEquals(done.toSorted(), ["hidden", "in_place"]);
        assertEquals(Deno.statSync(`${root}/in_place`).size, 4096);
        assertEquals(namesIn(root), ["hidden", "in_place", "x.index"]);
        queue.close();
      }),
  });

  Deno.test({
    name:
      `${kind}: close() with writes in flight removes what is not whole, keeps what is, leaves no file open`,
    ignore,
    fn: () =>
      inStorage(kind, async (storage, root) => {
        const openFiles = () => namesIn("/proc/self/fd").length;
        const before = openFiles();
        const queue = await openWrites(storage, {
          depth: 16,
          bufferBytes: 1 << 20,
        });
        const whole = queue.create("whole", fileOf());
        append(queue, whole, contentOf(10));
        whole.commit();
        emptyWrites(queue);
        for (const [name, atomic] of [["a", false], ["b", true]] as const) {
          const writer = queue.create(
            name,
            fileOf({ expectedBytes: 8 << 20, atomic }),
          );
          append(queue, writer, new Uint8Array(7 << 20));
        }
        queue.close();
        assertEquals(namesIn(root), ["whole"]);
        assertEquals(openFiles(), before);
      }),
  });

  Deno.test({
    name: `${kind}: what cannot be made is named, and leaves the others alone`,
    ignore,
    fn: () =>
      inStorage(kind, async (storage, root) => {
        Deno.mkdirSync(`${root}/folder`);
        const queue = await openWrites(storage);
        for (
          const [path, code] of [
            ["folder", "EISDIR"],
            ["n".repeat(300), "ENAMETOOLONG"],
          ] as const
        ) {
          const error = assertThrows(
            () => queue.create(path, fileOf({ expectedBytes: 10 })),
            StorageError,
          );
          assertEquals([error.code, error.path], [code, `${root}/${path}`]);
          assertEquals(queue.inFlight, 0);
        }
        const writer = queue.create("x", fileOf());
        writer.commit();
        emptyWrites(queue);
        queue.close();
        assertEquals(namesIn(root), ["folder", "x"]);
      }),
  });

  Deno.test({
    name: `${kind}: a full disk is ENOSPC with the file's name`,
    ignore: ignore || !mayMount("ext4"),
    fn: () =>
      inMountedFolder("ext4", 8 << 20, async ({ path }) => {
        const storage = await STORAGE_KINDS[kind]!
          .connect({ kind, root: path, options: {} });
        const queue = await openWrites(storage, { bufferBytes: 1 << 20 });
        const meter = new WriteRecorder();
        const writer = queue.create(
          "x",
          fileOf({ meter, expectedBytes: 16 << 20 }),
        );
        const error = assertThrows(() => {
          append(queue, writer, new Uint8Array(16 << 20));
          writer.commit();
          emptyWrites(queue);
        }, StorageError);
        assertStringIncludes(
          error.message,
          `Cannot write "${path}/x": no space left on device (ENOSPC)`,
        );
        queue.close();
        assertEquals(namesIn(path), ["lost+found"]);
        const wrote = meter.wroteBytes.reduce((a, b) => a + b, 0);
        assert(wrote > 0 && wrote < 8 << 20, `${wrote}`);
      }),
  });
}

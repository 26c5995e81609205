/** Tests of lib/storage/local/ring_writes.ts, with both kinds of files. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { StorageError } from "../../../lib/errors.ts";
import type {
  QueuedFile,
  Storage,
  WriteQueue,
} from "../../../lib/storage/storage.ts";
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

/** Writes a whole file and waits until nothing is in flight. */
function writeFile(
  queue: WriteQueue,
  path: string,
  bytes: Uint8Array,
  changes: Partial<QueuedFile> = {},
): void {
  const expectedBytes = bytes.length;
  const writer = queue.create(path, fileOf({ expectedBytes, ...changes }));
  append(queue, writer, bytes);
  writer.commit();
  emptyWrites(queue);
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

  for (const isLater of [false, true]) {
    const which = isLater ? "a later" : "the first";
    Deno.test({
      name:
        `${kind}: what cannot be made as ${which} file of a folder is named, and leaves the others alone`,
      ignore,
      fn: () =>
        inStorage(kind, async (storage, root) => {
          Deno.mkdirSync(`${root}/folder`);
          Deno.symlinkSync("nowhere", `${root}/link`);
          const queue = await openWrites(storage);
          if (isLater) writeFile(queue, "first", contentOf(1));
          for (
            const [path, code] of [
              ["folder", "EISDIR"],
              ["n".repeat(300), "ENAMETOOLONG"],
              [`${"p/".repeat(2500)}p`, "ENAMETOOLONG"],
              ["link", "EINVAL"],
            ] as const
          ) {
            const error = assertThrows(
              () => writeFile(queue, path, contentOf(10)),
              StorageError,
            );
            assertEquals([error.code, queue.inFlight], [code, 0]);
            assert(error.path.startsWith(root));
            assert(path.length > 300 || error.path.endsWith(path));
          }
          writeFile(queue, "x", contentOf(5000));
          queue.close();
          assertEquals(Deno.readFileSync(`${root}/x`), contentOf(5000));
          assertEquals(
            namesIn(root),
            [...(isLater ? ["first"] : []), "folder", "link", "x"],
          );
        }),
    });
  }

  Deno.test({
    name:
      `${kind}: what has a small file's name is replaced, also what was left of one; a folder that is gone is made again`,
    ignore,
    fn: () =>
      inStorage(kind, async (storage, root) => {
        const queue = await openWrites(storage);
        writeFile(queue, "d/first", contentOf(1));
        Deno.writeFileSync(`${root}/d/old`, contentOf(20_000));
        Deno.writeFileSync(`${root}/d/part.stoker-partial`, contentOf(9999));
        writeFile(queue, "d/old", contentOf(5001));
        writeFile(queue, "d/part", contentOf(77), { atomic: true });
        assertEquals(Deno.readFileSync(`${root}/d/old`), contentOf(5001));
        assertEquals(Deno.readFileSync(`${root}/d/part`), contentOf(77));
        assertEquals(namesIn(`${root}/d`), ["first", "old", "part"]);
        Deno.removeSync(`${root}/d`, { recursive: true });
        writeFile(queue, "d/again", contentOf(4096));
        assertEquals(Deno.readFileSync(`${root}/d/again`), contentOf(4096));
        queue.close();
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

const [, [directKind, ignoreDirect]] = KINDS;

Deno.test({
  name:
    "past the page cache a small file is made once it has its bytes, without a descriptor of the process; the first of a folder at once",
  ignore: ignoreDirect,
  fn: () =>
    inStorage(directKind, async (storage, root) => {
      const queue = await openWrites(storage);
      const first = queue.create("first", fileOf({ expectedBytes: 100 }));
      assertEquals(namesIn(root), ["first"]);
      append(queue, first, contentOf(100));
      first.commit();
      emptyWrites(queue);
      const openFiles = namesIn("/proc/self/fd");
      const meter = new WriteRecorder();
      const small = ["a", "b"].map((path) => {
        const file = fileOf({ meter, expectedBytes: 100 });
        const writer = queue.create(path, file);
        append(queue, writer, contentOf(100));
        return writer;
      });
      assertEquals([namesIn(root), meter.openedCount], [["first"], 0]);
      for (const writer of small) {
        writer.commit();
        assertEquals(namesIn("/proc/self/fd"), openFiles);
      }
      emptyWrites(queue);
      assertEquals(namesIn(root), ["a", "b", "first"]);
      assertEquals([meter.openedCount, meter.wroteBytes], [2, [100, 100]]);
      // What turns out to be longer is made when that is known.
      const longer = queue.create("longer", fileOf({ meter }));
      append(queue, longer, contentOf(8191));
      assertEquals(namesIn(root).length, 3);
      append(queue, longer, contentOf(20_000).subarray(8191));
      assertEquals(namesIn(root).length, 4);
      longer.commit();
      emptyWrites(queue);
      assertEquals(Deno.readFileSync(`${root}/longer`), contentOf(20_000));
      queue.close();
    }),
});

Deno.test({
  name:
    "past the page cache, close() with small files in flight leaves whole files alone, and none that was not told",
  ignore: ignoreDirect,
  fn: () =>
    inStorage(directKind, async (storage, root) => {
      for (let round = 0; round < 20; round++) {
        const depth = 16;
        const queue = await openWrites(storage, { depth });
        const folder = `r${round}`;
        writeFile(queue, `${folder}/first`, contentOf(1));
        const done = ["first"];
        for (let file = 0; file < depth; file++) {
          const path = `${file}`;
          const onDone = () => done.push(path);
          const writer = queue.create(`${folder}/${path}`, fileOf({ onDone }));
          append(queue, writer, contentOf(5000));
          writer.commit();
        }
        queue.close();
        assertEquals(namesIn(`${root}/${folder}`), done.toSorted());
      }
    }),
});

Deno.test({
  name: "past the page cache, a disk that small files fill is ENOSPC",
  ignore: ignoreDirect || !mayMount("ext4"),
  fn: () =>
    inMountedFolder("ext4", 8 << 20, async ({ path }) => {
      const storage = await STORAGE_KINDS[directKind]!
        .connect({ kind: directKind, root: path, options: {} });
      const bufferBytes = 1 << 18;
      const queue = await openWrites(storage, { bufferBytes });
      const done: string[] = [];
      const error = assertThrows(() => {
        for (let file = 0; file < 64; file++) {
          const name = `${file}`;
          while (!queue.hasRoom) queue.wait(1000);
          const onDone = () => done.push(name);
          const writer = queue.create(name, fileOf({ onDone }));
          append(queue, writer, new Uint8Array(bufferBytes - 100));
          writer.commit();
        }
        emptyWrites(queue);
      }, StorageError);
      assertEquals(error.code, "ENOSPC");
      queue.close();
      assert(done.length > 10);
      assertEquals(namesIn(path), [...done, "lost+found"].toSorted());
    }),
});

/** Tests of lib/storage/local/ring_reads.ts, with both kinds of files. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { StorageError } from "../../../lib/errors.ts";
import type { ReadQueue, Storage } from "../../../lib/storage/storage.ts";
import { DirectStorage } from "../../../lib/storage/direct/direct.ts";
import { LocalStorage } from "../../../lib/storage/local/local.ts";
import { inTempFolder } from "../../engine/engine_fixture.ts";
import { tempTakesDirect } from "../direct/takes_direct.ts";
import { HAS_URING } from "../has_uring.ts";

const READ_BYTES = 65536;
/** Around blocks and reads: none, a part, one, one and a bit, many. */
const LENGTHS = [0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 1_000_000];

/** The last: bytes that are counted of 1 MB where 100,000 were expected. */
const KINDS = [
  [
    "through the page cache",
    (root: string) => new LocalStorage(root),
    false,
    2 * READ_BYTES,
  ],
  [
    "past the page cache",
    (root: string) => new DirectStorage(root),
    !tempTakesDirect(),
    25 * 4096,
  ],
] as const;

/** A queue that writes down what it is told. */
async function openQueue(
  storage: Storage,
  { depth, registersBuffers }: { depth: number; registersBuffers: boolean },
) {
  const done: [file: number, batch: number, byteCount: number][] = [];
  const counted = { opens: 0, reads: 0, bytes: 0, isInOrder: true };
  const meter = {
    now: () => performance.now(),
    isStopped: () => false,
    opened(startMs: number) {
      counted.isInOrder &&= startMs <= performance.now();
      counted.opens++;
    },
    read(startMs: number, byteCount: number) {
      counted.isInOrder &&= startMs <= performance.now();
      counted.reads++;
      counted.bytes += byteCount;
    },
  };
  const queue = await storage.readQueue?.({
    depth,
    readBytes: READ_BYTES,
    registersBuffers,
    meterOf: () => meter,
    onDone: (file, batch, byteCount) => done.push([file, batch, byteCount]),
  });
  assert(queue !== undefined);
  return { queue, done, counted };
}

function makeRoom(queue: ReadQueue): void {
  while (!queue.hasRoom) queue.wait(1000);
}

function empty(queue: ReadQueue): void {
  while (queue.inFlight > 0) queue.wait(1000);
  assertEquals(queue.oldestFile, -1);
}

for (const [way, storageIn, isMissing, longerBytes] of KINDS) {
  const ignore = !HAS_URING || isMissing;

  for (const depth of [1, 3, 64]) {
    for (const registersBuffers of [false, true]) {
      const what = registersBuffers ? "registered buffers" : "plain buffers";
      Deno.test({
        name:
          `${way}, ${depth} in flight, ${what}: files and ranges are read to their ends, and counted as single calls count them`,
        ignore,
        fn: () =>
          inTempFolder(async (folder) => {
            for (const [i, length] of LENGTHS.entries()) {
              Deno.writeFileSync(`${folder}/${i}`, new Uint8Array(length));
            }
            const storage = storageIn(folder);
            for (const isKnown of [true, false]) {
              const { queue, done, counted } = await openQueue(storage, {
                depth,
                registersBuffers,
              });
              for (const [i, length] of LENGTHS.entries()) {
                makeRoom(queue);
                queue.drain(`${i}`, isKnown ? length : -1, i, 100 + i);
              }
              empty(queue);
              assertEquals(
                done.toSorted(([a], [b]) => a - b),
                LENGTHS.map((length, i) => [i, 100 + i, length]),
              );
              assertEquals(counted, {
                opens: LENGTHS.length,
                reads: LENGTHS.reduce(
                  (sum, length) => sum + Math.ceil(length / READ_BYTES),
                  0,
                ),
                bytes: LENGTHS.reduce((sum, length) => sum + length, 0),
                isInOrder: true,
              });
              queue.close();
            }
            const { queue, done, counted } = await openQueue(storage, {
              depth,
              registersBuffers,
            });
            const file = await storage.open("8");
            // Offset, bytes wanted, bytes there.
            const ranges = [
              [0, 1, 1],
              [4095, 2, 2],
              [4096, 65536, 65536],
              [1, 65536, 65536],
              [999_000, 1000, 1000],
              [999_999, 10, 1],
              [1_000_000, 10, 0],
            ] as const;
            for (const [i, [offset, wanted]] of ranges.entries()) {
              makeRoom(queue);
              queue.readRange(file, offset, wanted, 8, i);
            }
            // Reads in flight keep it open.
            await file.close();
            empty(queue);
            assertEquals(
              done.toSorted(([, a], [, b]) => a - b),
              ranges.map(([, , there], i) => [8, i, there]),
            );
            assertEquals(counted.reads, ranges.length - 1);
            queue.close();
          }),
      });
    }
  }

  Deno.test({
    name:
      `${way}: files that are cut, lengthened or gone while others are in flight`,
    ignore,
    fn: () =>
      inTempFolder(async (folder) => {
        const storage = storageIn(folder);
        const { queue, done } = await openQueue(storage, {
          depth: 8,
          registersBuffers: true,
        });
        // Expected, there, counted: longer files only as far as a read goes.
        const files = [
          [4096, 4096, 4096],
          [8192, 4096, 4096],
          [8192, 5000, 5000],
          [4096, 8192, 8192],
          [1_000_000, 70_000, 70_000],
          [1_000_000, 0, 0],
          [100_000, 1_000_000, longerBytes],
        ] as const;
        for (const [i, [expected, there]] of files.entries()) {
          Deno.writeFileSync(`${folder}/${i}`, new Uint8Array(there));
          makeRoom(queue);
          queue.drain(`${i}`, expected, i, 0);
        }
        empty(queue);
        assertEquals(
          done.toSorted(([a], [b]) => a - b),
          files.map(([, , counted], i) => [i, 0, counted]),
        );
        for (const expected of [4096, -1, 1_000_000]) {
          const { queue } = await openQueue(storage, {
            depth: 8,
            registersBuffers: true,
          });
          queue.drain("0", 4096, 0, 0);
          queue.drain("gone", expected, 1, 0);
          const error = assertThrows(() => empty(queue), StorageError);
          assertStringIncludes(error.message, `Cannot open "${folder}/gone"`);
          assertEquals(error.code, "ENOENT");
          queue.close();
        }
        queue.close();
      }),
  });

  Deno.test({
    name:
      `${way}: a folder, a path that is too long and a file without permission are errors that name it`,
    ignore,
    fn: () =>
      inTempFolder(async (folder) => {
        const storage = storageIn(folder);
        Deno.mkdirSync(`${folder}/folder`);
        Deno.writeFileSync(`${folder}/0`, new Uint8Array(4096));
        for (
          const [path, code] of [
            ["folder", "EISDIR"],
            ["x".repeat(5000), "ENAMETOOLONG"],
            ["x".repeat(300), "ENAMETOOLONG"],
          ] as const
        ) {
          const { queue } = await openQueue(storage, {
            depth: 2,
            registersBuffers: false,
          });
          queue.drain("0", 4096, 0, 0);
          const error = assertThrows(() => {
            queue.drain(path, 4096, 0, 0);
            empty(queue);
          }, StorageError);
          assertEquals(error.code, code);
          queue.close();
        }
      }),
  });

  Deno.test({
    name:
      `${way}: queues of one thread have their own depth and clients, wait as one, and name their own errors`,
    ignore,
    fn: () =>
      inTempFolder(async (folder) => {
        for (let i = 0; i < 12; i++) {
          Deno.writeFileSync(`${folder}/${i}`, new Uint8Array(70_000 + i));
        }
        const done: number[][] = [[], [], []];
        const counted = [0, 0, 0];
        const clientOf = (queue: number) => ({
          meterOf: () => ({
            now: () => performance.now(),
            isStopped: () => false,
            opened() {},
            read: (_startMs: number, bytes: number) => counted[queue]! += bytes,
          }),
          onDone: (file: number) => done[queue]!.push(file),
          failure: (error: unknown) => new Error(`${queue}`, { cause: error }),
        });
        const storage = storageIn(folder);
        const first = await storage.readQueue?.({
          depth: 2,
          readBytes: READ_BYTES,
          queueCount: 3,
          ...clientOf(0),
        });
        assert(first !== undefined);
        const queues = [first, first.beside(clientOf(1))];
        queues.push(queues[1]!.beside(clientOf(2)));
        assertThrows(() => first.beside(clientOf(3)), RangeError);
        // Files of one read and of two, so that some are long.
        for (let i = 0; i < 12; i++) {
          const queue = queues[i % 3]!;
          makeRoom(queue);
          queue.drain(`${i}`, i % 2 === 0 ? 70_000 + i : -1, i, 0);
          // Reads, and the long files that some of them are of.
          assert(queues.every(({ inFlight }) => inFlight <= 2 + 2));
        }
        while (queues.some(({ inFlight }) => inFlight > 0)) first.wait(1000);
        for (const [queue, files] of done.entries()) {
          const own = [0, 3, 6, 9].map((i) => i + queue);
          assertEquals(files.toSorted((a, b) => a - b), own);
          assertEquals(
            counted[queue],
            own.reduce((sum, i) => sum + 70_000 + i, 0),
          );
        }
        queues[2]!.drain("gone", 5, 0, 0);
        const error = assertThrows(() => {
          while (queues[2]!.inFlight > 0) first.wait(1000);
        }, Error);
        assertEquals(error.message, "2");
        assert(error.cause instanceof StorageError);
        for (const queue of queues) queue.close();
      }),
  });

  Deno.test({
    name: `${way}: close() ends what is in flight before its memory goes`,
    ignore,
    fn: () =>
      inTempFolder(async (folder) => {
        Deno.writeFileSync(`${folder}/x`, new Uint8Array(64 * READ_BYTES));
        const storage = storageIn(folder);
        for (let round = 0; round < 20; round++) {
          const { queue } = await openQueue(storage, {
            depth: 32,
            registersBuffers: round % 2 === 0,
          });
          queue.drain("x", 64 * READ_BYTES, 0, 0);
          while (queue.inFlight < 32) queue.wait(0);
          queue.wait(0);
          assert(queue.inFlight > 0);
          queue.close();
        }
      }),
  });
}

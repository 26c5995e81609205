import { assertEquals } from "@std/assert";
import {
  acceleratorThreadCount,
  readerThreadCount,
  threadOfAccelerator,
  threadOfReader,
  transferThreadCount,
} from "../../../lib/engine/threads/thread_share.ts";

Deno.test("accelerators and readers have threads of their own unless something else is said", () => {
  const share = { accelerators: 3, readersPerAccelerator: 2 };
  assertEquals(acceleratorThreadCount(share), 3);
  assertEquals(readerThreadCount(share), 6);
  assertEquals(threadOfAccelerator(share, 2), 2);
  assertEquals(threadOfReader(share, 1, 1), 3);
});

Deno.test("neighbors share threads, also readers of different accelerators; the last one has the rest", () => {
  const share = {
    accelerators: 5,
    readersPerAccelerator: 3,
    acceleratorsPerThread: 2,
    readersPerThread: 4,
  };
  assertEquals(acceleratorThreadCount(share), 3);
  assertEquals(readerThreadCount(share), 4);
  assertEquals(
    [0, 1, 2, 3, 4].map((rank) => threadOfAccelerator(share, rank)),
    [0, 0, 1, 1, 2],
  );
  const threads = [0, 1, 2, 3, 4].flatMap((rank) =>
    [0, 1, 2].map((reader) => threadOfReader(share, rank, reader))
  );
  assertEquals(threads, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]);
});

Deno.test("every reader has further threads that fetch for it, unless it fetches alone", () => {
  const share = { accelerators: 3, readersPerAccelerator: 2 };
  assertEquals(transferThreadCount(share), 0);
  assertEquals(transferThreadCount({ ...share, transferThreads: 1 }), 0);
  assertEquals(transferThreadCount({ ...share, transferThreads: 4 }), 18);
});

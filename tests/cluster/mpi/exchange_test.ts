import { assertEquals } from "@std/assert";
import { Exchange, type Steps } from "../../../lib/cluster/mpi/exchange.ts";
import { MemoryNetwork } from "./memory_messenger.ts";

const CHUNK_BYTES = 1000;
/** Nothing, within the first message, its end, one and many chunks. */
const LENGTHS = [0, 1, 4088, 4089, 5088, 5089, 20_000];
const SIZES = [1, 2, 3, 5, 8, 13];

/** Goes round until all are through; the answers by process. */
function runAll<T>(steps: readonly Steps<T>[]): T[] {
  const answers = new Map<number, T>();
  // As often as messages may be waited for, and no more.
  for (let round = 0; answers.size < steps.length; round++) {
    assertEquals(round < 10_000, true, "it does not end");
    for (const [rank, step] of steps.entries()) {
      if (answers.has(rank)) continue;
      const { done, value } = step.next();
      if (done === true) answers.set(rank, value);
    }
  }
  return steps.map((_, rank) => answers.get(rank)!);
}

function bytesOf(rank: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + rank) % 251);
}

for (const size of SIZES) {
  Deno.test(`collective calls of ${size} processes bring every byte, of any length`, () => {
    for (const length of LENGTHS) {
      const network = new MemoryNetwork(size);
      const own = Array.from(
        { length: size },
        (_, rank) => bytesOf(rank, length + rank),
      );
      const exchanges = own.map((_, rank) =>
        new Exchange(network.messenger(rank), 1, CHUNK_BYTES)
      );
      const all = exchanges.map((one, rank) => one.toAll(own[rank]!));
      for (const pieces of runAll(all)) assertEquals(pieces, own);
      const first = exchanges.map((one, rank) => one.toFirst(own[rank]!));
      assertEquals(
        runAll(first),
        own.map((_, rank) => rank === 0 ? own : null),
      );
      const from = exchanges.map((one, rank) => one.fromFirst(own[rank]!));
      for (const bytes of runAll(from)) assertEquals(bytes, own[0]);
      // What is longer than the head goes in chunks.
      assertEquals(Math.max(0, ...network.lengths) <= 4096, true);
    }
  });
}

Deno.test("calls of two kinds do not take each other's messages", () => {
  const network = new MemoryNetwork(2);
  const [first, second] = [0, 1].map((rank) => network.messenger(rank));
  const sent = [
    new Exchange(second!, 1).send(0, bytesOf(1, 10)),
    new Exchange(second!, 2).send(0, bytesOf(2, 20)),
  ];
  runAll(sent);
  const [late, early] = runAll([
    new Exchange(first!, 2).receive(1),
    new Exchange(first!, 1).receive(1),
  ]);
  assertEquals([late, early], [bytesOf(2, 20), bytesOf(1, 10)]);
});

import { assert, assertEquals } from "@std/assert";
import { PeerWatch } from "../../../lib/cluster/mpi/peer_watch.ts";
import { MemoryNetwork } from "./memory_messenger.ts";

const TIMEOUT_MS = 800;
const LOOK_MS = 20;
/** More than the watch gives the others. */
const ROLL_CALL_MS = 2500;

const ALL = [0, 1, 2, 3, 4, 5];
const EVERYONE = ALL.map(() => true);
const ALL_OF_FOUR = [true, true, true, true];

/** Watches of processes and the clock that they look at. */
class Watches {
  readonly network: MemoryNetwork;
  readonly watches: readonly PeerWatch[];
  #nowMs = 0;

  constructor(size: number) {
    this.network = new MemoryNetwork(size);
    this.watches = Array.from(
      { length: size },
      (_, rank) => new PeerWatch(this.network.messenger(rank), TIMEOUT_MS, 0),
    );
  }

  /** All but silent ones look, as long as it takes. */
  goOn(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    while (this.#nowMs < endMs) {
      this.#nowMs += LOOK_MS;
      for (const [rank, watch] of this.watches.entries()) {
        if (!this.network.silent.has(rank)) watch.look(this.#nowMs);
      }
    }
  }

  losses() {
    return this.watches.map(({ loss }) => loss);
  }
}

Deno.test("processes that beat are not lost", () => {
  const all = new Watches(4);
  all.goOn(20 * TIMEOUT_MS);
  assertEquals(all.losses(), [null, null, null, null]);
});

Deno.test("beats cost each process the same, however many there are", () => {
  const counts = [3, 30].map((size) => {
    const all = new Watches(size);
    all.goOn(8 * TIMEOUT_MS);
    return all.network.lengths.length / size;
  });
  assertEquals(counts, [counts[0], counts[0]]);
});

for (const size of [2, 5]) {
  for (const silent of [0, size - 1]) {
    Deno.test(`of ${size} processes all hear that process ${silent} is silent`, () => {
      const all = new Watches(size);
      all.goOn(TIMEOUT_MS);
      all.network.silent.add(silent);
      all.goOn(TIMEOUT_MS / 2);
      assertEquals(all.losses(), Array(size).fill(null));
      all.goOn(TIMEOUT_MS);
      const expected = all.losses().map((_, rank) =>
        rank === silent ? null : {
          process: silent,
          reason: null,
          isNoticedHere: rank === (silent + 1) % size,
        }
      );
      assertEquals(all.losses(), expected);
    });
  }
}

Deno.test("a process that was given up hears it when it goes on", () => {
  const all = new Watches(3);
  all.goOn(TIMEOUT_MS);
  all.network.silent.add(1);
  all.goOn(2 * TIMEOUT_MS);
  all.network.silent.delete(1);
  all.goOn(LOOK_MS);
  assertEquals(all.losses()[1], {
    process: 2,
    reason: "this process was silent for too long",
    isNoticedHere: false,
  });
});

Deno.test("once one is lost, each side of a cut network knows who else is", () => {
  const all = new Watches(6);
  all.goOn(TIMEOUT_MS);
  assert(all.watches.every((watch) => watch.mayBeHere(5)));
  all.network.cutFrom(4);
  all.goOn(2 * TIMEOUT_MS);
  const [first] = all.watches;
  // All have been asked, and have time to answer.
  assertEquals(ALL.map((process) => first!.mayBeHere(process)), EVERYONE);
  all.goOn(ROLL_CALL_MS);
  const near = [true, true, true, true, false, false];
  assertEquals(ALL.map((process) => first!.isHere(process)), near);
  assertEquals(ALL.map((process) => first!.mayBeHere(process)), near);
  assertEquals(all.watches.map((watch) => watch.mayBeHere(0)), near);
  assertEquals(
    all.losses().map((loss) => loss?.isNoticedHere),
    [true, false, false, false, true, false],
  );
  assertEquals(
    all.losses().map((loss) => loss?.process),
    [5, 5, 5, 5, 3, 3],
  );
});

Deno.test("a process that was stopped for a while loses nobody who went on", () => {
  const all = new Watches(2);
  all.goOn(TIMEOUT_MS);
  const [first, second] = all.watches;
  // Much later on the clock, with the beats of the other one unread.
  second!.look(1_000_000);
  first!.look(1_000_000);
  assertEquals(all.losses(), [null, null]);
});

Deno.test("all others hear why a process leaves", () => {
  const all = new Watches(4);
  all.goOn(TIMEOUT_MS);
  all.watches[2]!.leave("No space left on device", TIMEOUT_MS);
  all.goOn(2 * LOOK_MS);
  const loss = {
    process: 2,
    reason: "No space left on device",
    isNoticedHere: false,
  };
  assertEquals(all.losses(), [loss, loss, null, loss]);
  assertEquals(all.watches.map((watch) => watch.isHere(0)), ALL_OF_FOUR);
});

Deno.test("a reason of any length and characters fits into a message", () => {
  const all = new Watches(2);
  all.watches[0]!.leave("\u0001\u{1f525}".repeat(100_000), 0);
  all.goOn(LOOK_MS);
  assertEquals(all.losses()[1]!.process, 0);
});

Deno.test("silence after the last beat is no loss", () => {
  const all = new Watches(3);
  all.goOn(TIMEOUT_MS);
  for (const watch of all.watches) watch.sayLast();
  all.goOn(20 * TIMEOUT_MS);
  assertEquals(all.losses(), [null, null, null]);
  assertEquals(all.watches.map(({ isLast }) => isLast), [true, true, true]);
});

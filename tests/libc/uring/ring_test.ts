/** Tests of lib/libc/uring/ring.ts. */
import { assert, assertEquals } from "@std/assert";
import { openLibc } from "../../../lib/libc/libc.ts";
import { RING_OP } from "../../../lib/libc/uring/layout.ts";
import { Ring } from "../../../lib/libc/uring/ring.ts";
import { HAS_URING } from "../../storage/has_uring.ts";

const ignore = !HAS_URING;
const ENOENT = -2;

function openRing(entries: number): Ring {
  const libc = openLibc().value;
  assert(libc !== null);
  const ring = Ring.open(libc, entries);
  assert(ring instanceof Ring);
  return ring;
}

function prepareNop(ring: Ring, userData: number): void {
  ring.prepare(RING_OP.nop, 0, 0, 0, 0, 0, userData);
}

Deno.test({
  name: "a ring gives every request one completion, round after round",
  ignore,
  fn() {
    const ring = openRing(4);
    for (let round = 0; round < 100; round++) {
      for (let i = 0; i < 4; i++) prepareNop(ring, round * 4 + i);
      assertEquals([ring.hasRoom(1), ring.underWay], [false, 4]);
      ring.enter(4);
      const seen = [];
      while (ring.next()) seen.push(ring.userData - round * 4);
      assertEquals(seen.toSorted(), [0, 1, 2, 3]);
      assertEquals([ring.hasRoom(4), ring.underWay], [true, 0]);
    }
    ring.close();
  },
});

Deno.test({
  name: "a wait with nothing to come ends with its time",
  ignore,
  fn() {
    const ring = openRing(4);
    ring.enter(1, 5);
    assertEquals(ring.next(), false);
    ring.close();
  },
});

Deno.test({
  name: "a failed request has minus its errno; empty places of files fail so",
  ignore,
  fn() {
    const ring = openRing(4);
    assertEquals(ring.registerFiles(2), 0);
    ring.prepare(RING_OP.close, 0, 0, 0, 0, 0, 7, 0, 1);
    ring.enter(1);
    assertEquals(ring.next(), true);
    assertEquals(ring.userData, 7);
    assert(ring.result < 0 && ring.result !== ENOENT);
    ring.close();
  },
});

Deno.test({
  name:
    "close() waits for what is under way, also where it was not handed over",
  ignore,
  fn() {
    const ring = openRing(4);
    prepareNop(ring, 1);
    ring.enter(0);
    prepareNop(ring, 2);
    ring.close();
    assertEquals(ring.underWay, 0);
  },
});

Deno.test({
  name: "a ring knows which operations its kernel has",
  ignore,
  fn() {
    const ring = openRing(4);
    assertEquals(
      [RING_OP.nop, RING_OP.openAt, RING_OP.close].map((operation) =>
        ring.supports(operation)
      ),
      [true, true, true],
    );
    assertEquals(ring.supports(255), false);
    ring.close();
  },
});

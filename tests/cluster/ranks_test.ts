import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  allRanks,
  evenShares,
  placesOf,
  ranksAt,
} from "../../lib/cluster/ranks.ts";
import { ConfigError } from "../../lib/errors.ts";

Deno.test("evenShares() gives every rank to exactly one process, in order", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.nat(200),
      (size, more) => {
        const total = size + more;
        const ranks = Array.from(
          { length: size },
          (_, process) => ranksAt(evenShares(size, total), process),
        );
        const counts = ranks.map(({ count }) => count);
        assertEquals(
          ranks.flatMap((one) => placesOf(one).map(({ rank }) => rank)),
          Array.from({ length: total }, (_, rank) => rank),
        );
        assertEquals(Math.max(...counts) - Math.min(...counts) <= 1, true);
        assertEquals(ranks.every((one) => one.total === total), true);
      },
    ),
    { seed: 1 },
  );
});

Deno.test("evenShares() of a single process are all ranks", () => {
  assertEquals(ranksAt(evenShares(1, 5), 0), allRanks(5));
});

Deno.test("evenShares() refuses a process without accelerators", () => {
  assertThrows(
    () => evenShares(3, 2),
    ConfigError,
    "Cannot share 2 accelerators among 3 processes",
  );
});

Deno.test("placesOf() counts local ranks from 0 and global ranks from the first", () => {
  assertEquals(placesOf({ first: 2, count: 2, total: 4 }), [
    { rank: 2, localRank: 0 },
    { rank: 3, localRank: 1 },
  ]);
});

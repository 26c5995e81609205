/** Tests of lib/saturate/boundary_search.ts. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BoundarySearch } from "../../lib/saturate/boundary_search.ts";

/** Searches; what was asked for, and where it ended. */
function searched(
  range: { readonly first: number; readonly cap: number },
  oracle: (value: number) => boolean,
) {
  const search = new BoundarySearch(range);
  const asked: number[] = [];
  for (let step = search.next(); step !== null; step = search.next()) {
    asked.push(step.value);
    search.tell(step.value, oracle(step.value));
    assert(asked.length < 1000, "it does not end");
  }
  return { asked, ...search.bounds() };
}

const RANGES = fc.integer({ min: 1, max: 5000 }).chain((cap) =>
  fc.record({
    cap: fc.constant(cap),
    first: fc.integer({ min: 1, max: cap }),
    truth: fc.integer({ min: 0, max: 2 * cap }),
  })
);

Deno.test("a search doubles, halves, and measures both sides of the answer again", () => {
  assertEquals(searched({ first: 1, cap: 1000 }, (value) => value <= 11), {
    asked: [1, 2, 4, 8, 16, 12, 10, 11, 11, 12],
    holds: 11,
    fails: 12,
  });
  assertEquals(searched({ first: 8, cap: 1000 }, (value) => value <= 2), {
    asked: [8, 4, 2, 3, 2, 3],
    holds: 2,
    fails: 3,
  });
  assertEquals(searched({ first: 1, cap: 6 }, () => true), {
    asked: [1, 2, 4, 6, 6],
    holds: 6,
    fails: null,
  });
  assertEquals(searched({ first: 1, cap: 6 }, () => false), {
    asked: [1, 1],
    holds: null,
    fails: 1,
  });
});

Deno.test("a search of what is monotone finds the boundary, within 1 % above 100, in a bounded number of steps", () => {
  fc.assert(fc.property(RANGES, ({ first, cap, truth }) => {
    const { asked, holds, fails } = searched(
      { first, cap },
      (value) => value <= truth,
    );
    const most = Math.min(truth, cap);
    assert((holds ?? 0) <= most);
    assert(most - (holds ?? 0) < Math.max(1, 0.01 * most + 1));
    assertEquals(fails === null, truth >= cap);
    if (fails !== null) assert(fails > truth);
    // Doublings, halvings, the two sides again.
    const steps = Math.ceil(Math.log2(cap)) + 1;
    assert(asked.length <= 2 * steps + 2, `${asked.length}: ${asked}`);
    assert(asked.every((value) => value >= 1 && value <= cap));
  }));
});

Deno.test("a search of what is noisy ends within the noise, asking for nothing more than twice", () => {
  fc.assert(
    fc.property(
      RANGES,
      fc.infiniteStream(fc.boolean()),
      ({ first, cap, truth }, coins) => {
        const noise = Math.ceil(0.1 * truth);
        const { asked, holds, fails } = searched({ first, cap }, (value) => {
          if (Math.abs(value - truth) > noise) return value <= truth;
          return coins.next().value === true;
        });
        const counts = new Map<number, number>();
        for (const value of asked) {
          counts.set(value, (counts.get(value) ?? 0) + 1);
        }
        assert(Math.max(...counts.values()) <= 2);
        const least = Math.min(cap, truth - noise);
        const slack = Math.max(1, 0.01 * truth + 1);
        assert((holds ?? 0) >= least - slack, `${holds} < ${least}`);
        assert((holds ?? 0) <= truth + noise);
        if (fails !== null) assert(fails >= truth - noise);
        // One value after the other may turn out otherwise.
        assert(asked.length <= 4 * Math.ceil(Math.log2(cap) + 2) + 2 * noise);
      },
    ),
  );
});

Deno.test("a side of the answer that turns out otherwise moves the search on", () => {
  const rounds = new Map<number, number>();
  const answer = searched({ first: 1, cap: 100 }, (value) => {
    const round = (rounds.get(value) ?? 0) + 1;
    rounds.set(value, round);
    // The first look at 4 was wrong.
    return value === 4 ? round > 1 : value <= 6;
  });
  assertEquals([answer.holds, answer.fails], [6, 7]);
});

Deno.test("numbers that become impossible are not asked for", () => {
  const search = new BoundarySearch({ first: 1, cap: 1000 });
  const asked: number[] = [];
  for (let step = search.next(); step !== null; step = search.next()) {
    if (step.value > 5) {
      search.limitTo(5);
      continue;
    }
    asked.push(step.value);
    search.tell(step.value, true);
  }
  assertEquals(asked, [1, 2, 4, 5, 5]);
  assertThrows(() => new BoundarySearch({ first: 2, cap: 1 }), RangeError);
});

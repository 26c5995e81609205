import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import type { Awaitable } from "../../lib/bytes/awaitable.ts";
import { runSteps } from "../../lib/bytes/steps.ts";
import type { Steps } from "../../lib/bytes/steps.ts";

function* sum(values: readonly Awaitable<number>[]): Steps<number, number> {
  let total = 0;
  for (const value of values) total += yield value;
  return total;
}

function* caught(value: Awaitable<number>): Steps<number, string> {
  try {
    return String(yield value);
  } catch (error) {
    return `caught ${error}`;
  }
}

Deno.test("runSteps() returns at once if every value is there", () => {
  assertEquals(runSteps(sum([1, 2, 3])), 6);
});

Deno.test("runSteps() returns a promise once one was waited for", async () => {
  const result = runSteps(sum([1, Promise.resolve(2), 3]));
  assertInstanceOf(result, Promise);
  assertEquals(await result, 6);
});

Deno.test("runSteps() throws a rejected promise into the steps", async () => {
  const result = runSteps(caught(Promise.reject("late")));
  assertEquals(await result, "caught late");
});

Deno.test("runSteps() passes on what the steps throw", () => {
  assertThrows(() =>
    runSteps((function* (): Steps<number, number> {
      yield 1;
      throw new RangeError("steps");
    })()), RangeError);
});

/** Tests of lib/engine/run/during.ts. */
import { assertEquals, assertRejects } from "@std/assert";
import { during, pauseFor } from "../../../lib/engine/run/during.ts";
import type { Wait } from "../../../lib/engine/run/run_hooks.ts";
import { InterruptedError, WorkerError } from "../../../lib/errors.ts";

function hooksOf(stallTimeoutMs = Infinity) {
  const controller = new AbortController();
  const waits: (string | null)[] = [];
  let last: Wait | null = null;
  return {
    controller,
    waits,
    lastCount: () => last?.doneCount(),
    signal: controller.signal,
    stallTimeoutMs,
    onWait: (wait: Wait | null) => {
      waits.push(wait?.what ?? null);
      last = wait ?? last;
    },
  };
}

const never = () => new Promise<never>(() => {});

Deno.test("during() shows what is waited for, and how far it is", async () => {
  const hooks = hooksOf();
  const answer = await during(hooks, "listing", (tick) => {
    tick();
    tick(2);
    return Promise.resolve(42);
  });
  assertEquals(answer, 42);
  assertEquals(hooks.waits, ["listing", null]);
  assertEquals(hooks.lastCount(), 3);
});

Deno.test("during() ends when the run is stopped, whatever the work does", async () => {
  const hooks = hooksOf();
  const reason = new InterruptedError("Interrupted by SIGTERM");
  setTimeout(() => hooks.controller.abort(reason), 5);
  await assertRejects(
    () => during(hooks, "listing", never),
    InterruptedError,
    "Interrupted by SIGTERM",
  );
  assertEquals(hooks.waits, ["listing", null]);
  // Nothing is begun any more.
  let begun = false;
  await assertRejects(
    () =>
      during(hooks, "removing", () => {
        begun = true;
        return never();
      }),
    InterruptedError,
  );
  assertEquals(begun, false);
});

Deno.test("during() ends where nothing moves, not where something does", async () => {
  await assertRejects(
    () => during(hooksOf(100), "listing data/train", never),
    WorkerError,
    "Cannot go on as listing data/train has not moved for",
  );
  const moving = await during(hooksOf(400), "listing", async (tick) => {
    for (let i = 0; i < 30; i++) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      tick();
    }
    return "done";
  });
  assertEquals(moving, "done");
});

Deno.test("during() passes on what the work throws", async () => {
  const hooks = hooksOf();
  await assertRejects(
    () => during(hooks, "listing", () => Promise.reject(new Error("denied"))),
    Error,
    "denied",
  );
  assertEquals(hooks.waits, ["listing", null]);
});

Deno.test("pauseFor() waits its time though it is longer than a stall", async () => {
  const hooks = hooksOf(1);
  await pauseFor(hooks, 0.6, "waiting");
  assertEquals(hooks.waits, ["waiting", null]);
  await pauseFor(hooks, 0, "not waiting");
  assertEquals(hooks.waits.length, 2);
});

Deno.test("pauseFor() ends at an abort", async () => {
  const hooks = hooksOf();
  setTimeout(() => hooks.controller.abort(new InterruptedError("stop")), 5);
  await assertRejects(() => pauseFor(hooks, 600, "waiting"), InterruptedError);
});

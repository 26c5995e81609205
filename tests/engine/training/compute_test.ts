import { assert, assertEquals } from "@std/assert";
import {
  type ComputeClock,
  ComputeTimer,
} from "../../../lib/engine/training/compute.ts";

/** A clock on which a sleep is late and looking costs a microsecond. */
class LateClock implements ComputeClock {
  nowMs = 0;
  lateMs = 0.1;
  /** Something else ends sleeps that are longer. */
  wokenAfterMs = Infinity;
  readonly sleepsMs: number[] = [];
  looks = 0;

  now(): number {
    this.looks++;
    return this.nowMs += 0.001;
  }

  sleep(durationMs: number): boolean {
    this.sleepsMs.push(durationMs);
    if (this.wokenAfterMs < durationMs) {
      this.nowMs += this.wokenAfterMs;
      return true;
    }
    this.nowMs += durationMs + this.lateMs;
    return false;
  }
}

const never = () => false;

/** Milliseconds past the wanted end. */
function wait(clock: LateClock, timer: ComputeTimer, durationMs: number) {
  const startMs = clock.now();
  return timer.wait(startMs, durationMs, never) - (startMs + durationMs);
}

Deno.test("a wait ends on time although sleeps are late", () => {
  const clock = new LateClock();
  const timer = new ComputeTimer(clock);
  for (let i = 0; i < 100; i++) {
    const lateMs = wait(clock, timer, 5);
    assert(lateMs >= 0 && lateMs <= 0.0011, `${lateMs} ms late`);
  }
  assert(clock.sleepsMs.length >= 100);
});

Deno.test("a wait sleeps for most of its time", () => {
  const clock = new LateClock();
  const timer = new ComputeTimer(clock);
  for (let i = 0; i < 50; i++) wait(clock, timer, 5);
  const sleptMs = clock.sleepsMs.reduce((sum, ms) => sum + ms, 0);
  assert(sleptMs > 0.93 * 250, `it slept ${sleptMs} of 250 ms`);
});

Deno.test("later sleeps make the timer wake earlier, not end later", () => {
  const clock = new LateClock();
  const timer = new ComputeTimer(clock);
  clock.lateMs = 0.9;
  wait(clock, timer, 5);
  wait(clock, timer, 5);
  for (let i = 0; i < 20; i++) {
    const lateMs = wait(clock, timer, 5);
    assert(lateMs <= 0.0011, `${lateMs} ms late`);
  }
});

Deno.test("one late wake-up does not make short waits burn for ever", () => {
  const clock = new LateClock();
  const timer = new ComputeTimer(clock);
  clock.lateMs = 1.7;
  wait(clock, timer, 5);
  clock.lateMs = 0.06;
  clock.sleepsMs.length = 0;
  for (let i = 0; i < 200; i++) wait(clock, timer, 0.375);
  assert(clock.sleepsMs.length > 100, `${clock.sleepsMs.length} sleeps`);
});

Deno.test("a wait of nothing ends at once, without sleep", () => {
  const clock = new LateClock();
  const timer = new ComputeTimer(clock);
  for (const durationMs of [0, -1, -Infinity]) {
    const startMs = clock.now();
    const looks = clock.looks;
    assertEquals(timer.wait(startMs, durationMs, never), startMs);
    assertEquals(clock.looks - looks, 0);
  }
  assertEquals(clock.sleepsMs, []);
});

Deno.test("a wait whose time passed before it began ends at once", () => {
  const clock = new LateClock();
  const timer = new ComputeTimer(clock);
  clock.nowMs = 100;
  assert(timer.wait(10, 50, never) < 100.01);
  assertEquals(clock.sleepsMs, []);
});

Deno.test("a long wait looks for a stop every 100 ms and obeys", () => {
  const clock = new LateClock();
  const timer = new ComputeTimer(clock);
  let looks = 0;
  const endMs = timer.wait(0, 60_000, () => ++looks === 3);
  assertEquals(clock.sleepsMs, [100, 100, 100]);
  assert(endMs < 301, `it ended after ${endMs} ms`);
});

Deno.test("on the thread's own clock a wait is never too short", () => {
  const timer = new ComputeTimer();
  for (const durationMs of [0.05, 0.375, 1, 3]) {
    const startMs = performance.now();
    const endMs = timer.wait(startMs, durationMs, never);
    assert(endMs - startMs >= durationMs);
    assert(performance.now() >= endMs);
  }
});

Deno.test("what ends a sleep early ends the wait, and is no late sleep to learn from", () => {
  const clock = new LateClock();
  const timer = new ComputeTimer(clock);
  wait(clock, timer, 5);
  clock.wokenAfterMs = 1;
  const startMs = clock.now();
  const endMs = timer.wait(startMs, 50, never);
  assert(endMs - startMs < 1.1, `it ended after ${endMs - startMs} ms`);
  clock.wokenAfterMs = Infinity;
  const lateMs = wait(clock, timer, 5);
  assert(lateMs >= 0 && lateMs <= 0.0011, `${lateMs} ms late`);
});

Deno.test("one sleep that is far too late does not make later waits spin", () => {
  const clock = new LateClock();
  const timer = new ComputeTimer(clock);
  for (let i = 0; i < 20; i++) wait(clock, timer, 5);
  clock.lateMs = 1.5;
  wait(clock, timer, 5);
  clock.lateMs = 0.1;
  clock.sleepsMs.length = 0;
  wait(clock, timer, 5);
  assert((clock.sleepsMs[0] ?? 0) > 4.8, `it slept ${clock.sleepsMs[0]} ms`);
});

Deno.test("a wait tells once that its end is near, when the thread is awake anyway", () => {
  const clock = new LateClock();
  const leftMs: number[] = [];
  let endMs = 0;
  const timer = new ComputeTimer(clock, () => leftMs.push(endMs - clock.nowMs));
  for (const durationMs of [5, 5, 0.05, 0]) {
    endMs = clock.nowMs + 0.001 + durationMs;
    wait(clock, timer, durationMs);
  }
  // One without length has no end to come.
  assertEquals(leftMs.length, 3);
  for (const left of leftMs) assert(left > 0 && left <= 0.1, `${left} ms`);
});

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Doorbell, ring } from "../../../lib/engine/threads/doorbell.ts";
import { POISON_STOP, Region } from "../../../lib/engine/threads/region.ts";
import { poison, Stopped } from "../../../lib/engine/threads/thread_sync.ts";

function bellOf() {
  const region = new Region({
    accelerators: 1,
    readersPerAccelerator: 1,
    generators: 0,
    maxSteps: 1,
  });
  const word = region.acceleratorBell(0);
  return { region, word, bell: new Doorbell(region, word) };
}

Deno.test("a ring between the look and the wait is not missed", async () => {
  const { region, word, bell } = bellOf();
  const rings = bell.rings();
  ring(region.words, word);
  bell.wait(rings);
  await bell.later(rings);
  assertEquals(bell.sleep(rings, 60_000), true);
});

Deno.test("a sleep ends by itself when nobody rings", () => {
  const { bell } = bellOf();
  assertEquals(bell.sleep(bell.rings(), 1), false);
});

Deno.test("workers of one thread that wait at the same time are all woken", async () => {
  const { region, word, bell } = bellOf();
  const rings = bell.rings();
  const woken = [0, 1, 2].map(async (worker) => {
    while (bell.rings() === rings) await bell.later(rings);
    return worker;
  });
  ring(region.words, word);
  assertEquals(await Promise.all(woken), [0, 1, 2]);
});

Deno.test("a doorbell of a stopped run is not waited at", async () => {
  const { region, bell } = bellOf();
  poison(region, POISON_STOP);
  assertThrows(() => bell.wait(bell.rings()), Stopped);
  await assertRejects(() => bell.later(bell.rings()), Stopped);
});

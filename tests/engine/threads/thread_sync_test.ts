import { assertEquals, assertThrows } from "@std/assert";
import {
  PHASE_END,
  PHASE_TRAIN,
  POISON_STOP,
  Region,
} from "../../../lib/engine/threads/region.ts";
import {
  Gate,
  isPoisoned,
  openGateForEnd,
  poison,
  Stopped,
} from "../../../lib/engine/threads/thread_sync.ts";

function regionOf(accelerators: number, readersPerAccelerator: number) {
  return new Region({
    accelerators,
    readersPerAccelerator,
    generators: 0,
    maxSteps: 4,
  });
}

Deno.test("Gate gives each phase once and the end last", () => {
  const region = regionOf(1, 0);
  const gate = new Gate(region);
  Atomics.store(region.words, region.control("phase"), PHASE_TRAIN);
  Atomics.add(region.words, region.control("gate"), 1);
  assertEquals(gate.next(), PHASE_TRAIN);
  gate.done();
  assertEquals(
    Atomics.load(region.words, region.control("doneCount")),
    1,
  );
  openGateForEnd(region, PHASE_END);
  assertEquals(gate.next(), PHASE_END);
});

Deno.test("poison() is seen by everybody", () => {
  const region = regionOf(1, 1);
  assertEquals(isPoisoned(region), false);
  poison(region, POISON_STOP);
  assertEquals(isPoisoned(region), true);
  assertThrows(() => new Gate(region).next(), Stopped);
});

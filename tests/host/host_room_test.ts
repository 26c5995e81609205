/** Tests of lib/host/host_room.ts. */
import { assertEquals, assertGreater } from "@std/assert";
import {
  hostRoom,
  readHostRoom,
  threadsFree,
} from "../../lib/host/host_room.ts";

const ALONE = {
  memoryBytes: 1000,
  memoryFreeBytes: 600,
  cpuCount: 8,
  threadsFree: 100,
};
const NO_GROUPS = {
  memoryBytes: null,
  memoryFreeBytes: null,
  cpuCount: null,
  threadsFree: null,
};

Deno.test("hostRoom() is the host's own where no group is tighter", () => {
  const wide = { value: 5000, source: "/g" };
  for (const memoryBytes of [null, wide]) {
    assertEquals(hostRoom(ALONE, { ...NO_GROUPS, memoryBytes }), {
      memoryBytes: { value: 1000, source: "this host" },
      memoryFreeBytes: { value: 600, source: "this host" },
      cpuCount: { value: 8, source: "this host" },
      threadsFree: { value: 100, source: "this host" },
    });
  }
});

Deno.test("hostRoom() is the group's where it is tighter", () => {
  const limit = (value: number) => ({ value, source: "/g" });
  assertEquals(
    hostRoom(ALONE, {
      memoryBytes: limit(500),
      memoryFreeBytes: limit(50),
      cpuCount: limit(1.5),
      threadsFree: limit(7),
    }),
    {
      memoryBytes: limit(500),
      memoryFreeBytes: limit(50),
      cpuCount: limit(1.5),
      threadsFree: limit(7),
    },
  );
});

Deno.test("threadsFree() subtracts what runs from what may", () => {
  assertEquals(threadsFree("1000\n", "0.1 0.2 0.3 2/150 4711\n"), 850);
  assertEquals(threadsFree("100\n", "0.1 0.2 0.3 2/150 4711\n"), 0);
  assertEquals(threadsFree(null, "0.1 0.2 0.3 2/150 4711\n"), null);
  assertEquals(threadsFree("1000\n", null), null);
});

Deno.test("readHostRoom() knows this host", () => {
  const room = readHostRoom();
  assertGreater(room.memoryFreeBytes.value, 0);
  assertGreater(room.cpuCount.value, 0);
});

/** Tests of lib/cli/keyboard.ts. */
import { assertEquals } from "@std/assert";
import { Keyboard } from "../../lib/cli/keyboard.ts";

/** A terminal on which a test types. */
function deviceOf() {
  const device = {
    isInForeground: true,
    typed: "" as string | null,
    /** What was done to it, in order. */
    calls: [] as string[],
    isForeground: () => device.isInForeground,
    setSingleKeys: (isOn: boolean) =>
      void device.calls.push(isOn ? "keys" : "lines"),
    readTyped() {
      const { typed } = device;
      if (typed !== null) device.typed = "";
      device.calls.push("read");
      return typed;
    },
  };
  return device;
}

/** Waits for the next look that reads. */
async function nextRead({ calls }: { calls: string[] }): Promise<void> {
  const reads = () => calls.filter((call) => call === "read").length;
  const before = reads();
  while (reads() === before) await new Promise((done) => setTimeout(done, 1));
}

Deno.test("Keyboard gives each key while it is listened to, and the terminal back after it", async () => {
  const device = deviceOf();
  const keys: string[] = [];
  device.typed = "a";
  const listener = new Keyboard(device, { lookMs: 1 }).listen((key) =>
    keys.push(key)
  );
  device.typed = "bq";
  await nextRead(device);
  listener[Symbol.dispose]();
  assertEquals(keys, ["a", "b", "q"]);
  assertEquals(device.calls.filter((call) => call !== "read"), [
    "keys",
    "lines",
  ]);
});

Deno.test("Keyboard leaves the terminal alone while it is a job in the background", async () => {
  const device = deviceOf();
  device.isInForeground = false;
  device.typed = "q";
  const keys: string[] = [];
  const listener = new Keyboard(device, { lookMs: 1 }).listen((key) =>
    keys.push(key)
  );
  await new Promise((done) => setTimeout(done, 5));
  assertEquals([device.calls, keys], [[], []]);
  // Brought to the foreground, and back again.
  device.isInForeground = true;
  await nextRead(device);
  assertEquals(keys, ["q"]);
  device.isInForeground = false;
  listener[Symbol.dispose]();
  assertEquals(device.calls.includes("lines"), false);
});

Deno.test("Keyboard takes the terminal again after it was stopped", async () => {
  const device = deviceOf();
  const keyboard = new Keyboard(device, { lookMs: 1 });
  const listener = keyboard.listen(() => {});
  keyboard.restore();
  keyboard.restore();
  await nextRead(device);
  listener[Symbol.dispose]();
  assertEquals(
    device.calls.filter((call) => call !== "read"),
    ["keys", "lines", "keys", "lines"],
  );
});

Deno.test("Keyboard gives the terminal back once nothing can be read any more", () => {
  const device = deviceOf();
  device.typed = null;
  const listener = new Keyboard(device, { lookMs: 1 }).listen(() => {});
  assertEquals(device.calls, ["keys", "read", "lines"]);
  listener[Symbol.dispose]();
  assertEquals(device.calls.length, 3);
});

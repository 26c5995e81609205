import { assertEquals, assertThrows } from "@std/assert";
import { loadFormats } from "../../lib/formats/registry.ts";
import { MEASURES } from "../../scripts/perf/groups.ts";
import {
  interleave,
  leastOf,
  median,
  medianOf,
  medianPair,
} from "../../scripts/perf/measure.ts";

const FORMATS = await loadFormats();

Deno.test("median() is the middle, the upper one of two", () => {
  assertEquals(median([3]), 3);
  assertEquals(median([9, 1, 10]), 9);
  assertEquals(median([4, 1, 3, 2]), 3);
  assertThrows(() => median([]), RangeError, "no values");
});

Deno.test("interleave() takes turns and leaves the warm-up out", () => {
  const calls: string[] = [];
  const values = [100, 1, 2, 3];
  const limits = [-100, 7, 9, 8];
  const measured = interleave({
    roundCount: 3,
    value: () => {
      calls.push("value");
      return values.shift()!;
    },
    limit: () => {
      calls.push("limit");
      return limits.shift()!;
    },
  });
  assertEquals(measured, { value: 2, limit: 8 });
  assertEquals(calls.join(), Array(4).fill("value,limit").join());
});

Deno.test("medianPair() lets each half be first in turn and takes the pair whose ratio is the middle one", async () => {
  const calls: string[] = [];
  const values = [0, 4, 90, 6];
  const limits = [0, 4, 100, 2];
  const pair = await medianPair(3, () => {
    calls.push("value");
    return values.shift()!;
  }, () => {
    calls.push("limit");
    return limits.shift()!;
  });
  assertEquals(pair, { value: 4, limit: 4 });
  assertEquals(calls.join(), "value,limit,limit,value,value,limit,limit,value");
});

Deno.test("medianOf() leaves the warm-up out, leastOf() nothing", async () => {
  const values = [100, 3, 1, 2];
  assertEquals(await medianOf(3, () => values.shift()!), 2);
  const costs = [1, 3, 2];
  assertEquals(await leastOf(3, () => costs.shift()!), 1);
});

Deno.test("perf has one row per measure, every format of data among them", () => {
  const ids = MEASURES.map((measure) => measure.id);
  assertEquals(ids.length, new Set(ids).size);
  for (const { name, reading } of Object.values(FORMATS)) {
    assertEquals(ids.includes(`encode.${name}`), reading !== "nothing");
  }
});

Deno.test("perf --json writes one object per line, ratio included", async () => {
  const { code, stdout } = await perf("--json", "random.crc32c");
  assertEquals(code, 0);
  const row = JSON.parse(stdout);
  assertEquals(Object.keys(row), ["id", "value", "unit", "limit", "ratio"]);
  assertEquals(row.id, "random.crc32c");
  assertEquals(row.ratio, row.value / row.limit);
});

Deno.test("perf names the ids if a filter matches none", async () => {
  const { code, stdout, stderr } = await perf("nothing.such");
  assertEquals(code, 2);
  assertEquals(stdout, "");
  assertEquals(
    stderr.startsWith('Cannot measure "nothing.such" as it must be one prefix'),
    true,
  );
});

async function perf(...args: string[]) {
  const script = new URL("../../scripts/perf.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "-A", script, ...args],
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

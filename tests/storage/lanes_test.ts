import { assertEquals, assertRejects } from "@std/assert";
import { forEachFile } from "../../lib/storage/lanes.ts";

Deno.test("forEachFile() asks blocking storage one after another", async () => {
  const seen: number[] = [];
  await forEachFile({ isSync: true }, 5, (index) => {
    seen.push(index);
  });
  assertEquals(seen, [0, 1, 2, 3, 4]);
});

Deno.test("forEachFile() has requests in flight, at most 64", async () => {
  let underWay = 0;
  let most = 0;
  const seen = new Set<number>();
  await forEachFile({ isSync: false }, 1000, async (index) => {
    most = Math.max(most, ++underWay);
    await Promise.resolve();
    seen.add(index);
    underWay--;
  });
  assertEquals(seen.size, 1000);
  assertEquals(most, 64);
});

Deno.test("forEachFile() begins nothing after a failure and tells the first", async () => {
  let begun = 0;
  let underWay = 0;
  const failing = forEachFile({ isSync: false }, 1000, async (index) => {
    begun++;
    underWay++;
    await Promise.resolve();
    underWay--;
    if (index >= 10) throw new Error(`file ${index}`);
  });
  await assertRejects(() => failing, Error, "file 10");
  assertEquals(underWay, 0);
  assertEquals(begun < 200, true);
});

Deno.test("forEachFile() of no files asks nothing", async () => {
  await forEachFile({ isSync: false }, 0, () => {
    throw new Error("asked");
  });
});

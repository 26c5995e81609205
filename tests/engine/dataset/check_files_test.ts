/** Tests of lib/engine/dataset/check_files.ts. */
import { assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import {
  checkFiles,
  filesToCheck,
} from "../../../lib/engine/dataset/check_files.ts";
import { DatasetError } from "../../../lib/errors.ts";
import type { Storage } from "../../../lib/storage/storage.ts";

Deno.test("filesToCheck() spreads look-ups, first and last included", () => {
  assertEquals(filesToCheck(0, 1000), []);
  assertEquals(filesToCheck(1, 1000), [0]);
  assertEquals(filesToCheck(3, 1000), [0, 1, 2]);
  assertEquals(filesToCheck(5000, 0), []);
  for (const [fileCount, interval] of [[65, 1], [1000, 10], [1e9, 1e6]]) {
    const checks = filesToCheck(fileCount!, interval!);
    assertEquals([checks[0], checks.at(-1)], [0, fileCount! - 1]);
    assertEquals(new Set(checks).size, checks.length);
    for (let i = 1; i < checks.length; i++) {
      assertLessOrEqual(checks[i]! - checks[i - 1]!, interval!);
    }
  }
  assertEquals(filesToCheck(1000, 1000).length, 64);
});

/** A storage that answers later and counts what is in flight. */
class LaterStorage {
  readonly isSync = false;
  underWay = 0;
  most = 0;
  asked = 0;
  async sizeOf(path: string): Promise<number | null> {
    this.asked++;
    this.most = Math.max(this.most, ++this.underWay);
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.underWay--;
    return path.endsWith("missing") ? null : 7;
  }
}

Deno.test("checkFiles() looks up several at a time where answers come later", async () => {
  const storage = new LaterStorage();
  const files = Array.from({ length: 300 }, (_, index) => ({
    path: String(index),
    byteLength: 7,
  }));
  await checkFiles(storage as unknown as Storage, files, {
    folder: "d",
    cure: "",
  });
  assertEquals(storage.asked, 300);
  assertEquals(storage.most, 64);
});

Deno.test("checkFiles() names the first of several problems", async () => {
  const storage = new LaterStorage() as unknown as Storage;
  const files = [
    { path: "a", byteLength: 7 },
    { path: "b", byteLength: 8 },
    { path: "missing", byteLength: null },
  ];
  const error = await assertRejects(
    () => checkFiles(storage, files, { folder: "d", cure: "" }),
    DatasetError,
  );
  assertEquals(
    error.message,
    'Cannot use the dataset in "d" as "b" must have 8 bytes: it has 7; ' +
      '"stoker verify" finds all damage (and 1 more of the 3 looked up)',
  );
});

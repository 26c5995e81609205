/** Tests of lib/host/page_cache.ts: on real files, as root or not. */
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertStringIncludes,
} from "@std/assert";
import { PageCache } from "../../lib/host/page_cache.ts";

const FILE_BYTES = 1 << 20;

function connect(): PageCache {
  const { value, reason } = PageCache.connect();
  if (value === null) throw new Error(reason);
  return value;
}

/** Whether temporary files have pages that can be dropped at all. */
function tempIsOnDevice(): boolean {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(path, new Uint8Array(FILE_BYTES));
    const cache = connect();
    cache.drop(path, true);
    return cache.residentBytes(path).value === 0;
  } catch {
    return false;
  } finally {
    Deno.removeSync(path);
  }
}

const ignore = !tempIsOnDevice();

function withFile(test: (path: string, cache: PageCache) => void): void {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(path, new Uint8Array(FILE_BYTES).fill(7));
    test(path, connect());
  } finally {
    Deno.removeSync(path);
  }
}

for (const isThorough of [false, true]) {
  Deno.test({
    name: `PageCache.drop() lets go of a file that was just written, ` +
      (isThorough ? "thoroughly" : "without fsync"),
    ignore,
    fn: () =>
      withFile((path, cache) => {
        assertEquals(cache.residentBytes(path).value, FILE_BYTES);
        assertEquals(cache.drop(path, isThorough), null);
        assertEquals(cache.residentBytes(path).value, 0);
        // What was dirty is still there.
        assert(Deno.readFileSync(path).every((byte) => byte === 7));
        assertGreaterOrEqual(
          cache.residentBytes(path).value ?? 0,
          FILE_BYTES,
        );
      }),
  });
}

Deno.test({
  name: "PageCache.drop() leaves the pages of other files alone",
  ignore,
  fn: () =>
    withFile((path, cache) =>
      withFile((other) => {
        assertEquals(cache.drop(path, false), null);
        assertEquals(cache.residentBytes(other).value, FILE_BYTES);
      })
    ),
});

Deno.test("PageCache names the file that is not there", () => {
  const cache = connect();
  const path = "/no/such/file";
  assertEquals(
    cache.drop(path, false),
    `open of "${path}" was refused (ENOENT)`,
  );
  assertStringIncludes(cache.residentBytes(path).reason ?? "", "ENOENT");
});

Deno.test("PageCache shows that memory file systems keep their pages", {
  ignore: Deno.build.os !== "linux",
}, () => {
  const path = Deno.makeTempFileSync({ dir: "/dev/shm" });
  try {
    Deno.writeFileSync(path, new Uint8Array(FILE_BYTES));
    const cache = connect();
    assertEquals(cache.drop(path, true), null);
    assertEquals(cache.residentBytes(path).value, FILE_BYTES);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test({
  name: "PageCache.residentBytes() finds with mincore what cachestat finds",
  ignore,
  fn: () =>
    withFile((path, cache) => {
      const { value: old } = PageCache.connect({ usesCachestat: false });
      assert(old !== null);
      assertEquals(old.residentBytes(path).value, FILE_BYTES);
      cache.drop(path, false);
      assertEquals(old.residentBytes(path).value, 0);
      using file = Deno.openSync(path);
      file.readSync(new Uint8Array(1));
      assertEquals(
        old.residentBytes(path).value,
        cache.residentBytes(path).value,
      );
      Deno.truncateSync(path);
      assertEquals(old.residentBytes(path).value, 0);
    }),
});

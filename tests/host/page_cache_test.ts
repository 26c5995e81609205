/** Tests of lib/host/page_cache.ts: on real files, as root or not. */
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertStringIncludes,
} from "@std/assert";
import { PageCache } from "../../lib/host/page_cache.ts";
import { printLine } from "../../scripts/terminal.ts";

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
    cache.drop([path], true);
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
        assertEquals(cache.drop([path], isThorough), null);
        assertEquals(cache.residentBytes(path).value, 0);
        // What was dirty is still there.
        assert(Deno.readFileSync(path).every((byte) => byte === 7));
        // The kernel may have taken some pages back already.
        assertGreaterOrEqual(
          cache.residentBytes(path).value ?? 0,
          FILE_BYTES / 2,
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
        assertEquals(cache.drop([path], false), null);
        assertEquals(cache.residentBytes(other).value, FILE_BYTES);
      })
    ),
});

Deno.test("PageCache names the file that is not there", () => {
  const cache = connect();
  const path = "/no/such/file";
  assertEquals(
    cache.drop([path], false),
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
    assertEquals(cache.drop([path], true), null);
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
      cache.drop([path], false);
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

/** Runs as a user who owns nothing; null if that cannot be done here. */
function asNobody(program: string, ...args: string[]): string | null {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return null;
  const cacheFolder = Deno.makeTempDirSync();
  Deno.chmodSync(cacheFolder, 0o777);
  try {
    const { success, stdout } = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        "--no-check",
        "--no-config",
        "--no-lock",
        program,
        ...args,
      ],
      clearEnv: true,
      env: { DENO_DIR: cacheFolder, NO_COLOR: "1" },
      cwd: "/",
      uid: NOBODY,
      gid: NOBODY,
      stderr: "null",
    }).outputSync();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch {
    return null;
  } finally {
    Deno.removeSync(cacheFolder, { recursive: true });
  }
}

const NOBODY = 65534;
const PAGE_CACHE_URL = new URL("../../lib/host/page_cache.ts", import.meta.url);
/** Prints what another user's cached file looks like before and after. */
const LOOK_AS_NOBODY = `
  import { PageCache } from "${PAGE_CACHE_URL}";
  const [path] = Deno.args;
  const looks = [true, false].map((usesCachestat) => {
    const { value: cache } = PageCache.connect({ usesCachestat });
    const { value } = cache.residentBytes(path);
    return [value, cache.drop([path], false), cache.dropEverythingProblem()];
  });
  console.log(JSON.stringify(looks));`;

Deno.test("PageCache drops files of others, and does not guess what memory holds of them", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/of_root`;
    Deno.chmodSync(folder, 0o755);
    Deno.writeFileSync(path, new Uint8Array(FILE_BYTES), { mode: 0o644 });
    const printed = asNobody(LOOK_AS_NOBODY, path);
    if (printed === null) {
      printLine("skipped: no process can be started as another user");
      return;
    }
    const refused = 'open of "/proc/sys/vm/drop_caches" was refused (EACCES)';
    const look = [null, null, refused];
    assertEquals(JSON.parse(printed), [look, look]);
    if (!ignore) assertEquals(connect().residentBytes(path).value, 0);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

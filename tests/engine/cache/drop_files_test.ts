/** Tests of lib/engine/cache/drop_files.ts: each way a drop can go. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type CacheCalls,
  dropFiles,
} from "../../../lib/engine/cache/drop_files.ts";

const FILE_BYTES = 4096;

/** A page cache that gives in to some calls only. */
class FakeCache implements CacheCalls {
  readonly calls: string[] = [];
  readonly held = new Set<string>();
  constructor(
    readonly yieldsTo: "advice" | "fsync" | "root" | "nothing",
    fileCount: number,
    readonly refusal: string | null = null,
  ) {
    for (let i = 0; i < fileCount; i++) this.held.add(`/d/${i}`);
  }
  cacheProblem(): null {
    return null;
  }
  drop(paths: readonly string[], isThorough: boolean): string | null {
    for (const path of paths) {
      this.calls.push(`${isThorough ? "fsync " : ""}${path}`);
      if (
        this.yieldsTo === "advice" || (this.yieldsTo === "fsync" && isThorough)
      ) this.held.delete(path);
    }
    return this.refusal;
  }
  residentBytes(path: string) {
    const value = this.held.has(path) ? FILE_BYTES : 0;
    return { value, reason: null };
  }
  dropEverything(): string | null {
    this.calls.push("everything");
    if (this.yieldsTo !== "root") return "write was refused (EACCES)";
    this.held.clear();
    return null;
  }
}

function files(fileCount: number) {
  return { fileCount, hostPath: (index: number) => `/d/${index}` };
}

function drop(cache: CacheCalls, fileCount: number) {
  let nowMs = 0;
  return dropFiles(files(fileCount), {
    signal: new AbortController().signal,
    nowMs: () => nowMs += 1500,
    cache,
  });
}

Deno.test("dropFiles() advises every file once and measures that it worked", async () => {
  const cache = new FakeCache("advice", 300);
  const result = await drop(cache, 300);
  assertEquals(result, {
    methods: ["posix_fadvise"],
    fileCount: 300,
    sampledFiles: 64,
    residentBytesBefore: 64 * FILE_BYTES,
    residentBytesAfter: 0,
    durationSeconds: 1.5,
    problem: null,
  });
  assertEquals(cache.calls.length, 300);
  assertEquals(cache.held.size, 0);
});

Deno.test("dropFiles() syncs where advice alone leaves pages", async () => {
  const cache = new FakeCache("fsync", 3);
  const { methods, problem } = await drop(cache, 3);
  assertEquals(methods, ["posix_fadvise", "fsync and posix_fadvise"]);
  assertEquals(problem, null);
  assertEquals(cache.calls.includes("everything"), false);
});

Deno.test("dropFiles() drops everything only where nothing less works", async () => {
  const { methods, problem, residentBytesAfter } = await drop(
    new FakeCache("root", 2),
    2,
  );
  assertEquals(methods.at(-1), "drop_caches");
  assertEquals([problem, residentBytesAfter], [null, 0]);
});

Deno.test("dropFiles() says how much stays and why", async () => {
  const result = await drop(new FakeCache("nothing", 2), 2);
  assertEquals(result.residentBytesAfter, 2 * FILE_BYTES);
  assertEquals(
    result.problem,
    "8192 bytes of 2 files are still cached; write was refused (EACCES)",
  );
});

Deno.test("dropFiles() tells the first file that could not be opened", async () => {
  const cache = new FakeCache("advice", 2, 'open of "/d/0" was refused');
  const { problem } = await drop(cache, 2);
  assertEquals(problem, 'open of "/d/0" was refused');
});

Deno.test("dropFiles() says when nothing can be measured", async () => {
  const cache: CacheCalls = {
    cacheProblem: () => null,
    drop: () => null,
    residentBytes: () => ({ value: null, reason: "ENOSYS" }),
    dropEverything: () => null,
  };
  const result = await drop(cache, 2);
  assertEquals(result.residentBytesAfter, null);
  assertEquals(
    result.problem,
    "the cached bytes cannot be measured: ENOSYS",
  );
});

Deno.test("dropFiles() ends early when the run is stopped", async () => {
  const cache = new FakeCache("advice", 1000);
  const result = await dropFiles(files(1000), {
    signal: AbortSignal.abort(),
    nowMs: () => 0,
    cache,
  });
  assertEquals(cache.calls.filter((call) => call !== "everything"), []);
  assertStringIncludes(result.problem ?? "", "the run was stopped");
});

Deno.test("dropFiles() takes files together, a bounded number at a time", async () => {
  const counts: number[] = [];
  const cache = new FakeCache("advice", 300);
  const dropped = cache.drop.bind(cache);
  cache.drop = (paths, isThorough) => {
    counts.push(paths.length);
    return dropped(paths, isThorough);
  };
  await drop(cache, 300);
  assertEquals(counts, [128, 128, 44]);
});

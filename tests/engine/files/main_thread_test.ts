/**
 * No call of the main thread waits for storage: such a call would keep it from
 * hearing signals and limits for as long as a file system likes.
 */
import { assertEquals, assertGreater } from "@std/assert";
import { filesBelow } from "../../../scripts/files_below.ts";

const ROOT = new URL("../../../", import.meta.url);

/** Calls of Deno and Node that keep their thread until storage answers. */
const BLOCKING_REGEXP = /\bDeno\.\w+Sync\b|\bfs\.\w+Sync\b|"node:fs"/;

/**
 * Modules whose work is done on threads of their own: storages in workers and
 * in the file thread, looks at this host through `host_calls.ts`.
 */
const ELSEWHERE: readonly RegExp[] = [
  /^lib\/storage\/(local|direct)\//,
  /^lib\/host\/(file_system|folder_probe|free_space|page_cache|separate_file_systems)\.ts$/,
  /^lib\/engine\/cache\/probe_cache\.ts$/,
  // The writer of a trace is a thread of its own.
  /^lib\/engine\/trace\/trace_file\.ts$/,
  // Copies of shards, which reader threads make and read.
  /^lib\/engine\/training\/shard_cache\.ts$/,
];

/** Functions that are for {@linkcode HostCalls}, or for each other. */
const HOST_NAMES =
  /\b(readFileSystem|readFreeSpace|readHoles|probeFolder|probeCache|findBlockDevice|findDeviceQueue|readFolderSeparation|PageCache\.connect)\(/;

function textsOf(): (readonly [string, string])[] {
  return [...filesBelow("lib/")]
    .filter((path) => path.endsWith(".ts") && !path.endsWith("_wasm.ts"))
    .map((path) => [path, Deno.readTextFileSync(new URL(path, ROOT))] as const);
}

Deno.test("files are opened, looked up and removed synchronously only where threads of their own do it", () => {
  const texts = textsOf();
  assertGreater(texts.length, 300);
  const blocking = texts.filter(([path, text]) =>
    BLOCKING_REGEXP.test(text) && !ELSEWHERE.some((other) => other.test(path))
  ).map(([path]) => path);
  // The name of an error's text.
  assertEquals(blocking, []);
});

Deno.test("only a file thread looks at file systems of this host", () => {
  const found = textsOf().filter(([path, text]) =>
    HOST_NAMES.test(text) && !path.startsWith("lib/host/") &&
    !ELSEWHERE.some((other) => other.test(path))
  ).map(([path]) => path);
  assertEquals(found, ["lib/engine/files/host_calls.ts"]);
});

Deno.test("the main thread connects storages of this host through a file thread", () => {
  const found = textsOf().filter(([, text]) =>
    /new (LocalStorage|DirectStorage)\(/.test(text)
  ).map(([path]) => path);
  assertEquals(found.sort(), [
    "lib/engine/cache/probe_cache.ts",
    "lib/engine/training/shard_cache.ts",
    "lib/storage/direct/direct.ts",
    "lib/storage/local/local.ts",
  ]);
});

/**
 * Tests of lib/engine/files/: what the main thread has of storage whose calls
 * are made on another thread is what that storage itself is.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FileThread } from "../../../lib/engine/files/file_thread.ts";
import {
  hostCallsOf,
  ThreadedStorage,
} from "../../../lib/engine/files/threaded_storage.ts";
import { ConfigError, StorageError } from "../../../lib/errors.ts";
import { LocalStorage } from "../../../lib/storage/local/local.ts";
import {
  contentOf,
  putFile,
  storageContract,
  type StorageUnderTest,
} from "../../storage/storage_contract.ts";

async function threaded(
  kind: string,
): Promise<StorageUnderTest & { readonly root: string }> {
  const root = await Deno.makeTempDir({ prefix: "stoker-threaded-" });
  const thread = new FileThread();
  const settings = { kind, root, options: {} };
  const storage = await ThreadedStorage.connect(thread, settings);
  return {
    root,
    storage,
    dispose() {
      thread[Symbol.dispose]();
      return Deno.remove(root, { recursive: true });
    },
  };
}

storageContract("local_fs on a file thread", () => threaded("local_fs"));
storageContract("direct_fs on a file thread", () => threaded("direct_fs"));

Deno.test("a file thread's errors are those of the storage", async () => {
  const { storage, root, dispose } = await threaded("local_fs");
  const error = await assertRejects(
    () => Promise.resolve(storage.open("none")),
    StorageError,
  );
  assertEquals(error.code, "ENOENT");
  assertEquals(error.path, `${root}/none`);
  assertEquals(error.operation, "open");
  await dispose();
});

Deno.test("a file thread refuses settings as the storage does", async () => {
  using thread = new FileThread();
  const settings = { kind: "no_such_fs", root: "/", options: {} };
  const error = await assertRejects(
    () => ThreadedStorage.connect(thread, settings),
    ConfigError,
  );
  assert(error.problems[0]?.includes("no_such_fs"));
});

Deno.test("a listing of a file thread gives every entry once, however many, and ends early", async () => {
  const { storage, root, dispose } = await threaded("local_fs");
  const wanted = Array.from({ length: 2500 }, (_, i) => `f${i}`).sort();
  for (const name of wanted) {
    Deno.writeFileSync(`${root}/${name}`, contentOf(1));
  }
  const names: string[] = [];
  for await (const { name } of storage.list("")) names.push(name);
  assertEquals(names.sort(), wanted);
  for await (const _entry of storage.list("")) break;
  await dispose();
});

Deno.test("calls on files answer alike on this thread and on a file thread", async () => {
  const { storage, root, dispose } = await threaded("local_fs");
  await putFile(storage, "f", contentOf(10_000));
  const here = hostCallsOf(new LocalStorage(root));
  const there = hostCallsOf(storage);
  const path = `${root}/f`;
  assertEquals(await there.cacheProblem(), await here.cacheProblem());
  assertEquals(await there.drop([path], true), await here.drop([path], true));
  assertEquals(await there.residentBytes(path), await here.residentBytes(path));
  assertEquals(await there.holes(path), await here.holes(path));
  assertEquals(await there.fileSystem(root), await here.fileSystem(root));
  assertEquals(await there.blockDevice(root), await here.blockDevice(root));
  assertEquals(
    (await there.freeSpace(root))?.path,
    (await here.freeSpace(root))?.path,
  );
  assertEquals(
    await there.folderSeparation(root, "/proc"),
    await here.folderSeparation(root, "/proc"),
  );
  assertEquals(
    (await there.folderFacts(root)).writeProblem,
    (await here.folderFacts(root)).writeProblem,
  );
  assertEquals(
    await there.cacheFacts(root, "no"),
    await here.cacheFacts(root, "no"),
  );
  await dispose();
});

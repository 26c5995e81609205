import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LocalStorage } from "../../../lib/storage/local/local.ts";
import { PARTIAL_SUFFIX } from "../../../lib/storage/local/new_file.ts";
import { ReadRecorder } from "../read_recorder.ts";
import {
  alignedBuffer,
  contentOf,
  putFile,
  storageContract,
  storageErrorOf,
} from "../storage_contract.ts";
import { inMountedFolder, mayMount } from "../mounted_folder.ts";
import { temporaryStorage } from "../temporary_storage.ts";

storageContract("local_fs", () => temporaryStorage("local_fs"));

const PLAIN = { expectedBytes: null, atomic: false, fsync: false };

Deno.test("local_fs: a partial file lies beside its name until commit", async () => {
  const { storage, root, dispose } = await temporaryStorage();
  const writer = await storage.create("d/f", { ...PLAIN, atomic: true });
  const names = [...Deno.readDirSync(`${root}/d`)].map(({ name }) => name);
  assertEquals(names, [`f${PARTIAL_SUFFIX}`]);
  await writer.abort();
  await dispose();
});

Deno.test("local_fs: an absolute path wins over the root", async () => {
  const { root, dispose } = await temporaryStorage();
  const elsewhere = new LocalStorage("/nonexistent/root");
  await putFile(elsewhere, `${root}/f`, contentOf(9));
  assertEquals(elsewhere.sizeOf(`${root}/f`), 9);
  assertEquals(elsewhere.sizeOf("f"), null);
  await dispose();
});

Deno.test({
  name: "local_fs: a full disk is ENOSPC when writing",
  ignore: !mayMount("tmpfs"),
  fn: () =>
    inMountedFolder("tmpfs", 64 << 10, async ({ path }) => {
      const storage = new LocalStorage(path);
      const writer = storage.create("f", PLAIN);
      const error = await storageErrorOf(() =>
        writer.write(new Uint8Array(128 << 10))
      );
      assertEquals(
        error.message,
        `Cannot write "${path}/f": no space left on device (ENOSPC)`,
      );
      await writer.abort();
      assertEquals(storage.sizeOf("f"), null);
    }),
});

Deno.test("local_fs: abort after a failed commit closes and removes", async () => {
  const { storage, root, dispose } = await temporaryStorage();
  const writer = await storage.create("f", { ...PLAIN, atomic: true });
  await writer.write(contentOf(10));
  // A folder that is not empty cannot be replaced by a file.
  Deno.mkdirSync(`${root}/f/x`, { recursive: true });
  const error = await storageErrorOf(() => writer.commit());
  assertEquals([error.operation, error.code], ["rename", "EISDIR"]);
  await writer.abort();
  await writer.abort();
  assertEquals([...Deno.readDirSync(root)].map(({ name }) => name), ["f"]);
  await dispose();
});

Deno.test("local_fs: a file that shrinks while open reads short", async () => {
  const { storage, root, dispose } = await temporaryStorage();
  await putFile(storage, "f", contentOf(10_000));
  const file = await storage.open("f");
  Deno.truncateSync(`${root}/f`, 100);
  assertEquals(await file.readInto(alignedBuffer(), 0), 100);
  await file.close();
  await dispose();
});

Deno.test("local_fs: a device that never ends is left when stopped", async () => {
  const { storage, dispose } = await temporaryStorage();
  const meter = new ReadRecorder(3);
  assertEquals(
    await storage.drain("/dev/zero", -1, alignedBuffer(), meter),
    3 * 65_536,
  );
  await dispose();
});

Deno.test("local_fs: no file stays open after drain(), failed or not", async () => {
  const { storage, dispose } = await temporaryStorage();
  await putFile(storage, "f", contentOf(10));
  await storage.makeFolder("d");
  const openFiles = () => [...Deno.readDirSync("/proc/self/fd")].length;
  const before = openFiles();
  for (let i = 0; i < 50; i++) {
    await storage.drain("f", 10, alignedBuffer(), new ReadRecorder());
    await storageErrorOf(() =>
      storage.drain("d", 10, alignedBuffer(), new ReadRecorder())
    );
    await storageErrorOf(() => storage.open("d"));
  }
  assert(openFiles() < before + 25, "files stay open");
  await dispose();
});

Deno.test({
  name: "local_fs: without permission the error says so",
  permissions: { read: false, write: false },
  fn: async () => {
    const storage = new LocalStorage("/data");
    for (
      const act of [
        () => storage.open("f"),
        () => storage.sizeOf("f"),
        () => storage.create("f", PLAIN),
        () => storage.readText("f"),
        () => storage.remove("f"),
      ]
    ) {
      const error = await storageErrorOf(act);
      assertStringIncludes(error.message, "without the permission for it");
      assertStringIncludes(error.message, '"/data/f"');
    }
  },
});

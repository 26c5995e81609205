import { assertEquals, assertRejects } from "@std/assert";
import { StorageError } from "../../lib/errors.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import { writeJson, writeWhole } from "../../lib/storage/write_whole.ts";
import { slowStorage } from "../checkpoint/storage_doubles.ts";
import { temporaryStorage } from "./temporary_storage.ts";

Deno.test("writeJson() replaces a file by text that people can read", async () => {
  const { storage, root, dispose } = await temporaryStorage();
  try {
    await writeJson(storage, "a/b.json", { old: true }, { fsync: false });
    await writeJson(storage, "a/b.json", { new: [1] }, { fsync: true });
    assertEquals(
      await Deno.readTextFile(`${root}/a/b.json`),
      '{\n  "new": [\n    1\n  ]\n}\n',
    );
  } finally {
    await dispose();
  }
});

Deno.test("writeWhole() leaves the old file if the new one fails", async () => {
  const { root, dispose } = await temporaryStorage();
  try {
    const old = new TextEncoder().encode("old");
    const options = { atomic: true, fsync: false };
    await writeWhole(new LocalStorage(root), "a", old, options);
    const full = slowStorage(root, { fullAfterBytes: 0 });
    await assertRejects(
      () => writeWhole(full, "a", new Uint8Array(10), options),
      StorageError,
      "a",
    );
    assertEquals(await Deno.readTextFile(`${root}/a`), "old");
    assertEquals([...Deno.readDirSync(root)].map(({ name }) => name), ["a"]);
  } finally {
    await dispose();
  }
});

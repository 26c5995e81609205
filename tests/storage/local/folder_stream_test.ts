/** Tests of lib/storage/local/folder_stream.ts. */
import { assertEquals, assertRejects } from "@std/assert";
import { closeSync, openSync } from "node:fs";
import { StorageError } from "../../../lib/errors.ts";
import { streamFolder } from "../../../lib/storage/local/folder_stream.ts";

async function entriesOf(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFolder } of streamFolder(path)) {
    names.push(isFolder ? `${name}/` : name);
  }
  return names.sort();
}

async function withFolder(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("streamFolder() gives files and folders, none twice", () =>
  withFolder(async (folder) => {
    const names = Array.from({ length: 12_000 }, (_, i) => `file-${i}.npz`);
    for (const name of names) Deno.createSync(`${folder}/${name}`).close();
    Deno.mkdirSync(`${folder}/sub`);
    assertEquals(await entriesOf(folder), [...names, "sub/"].sort());
  }));

Deno.test("streamFolder() reads names that are not ASCII", () =>
  withFolder(async (folder) => {
    const names = [
      "größe.npz",
      "日本.npz",
      "\u{1f600}",
      "a b",
      "x".repeat(255),
    ];
    for (const name of names) Deno.createSync(`${folder}/${name}`).close();
    assertEquals(await entriesOf(folder), names.toSorted());
  }));

Deno.test("streamFolder() follows links to folders", () =>
  withFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/real`);
    Deno.symlinkSync(`${folder}/real`, `${folder}/link`);
    Deno.symlinkSync(`${folder}/nowhere`, `${folder}/broken`);
    assertEquals(await entriesOf(folder), ["broken", "link/", "real/"]);
  }));

Deno.test("streamFolder() finds nothing where there is no folder", () =>
  withFolder(async (folder) => {
    assertEquals(await entriesOf(`${folder}/none`), []);
  }));

Deno.test("streamFolder() says that a file is no folder", () =>
  withFolder(async (folder) => {
    Deno.createSync(`${folder}/file`).close();
    const error = await assertRejects(
      () => entriesOf(`${folder}/file`),
      StorageError,
    );
    assertEquals([error.operation, error.code], ["list", "ENOTDIR"]);
  }));

Deno.test("streamFolder() gives the system's reason where it breaks off", () =>
  withFolder(async (parent) => {
    const folder = `${parent}/gone`;
    Deno.mkdirSync(folder);
    // More than one call of the system gives.
    for (let i = 0; i < 12_000; i++) {
      Deno.createSync(`${folder}/file-${i}.npz`).close();
    }
    const error = await assertRejects(async () => {
      for await (const _entry of streamFolder(folder)) {
        await Deno.remove(folder, { recursive: true }).catch(() => {});
      }
    }, StorageError);
    assertEquals([error.operation, error.code], ["list", "ENOENT"]);
  }));

Deno.test("streamFolder() can be left early without a leak", () =>
  withFolder(async (folder) => {
    for (let i = 0; i < 10; i++) Deno.createSync(`${folder}/${i}`).close();
    // The system gives the least number that is free.
    const nextDescriptor = () => {
      const fd = openSync(folder, "r");
      closeSync(fd);
      return fd;
    };
    const before = nextDescriptor();
    for await (const _entry of streamFolder(folder)) break;
    assertEquals(nextDescriptor(), before);
  }));

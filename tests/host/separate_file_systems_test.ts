/** Tests of lib/host/separate_file_systems.ts. */
import { assertEquals } from "@std/assert";
import { readFolderSeparation } from "../../lib/host/separate_file_systems.ts";
import { inMountedFolder, mayMount } from "../storage/mounted_folder.ts";

async function withFolders(
  test: (data: string, results: string) => void | Promise<void>,
): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "stoker_separation_" });
  const [data, results] = [`${parent}/data`, `${parent}/results`];
  try {
    await Deno.mkdir(data);
    await Deno.mkdir(results);
    await test(data, results);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

function isSame(data: string, results: string): boolean | undefined {
  return readFolderSeparation(data, results).value?.isSameFileSystem;
}

Deno.test("readFolderSeparation() finds one file system, and leaves nothing in either folder", () =>
  withFolders((data, results) => {
    assertEquals(isSame(data, results), true);
    assertEquals([...Deno.readDirSync(data)], []);
    assertEquals([...Deno.readDirSync(results)], []);
  }));

Deno.test("readFolderSeparation() takes the place of a folder that is not there yet", () =>
  withFolders((data, results) => {
    const { value } = readFolderSeparation(`${data}/a/b`, results);
    assertEquals(value?.isSameFileSystem, true);
    assertEquals(value?.dataRealPath, Deno.realPathSync(data));
  }));

Deno.test("readFolderSeparation() follows symbolic links", () =>
  withFolders((data, results) => {
    Deno.symlinkSync(results, `${data}/link`);
    const { value } = readFolderSeparation(`${data}/link`, results);
    assertEquals(value?.dataRealPath, Deno.realPathSync(results));
  }));

Deno.test({
  name:
    "readFolderSeparation() finds two file systems, also one that is read-only",
  ignore: !mayMount(),
  fn: () =>
    withFolders(async (data) => {
      await inMountedFolder("tmpfs", 2 ** 20, async (mounted) => {
        assertEquals(isSame(mounted.path, data), false);
        assertEquals(isSame(data, mounted.path), false);
        mounted.makeReadOnly();
        assertEquals(isSame(mounted.path, data), false);
        await Promise.resolve();
      });
    }),
});

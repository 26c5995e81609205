/** Tests of lib/engine/dataset/walk_folder.ts. */
import { assertEquals } from "@std/assert";
import { walkFolder } from "../../../lib/engine/dataset/walk_folder.ts";
import { LocalStorage } from "../../../lib/storage/local/local.ts";
import type { FolderEntry } from "../../../lib/storage/storage.ts";
import { inTempFolder } from "../engine_fixture.ts";

const FOLDER_COUNT = 256;

/** A split in folders, each of which answers only while others are open. */
class PartitionedStorage extends LocalStorage {
  openCount = 0;
  mostOpen = 0;

  override async *list(folder: string): AsyncGenerator<FolderEntry> {
    this.openCount++;
    this.mostOpen = Math.max(this.mostOpen, this.openCount);
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (folder.endsWith("/train")) {
      for (let day = 0; day < FOLDER_COUNT; day++) {
        yield { name: `day=${day}`, isFolder: true };
      }
    } else {
      yield { name: "a.parquet", isFolder: false };
      yield { name: "_SUCCESS", isFolder: false };
    }
    this.openCount--;
  }
}

/** Walks through all of a folder. */
async function walkAll(storage: LocalStorage, folder: string, path: string) {
  const paths: string[] = [];
  const remains = await walkFolder(storage, folder, {
    isFile: () => true,
    takeFile: (path) => paths.push(path),
    enter: (folders) => folders.map(({ path }) => ({ path, place: null })),
  }, { path, place: null });
  return { paths: paths.sort(), remains };
}

Deno.test("walkFolder() reads many sub-folders side by side, but not all at once", async () => {
  const storage = new PartitionedStorage("");
  const { paths, remains } = await walkAll(storage, "d", "train");
  assertEquals(storage.mostOpen, 16);
  const wanted = Array.from(
    { length: FOLDER_COUNT },
    (_, day) => `train/day=${day}/a.parquet`,
  );
  assertEquals(paths, wanted.sort());
  assertEquals(remains.hidden.fileCount, FOLDER_COUNT);
});

Deno.test("walkFolder() follows links to folders, but not back to where it is", () =>
  inTempFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/set/a`, { recursive: true });
    Deno.mkdirSync(`${folder}/b`);
    Deno.writeTextFileSync(`${folder}/set/a/1`, "x");
    Deno.writeTextFileSync(`${folder}/b/2`, "x");
    // To itself, to a folder above, to another, and from there back.
    Deno.symlinkSync(".", `${folder}/set/self`);
    Deno.symlinkSync("..", `${folder}/set/a/above`);
    Deno.symlinkSync("../b", `${folder}/set/other`);
    Deno.symlinkSync("../set", `${folder}/b/back`);
    const storage = new LocalStorage("");
    const { paths, remains } = await walkAll(storage, `${folder}/set`, "");
    assertEquals(paths, ["a/1", "other/2"]);
    assertEquals(remains.loops, {
      fileCount: 0,
      folderCount: 3,
      example: "a/above",
    });
  }));

/** Tests of lib/engine/dataset/list_files.ts. */
import { assertEquals } from "@std/assert";
import { listFiles } from "../../../lib/engine/dataset/list_files.ts";
import { nameAt } from "../../../lib/sampling/name_table.ts";
import { LocalStorage } from "../../../lib/storage/local/local.ts";
import type { FolderEntry } from "../../../lib/storage/storage.ts";

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

Deno.test("listFiles() reads many sub-folders side by side, but not all at once", async () => {
  const storage = new PartitionedStorage("");
  const { names, patternCounts } = await listFiles(storage, "d", {
    naming: {
      split: "train",
      prefix: "img",
      fileCount: FOLDER_COUNT,
      subfolderCount: 0,
      extension: "parquet",
    },
    fileCount: FOLDER_COUNT,
  });
  assertEquals(storage.mostOpen, 16);
  assertEquals(patternCounts.size, 0);
  const paths = Array.from(
    { length: names.nameCount },
    (_, index) => nameAt(names, index),
  );
  const wanted = Array.from(
    { length: FOLDER_COUNT },
    (_, day) => `train/day=${day}/a.parquet`,
  );
  assertEquals(paths, wanted.sort());
});

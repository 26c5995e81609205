import { assertEquals } from "@std/assert";
import { joinPath, parentOf } from "../../../lib/storage/local/local_path.ts";

Deno.test("joinPath() joins as os.path.join does", () => {
  const rows = [
    ["/data", "train/f", "/data/train/f"],
    ["/data/", "train/f", "/data/train/f"],
    ["data", "f", "data/f"],
    ["/data", "/other/f", "/other/f"],
    ["/", "f", "/f"],
    ["./", "data/f", "data/f"],
    [".", "data/f", "data/f"],
    ["", "data/f", "data/f"],
  ] as const;
  for (const [folder, path, joined] of rows) {
    assertEquals(joinPath(folder, path), joined);
  }
});

Deno.test("parentOf() is the folder that must exist", () => {
  const rows = [
    ["/a/b/c", "/a/b"],
    ["a/b", "a"],
    ["a", "."],
    ["/a", "/"],
  ] as const;
  for (const [path, parent] of rows) assertEquals(parentOf(path), parent);
});

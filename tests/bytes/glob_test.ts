/** Tests of lib/bytes/glob.ts. */
import { assertEquals, assertThrows } from "@std/assert";
import { isGlob, parseGlob } from "../../lib/bytes/glob.ts";

/** Pattern → paths that it matches, paths that it does not. */
const CASES: readonly (readonly [string, string[], string[]])[] = [
  ["*.tar", ["a.tar", ".tar"], ["a/b.tar", "a.tar.gz"]],
  ["shards/**/*.tar", ["shards/a.tar", "shards/x/y/a.tar"], ["a.tar", "x"]],
  ["**", ["a", "a/b/c"], []],
  ["a/**", ["a/b", "a/b/c"], ["b/a", "a"]],
  ["**/train/*.npz", ["train/1.npz", "x/train/1.npz"], ["xtrain/1.npz"]],
  ["s_?.npz", ["s_1.npz"], ["s_10.npz", "s_/.npz"]],
  ["s_[0-3].npz", ["s_0.npz", "s_3.npz"], ["s_4.npz"]],
  ["s_[!0-3].npz", ["s_4.npz"], ["s_0.npz", "s_/.npz"]],
  ["{train,val}/*.{jpg,jpeg}", ["train/1.jpg", "val/1.jpeg"], ["test/1.jpg"]],
  ["a+b(1)|$^.npz", ["a+b(1)|$^.npz"], ["aab1.npz"]],
  ["a.npz", ["a.npz"], ["axnpz"]],
];

Deno.test("parseGlob() matches as shells do", () => {
  for (const [text, matches, others] of CASES) {
    const glob = parseGlob(text);
    for (const path of matches) assertEquals(glob.matches(path), true, path);
    for (const path of others) assertEquals(glob.matches(path), false, path);
  }
});

Deno.test("parseGlob() says in which folder all matches lie", () => {
  for (
    const [text, base] of [
      ["*.tar", ""],
      ["shards/**/*.tar", "shards"],
      ["a/b/c.tar", "a/b"],
      ["a/b*/c/d.tar", "a"],
      ["{a,b}/c.tar", ""],
    ] as const
  ) assertEquals(parseGlob(text).base, base);
});

Deno.test("parseGlob() refuses what is never closed", () => {
  for (const text of ["a[1", "{a,b", "{a,{b}"]) {
    assertThrows(() => parseGlob(text), SyntaxError, text);
  }
});

Deno.test("isGlob() tells patterns from paths", () => {
  assertEquals(["a/b-1.tar", "a*", "{a}", "a?", "[a]"].map(isGlob), [
    false,
    true,
    true,
    true,
    true,
  ]);
});

/** Tests of lib/bytes/path_rules.ts. */
import { assertEquals } from "@std/assert";
import {
  fileNameRule,
  keyPrefixRule,
  plainPath,
  relativePathRule,
  shownName,
} from "../../lib/bytes/path_rules.ts";

const EMPTY_NAME = 'not have an empty name, as in "a//b" or "a/"';
const CONTROL = "not have control characters";

/** Text → rule that it breaks. */
const PATHS: readonly (readonly [string, string | null])[] = [
  ["img", null],
  ["a/b", null],
  ["..a/b..", null],
  [".hidden", null],
  ["a.b-c_d e", null],
  ["ünï", null],
  ["", "not be empty"],
  ["..", 'not have the name ".."'],
  ["../../x", 'not have the name ".."'],
  ["a/../b", 'not have the name ".."'],
  ["a/..", 'not have the name ".."'],
  [".", 'not have the name "."'],
  ["./a", 'not have the name "."'],
  ["/etc/passwd", 'not begin with "/"'],
  ["a//b", EMPTY_NAME],
  ["a/", EMPTY_NAME],
  ["a\0b", CONTROL],
  ["a\nb", CONTROL],
  ["\x1b[2J", CONTROL],
  ["\x7f", CONTROL],
  ["n".repeat(255), null],
  ["ü".repeat(128), "not have a name of more than 255 bytes"],
];

Deno.test("relativePathRule() refuses each path that leads elsewhere", () => {
  for (const [path, rule] of PATHS) {
    assertEquals(relativePathRule(path), rule, JSON.stringify(path));
  }
});

Deno.test("fileNameRule() also refuses folders", () => {
  assertEquals(fileNameRule("dlio.log"), null);
  assertEquals(fileNameRule("logs/dlio.log"), 'not have "/"');
  assertEquals(fileNameRule(".."), 'not have the name ".."');
});

Deno.test("keyPrefixRule() takes DLIO's ./data/ and refuses ..", () => {
  for (
    const prefix of [
      "./data/",
      "data",
      "/data",
      "s3://bucket/data/",
      "s3://bucket",
      ".",
      "./",
    ]
  ) assertEquals(keyPrefixRule(prefix), null, prefix);
  assertEquals(
    keyPrefixRule("fe/../../other/zz"),
    'not have the name ".."',
  );
  assertEquals(keyPrefixRule("s3://b/a/../c"), 'not have the name ".."');
  assertEquals(keyPrefixRule("../b"), 'not have the name ".."');
  assertEquals(keyPrefixRule("a//b"), EMPTY_NAME);
  assertEquals(keyPrefixRule("a\0"), CONTROL);
});

Deno.test("shownName() escapes what would drive a terminal", () => {
  assertEquals(shownName("a\x1b[2Jb"), "a\\x1b[2Jb");
  assertEquals(shownName("plain"), "plain");
});

Deno.test("plainPath() takes each . and .. out of a path", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["nx/../out", "out"],
    ["./data", "data"],
    ["a/./b/", "a/b"],
    ["../a", "../a"],
    ["../../a/../b", "../../b"],
    ["a/../../b", "../b"],
    ["/a/../../b", "/b"],
    ["/..", "/"],
    ["a/..", "."],
    [".", "."],
    ["a//b", "a//b"],
    ["a..b/.c", "a..b/.c"],
  ];
  for (const [path, plain] of cases) assertEquals(plainPath(path), plain, path);
});

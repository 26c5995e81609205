import { assertEquals, assertGreater } from "@std/assert";
import { filesBelow } from "../../scripts/files_below.ts";
import { citationProblems } from "./citations.ts";

const ROOT = new URL("../../", import.meta.url);

const FILES = [
  "README.md",
  "main.ts",
  "deno.json",
  ".ci/run",
  ...["lib/", "scripts/", "tests/", "workloads/"].flatMap((folder) => [
    ...filesBelow(folder),
  ]),
];
/** Bytes and packages, and this very test, whose samples are wrong. */
const UNREAD_REGEXP = /_wasm\.ts$|citations_test\.ts$/;
const TEXT_REGEXP = /\.(ts|md|json|jsonc|yaml|py|sh)$|^\.ci\/run$/;

Deno.test("every citation of the project is in it or public", () => {
  const read = FILES.filter((path) =>
    TEXT_REGEXP.test(path) && !UNREAD_REGEXP.test(path)
  );
  assertGreater(read.length, 300);
  const problems = read.flatMap((path) =>
    citationProblems(path, Deno.readTextFileSync(new URL(path, ROOT)), FILES)
  );
  assertEquals(problems, []);
});

Deno.test("citationProblems() finds what cannot be opened, and only that", () => {
  const samples: readonly (readonly [string, string | null])[] = [
    [" * Spec: dlio.md 5.3.", "dlio.md is not in the project"],
    [" * see `spec/design.md`", "spec/design.md is not in the project"],
    [" * as `lib/README.md` says", null],
    [" * as `help/results.md` says", null],
    ["// https://github.com/a/b/blob/master/LogicalTypes.md#lists", null],
    [
      " * The loop is in `no_such_loop.ts`.",
      "no_such_loop.ts is not in the project",
    ],
    [" * The loop is in `lib/errors.ts`.", null],
    [" * the sum over ranks (quirk 10)", "a numbered quirk of no document"],
    [" * Spec: section 8.2", "a numbered section of an unnamed document"],
    [" * Spec: RFC 1950, section 8.2.", null],
    [" * Spec: W3C PNG, sections 5 and 11", null],
  ];
  for (const [line, problem] of samples) {
    assertEquals(
      citationProblems("lib/a.ts", line, FILES),
      problem === null ? [] : [`lib/a.ts:1: ${problem}`],
      line,
    );
  }
});

/** Tests of the house rules' checkers on small snippets. */
import { assertEquals } from "@std/assert";
import { importCycles, layerProblems } from "./import_rules.ts";
import { MAX_FUNCTION_LINES, sourceProblems } from "./source_rules.ts";

const HEADER = "/** Header. */\n";

function problemsOf(body: string, path = "lib/bytes/x.ts"): string[] {
  return sourceProblems(path, `${HEADER}${body}\n`);
}

Deno.test("layerProblems() allows what the table allows", () => {
  const edges = [
    { from: "lib/formats/npy.ts", to: "lib/bytes/crc.ts" },
    { from: "lib/formats/npy.ts", to: "lib/errors.ts" },
    { from: "lib/sampling/shard.ts", to: "lib/random/seeds.ts" },
    { from: "lib/config/schema.ts", to: "npm:zod@4.6.7" },
    { from: "lib/cli/version.ts", to: "deno.json" },
    { from: "main.ts", to: "lib/cli/dispatch.ts" },
  ];
  assertEquals(layerProblems(edges), []);
});

Deno.test("layerProblems() refuses a higher layer, a sibling and a worker", () => {
  const problem = (from: string, to: string) =>
    layerProblems([{ from, to }]).length;
  assertEquals(problem("lib/bytes/a.ts", "lib/cli/console.ts"), 1);
  assertEquals(problem("lib/formats/a.ts", "lib/storage/storage.ts"), 1);
  assertEquals(problem("lib/sampling/a.ts", "lib/random/fill.ts"), 1);
  assertEquals(problem("lib/report/a.ts", "lib/engine/run.ts"), 1);
  assertEquals(
    problem("lib/engine/a.ts", "lib/engine/training/reader_worker.ts"),
    1,
  );
  assertEquals(problem("main.ts", "lib/errors.ts"), 1);
  assertEquals(problem("lib/bytes/a.ts", "tests/x.ts"), 1);
  assertEquals(problem("lib/plumbing/a.ts", "lib/errors.ts"), 1);
});

Deno.test("importCycles() names the ring and ignores diamonds", () => {
  const diamond = [
    { from: "a", to: "b" },
    { from: "a", to: "c" },
    { from: "b", to: "d" },
    { from: "c", to: "d" },
  ];
  assertEquals(importCycles(diamond), []);
  assertEquals(importCycles([...diamond, { from: "d", to: "b" }]), [
    "b → d → b",
  ]);
});

Deno.test("sourceProblems() accepts a documented function", () => {
  assertEquals(problemsOf("/** Doc. */\nexport function f(): void {}"), []);
});

Deno.test("sourceProblems() keeps what threads load in Latin-1", () => {
  const body = "/** \u2026 */\nconst a = 1;";
  assertEquals(problemsOf(body, "lib/report/x.ts"), []);
  assertEquals(problemsOf(body.replace("\u2026", "\u00b5")), []);
  assertEquals(problemsOf(body), [
    "lib/bytes/x.ts:2: a character beyond Latin-1, which doubles what the " +
    "file takes in every thread",
  ]);
});

Deno.test("sourceProblems() asks for header and doc comments", () => {
  assertEquals(sourceProblems("lib/x.ts", "const a = 1;\n"), [
    "lib/x.ts: does not open with a header comment",
  ]);
  assertEquals(problemsOf("\nexport const A = 1;"), [
    "lib/bytes/x.ts:3: an export without a doc comment",
  ]);
});

Deno.test("sourceProblems() lets overloads share a comment", () => {
  const body = `/** Doc. */
export function f(a: string): string;
export function f(a: number): number;
export function f(a: unknown): unknown {
  return a;
}`;
  assertEquals(problemsOf(body), []);
});

Deno.test("sourceProblems() finds banned lines", () => {
  const lines = [
    "export default 1;",
    "enum A {}",
    "  private a = 1;",
    "// TO" + "DO later",
    "const a = b as any;",
    "const f = (x: any) => x;",
    "console.log(1);",
    "Deno.env.get('A');",
    "Deno.stdout.writeSync(a);",
    'if (phase.kind === "train") a();',
    'phases.filter(({ kind }) => kind !== "load_checkpoint");',
  ];
  for (const line of lines) {
    assertEquals(problemsOf(line).length, 1, line);
  }
  assertEquals(problemsOf("// as any reader knows"), []);
  assertEquals(problemsOf("Deno.args;", "lib/cli/context.ts"), []);
  assertEquals(problemsOf('if (origin.kind === "override") a();'), []);
});

Deno.test("sourceProblems() measures functions, methods and arrows", () => {
  const body = (count: number, indent: string) =>
    `${indent}  work();\n`.repeat(count - 2);
  const long = MAX_FUNCTION_LINES + 1;
  const wrap: readonly ((count: number) => string)[] = [
    (count) => `function f() {\n${body(count, "")}}`,
    (count) => `const f = (a: number) => {\n${body(count, "")}};`,
    (count) => `class A {\n  #f(): void {\n${body(count, "  ")}  }\n}`,
    (count) => `function f({\n  a,\n}: A): void {\n${body(count - 2, "")}}`,
  ];
  for (const make of wrap) {
    assertEquals(problemsOf(make(MAX_FUNCTION_LINES)), [], make(4));
    assertEquals(problemsOf(make(long)).length, 1, make(4));
  }
});

Deno.test("sourceProblems() measures files and refuses vague names", () => {
  assertEquals(problemsOf("a;\n".repeat(498)), []);
  assertEquals(problemsOf("a;\n".repeat(499)).length, 1);
  assertEquals(problemsOf("a;", "lib/bytes/utils.ts").length, 1);
});

/**
 * The house rules as a test: layers, cycles, sizes, who may use what.
 */
import { assertEquals, assertGreater } from "@std/assert";
import { TERMINAL_VARIABLES } from "../lib/cli/terminal.ts";
import { ENVIRONMENT_NAMES } from "../lib/config/environment_source.ts";
import { FORMATS } from "../lib/formats/registry.ts";
import { STORAGE_KINDS } from "../lib/storage/kinds.ts";
import { filesBelow } from "../scripts/files_below.ts";
import { importCycles, layerProblems } from "./architecture/import_rules.ts";
import { importEdges } from "./architecture/module_graph.ts";
import { isExempt, sourceProblems } from "./architecture/source_rules.ts";

const ROOT = new URL("../", import.meta.url);

/** TypeScript files below a folder of the project. */
function sourcesBelow(folder: string): string[] {
  return [...filesBelow(folder)].filter((path) => path.endsWith(".ts"));
}

const LIB_FILES = ["main.ts", ...sourcesBelow("lib/")].sort();

Deno.test("lib/ keeps its layers, without cycles or dead ends", async () => {
  const modules = LIB_FILES.filter((path) =>
    path.endsWith("_wasm.ts") || !isExempt(path)
  );
  const edges = await importEdges(ROOT, modules);
  assertGreater(edges.length, modules.length / 2);
  assertEquals(layerProblems(edges), []);
  assertEquals(importCycles(edges), []);
  const missing = edges.filter(({ to }) =>
    to.startsWith("lib/") && !LIB_FILES.includes(to)
  );
  assertEquals(missing, []);
});

Deno.test("every source file keeps the house rules", () => {
  const problems = [...LIB_FILES, ...sourcesBelow("scripts/")]
    .filter((path) => !isExempt(path))
    .flatMap((path) =>
      sourceProblems(path, Deno.readTextFileSync(new URL(path, ROOT)))
    );
  assertEquals(problems, []);
});

Deno.test("storages and formats are named by their own folders alone", () => {
  // These words mean other things as well, such as a checkpoint's container.
  const ambiguous = ["null", "synthetic", "raw", "safetensors"];
  const names = [...Object.keys(STORAGE_KINDS), ...Object.keys(FORMATS)]
    .filter((name) => !ambiguous.includes(name));
  const literal = new RegExp(`(?<!\\[)"(${names.join("|")})"`);
  const found = LIB_FILES
    .filter((path) => !/^lib\/(storage|formats)\//.test(path))
    .flatMap((path) =>
      Deno.readTextFileSync(new URL(path, ROOT)).split("\n")
        .filter((line) => literal.test(line) && !/^\s*(\/\/|\/?\*)/.test(line))
        .map((line) => `${path}: ${line.trim()}`)
    );
  // Types of members and the two defaults are no lists.
  const lists = found.filter((each) =>
    !/\.default\("\w+"\)/.test(each) && !/Omit<DatasetSpec/.test(each)
  );
  assertEquals(lists, []);
});

Deno.test("the top level holds nothing but what is fixed", () => {
  const fixed = [
    "LICENSE",
    "README.md",
    "deno.json",
    "deno.lock",
    "lib",
    "main.ts",
    "scripts",
    "tests",
    "workloads",
  ];
  // What a run leaves behind; .gitignore names the same.
  const made = ["data", "results", "checkpoints", "dist", "node_modules"];
  const found = [...Deno.readDirSync(ROOT)].map(({ name }) => name)
    .filter((name) => !name.startsWith(".") && !made.includes(name));
  assertEquals(found.filter((name) => !fixed.includes(name)), []);
});

Deno.test("tasks permit the environment variables that are read, no more", () => {
  const { tasks } = JSON.parse(
    Deno.readTextFileSync(new URL("deno.json", ROOT)),
  );
  for (const task of ["bench", "stoker"]) {
    const { command } = tasks[task];
    const names = /--allow-env=(\S+)/.exec(command)?.[1]?.split(",") ?? [];
    const read = [...ENVIRONMENT_NAMES, ...TERMINAL_VARIABLES];
    assertEquals(names.sort(), read.sort(), task);
  }
});

/**
 * The layers of `lib/`: which folder may import which.
 *
 * A lower layer never imports a higher one, siblings never import each other
 * unless the table says so.
 *
 * The table in words: `lib/README.md`.
 */
import type { ImportEdge } from "./module_graph.ts";

/**
 * Folder of `lib/` to what it may import beside itself, errors and deps: a
 * folder, or single files of one.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  lazy_import: [],
  early_messages: [],
  deps: [],
  bytes: [],
  random: ["bytes"],
  metrics: ["bytes"],
  results: ["bytes", "metrics"],
  cluster: ["bytes", "libc", "host/system_file.ts"],
  libc: [],
  host: ["bytes", "libc"],
  sampling: ["bytes", "random/seeds.ts"],
  formats: ["bytes", "random"],
  storage: ["bytes", "libc"],
  // The schema asks the registries which names exist, what is known of them
  // without loading, and which options kinds of storage have; and it knows what a
  // distribution is. No more.
  config: [
    "bytes",
    // Names of variables, which the environment is read by.
    "cluster/mpi/launcher.ts",
    "random/distribution.ts",
    "formats/registry.ts",
    "formats/format.ts",
    "storage/kinds.ts",
    "storage/option_row.ts",
    "storage/storage.ts",
  ],
  checkpoint: ["config", "storage", "random", "bytes", "metrics", "cluster"],
  engine: [
    "bytes",
    "random",
    "sampling",
    "metrics",
    "cluster",
    "host",
    "formats",
    "storage",
    "config",
    "checkpoint",
    "libc",
  ],
  compare: ["bytes", "metrics", "results"],
  history: ["bytes", "metrics", "results", "host"],
  report: ["bytes", "metrics", "results", "config", "compare"],
  rules: ["bytes", "metrics", "results"],
  measure: [
    "metrics",
    "results",
    "cluster",
    "host",
    "config",
    "engine",
    "report",
    "rules",
  ],
  saturate: ["bytes", "metrics", "results", "report"],
  cli: [
    "bytes",
    "random",
    "sampling",
    "metrics",
    "results",
    "cluster",
    "host",
    "formats",
    "storage",
    "config",
    "checkpoint",
    "engine",
    "compare",
    "history",
    "report",
    "rules",
    "measure",
    "saturate",
  ],
};

/** Files that everybody may import. */
const COMMON_FOLDERS = ["errors", "lazy_import", "early_messages", "deps"];

/**
 * Imports that break the layers.
 *
 * @returns One sentence per broken rule.
 */
export function layerProblems(edges: readonly ImportEdge[]): string[] {
  return edges.flatMap(({ from, to }) => {
    const problem = edgeProblem(from, to);
    return problem === null ? [] : [`${from} imports ${to}: ${problem}`];
  });
}

function edgeProblem(from: string, to: string): string | null {
  if (to.endsWith("_worker.ts")) return "workers are started, not imported";
  if (from === "main.ts") {
    return to === "lib/cli/dispatch.ts" ? null : "main.ts only dispatches";
  }
  if (!from.startsWith("lib/")) return null;
  // deno.json says which version this is; only cli/version.ts asks.
  if (to === "deno.json" && from === "lib/cli/version.ts") return null;
  // Packages: the import map of deno.json has them all.
  if (/^(npm|node|jsr):/.test(to)) return null;
  if (!to.startsWith("lib/")) return "lib/ imports nothing outside of lib/";

  const source = folderOf(from);
  const target = folderOf(to);
  const allowed = MAY_IMPORT[source];
  if (allowed === undefined) return `${source} is not in the table of layers`;
  const isAllowed = source === target || COMMON_FOLDERS.includes(target) ||
    allowed.includes(target) || allowed.includes(to.slice("lib/".length));
  return isAllowed ? null : `${source} may not import ${target}`;
}

/** "lib/bytes/sizes.ts" is in "bytes", "lib/errors.ts" in "errors". */
function folderOf(path: string): string {
  return path.split("/")[1]!.replace(/\.ts$/, "");
}

/**
 * Rings of imports, type-only ones included.
 *
 * @returns One text per ring: "a.ts → b.ts → a.ts".
 */
export function importCycles(edges: readonly ImportEdge[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) {
    targets.set(from, [...targets.get(from) ?? [], to]);
  }
  const cycles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file].join(" → "));
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of targets.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of targets.keys()) visit(file);
  return cycles;
}

/**
 * What somebody said of a workload: its file with the command line laid over
 * it, under the names that were used, without defaults.
 *
 * This is what MLPerf Storage keeps of a run as its parameters and computes
 * the class of comparable runs from (`core_config.ts`).
 */
import { ConfigError } from "../errors.ts";
import type { WorkloadSources } from "./gather.ts";
import { removeNested, setNested } from "./layered_values.ts";
import { parseYaml } from "./yaml_source.ts";

/**
 * Gathers it.
 *
 * @param sources Where the workload came from; the environment does not take
 *   part, because it says where storage is and not what is run.
 * @returns A tree of its own, with secrets: mask it before it is shown. Of a
 *   file that cannot be read only what the command line said.
 */
export function givenParameters(
  { yaml, overrides = [] }: WorkloadSources,
): Record<string, unknown> {
  const tree = yaml === undefined ? {} : fileTree(yaml);
  for (const { action, path, value } of overrides) {
    if (action === "remove") {
      removeNested(tree, path);
      continue;
    }
    clearWay(tree, path);
    setNested(tree, path, structuredClone(value));
  }
  return tree;
}

function fileTree(yaml: NonNullable<WorkloadSources["yaml"]>) {
  try {
    return structuredClone(parseYaml(yaml).tree) as Record<string, unknown>;
  } catch (error) {
    // Whoever resolves the same file reports what is wrong with it.
    if (error instanceof ConfigError) return {};
    throw error;
  }
}

/** Makes maps of what stands above a path and is none, as Hydra does. */
function clearWay(tree: Record<string, unknown>, path: string): void {
  const keys = path.split(".").slice(0, -1);
  let node = tree;
  for (const key of keys) {
    const below = Object.hasOwn(node, key) ? node[key] : undefined;
    if (
      typeof below !== "object" || below === null || Array.isArray(below)
    ) {
      setNested(node, key, {});
    }
    node = node[key] as Record<string, unknown>;
  }
}

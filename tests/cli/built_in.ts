/** Built-in workloads for tests. */
import { parseOverrides } from "../../lib/config/overrides.ts";
import { resolveWorkload } from "../../lib/config/resolve.ts";
import type { Workload } from "../../lib/config/workload.ts";

/** Resolves a built-in workload. @param overrides "section.key=value". */
export function builtIn(
  name: string,
  overrides: readonly string[] = [],
): Workload {
  const path = new URL(`../../workloads/${name}.yaml`, import.meta.url);
  return resolveWorkload({
    yaml: { path: path.pathname, text: Deno.readTextFileSync(path) },
    overrides: parseOverrides(overrides).overrides,
  }, { cpuCount: 2 }).workload;
}

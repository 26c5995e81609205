/**
 * Everything that may make two runs differ: facts of the run, of its hosts
 * and of Stoker, then the settings with where each value came from.
 */
import type { ComparedRun } from "./compared_run.ts";

/** A value and where it came from. */
export interface ComparedSetting {
  readonly value: unknown;
  /** "default", "++workload.…", "measured" for facts of a host. */
  readonly origin: string;
}

/** Where and how results are kept: nothing that is measured. */
const NOISE_KEYS: ReadonlySet<string> = new Set([
  "output.folder",
  "output.log_file",
  "output.log_level",
]);

const FACT_ORIGIN = "of the run";

/**
 * Everything that may make two runs differ, key to value.
 *
 * @param run A run.
 * @returns Facts of the run, then its settings in the schema's order.
 */
export function settingRows(
  { record, context }: Pick<ComparedRun, "record" | "context">,
): (readonly [string, ComparedSetting])[] {
  const fact = (key: string, value: unknown) =>
    [key, { value, origin: FACT_ORIGIN }] as const;
  return [
    fact("label", context.label),
    fact("accelerators", record.accelerators),
    fact("hosts", record.hosts.map(({ hostname }) => hostname).join(", ")),
    fact("host processors", record.hosts.map(({ cpuCount }) => cpuCount)),
    fact("host memory bytes", record.hosts.map((host) => host.memoryBytes)),
    fact("host system", record.hosts.map(({ osRelease }) => osRelease)),
    fact("stoker version", context.stokerVersion),
    fact("deno version", context.versions.deno ?? null),
    ...Object.entries(context.settings)
      .filter(([key]) => !NOISE_KEYS.has(key)),
  ];
}

/**
 * Facts of this host that belong to a result: what it was measured on.
 */
import { readSystemFile } from "./system_file.ts";

/** Facts of one host. */
export interface HostFacts {
  readonly hostname: string;
  /** Processors that this process may use. */
  readonly cpuCount: number;
  /** Name of the processor; "unknown" where the host does not tell. */
  readonly cpuModel: string;
  readonly memoryBytes: number;
  /** `/proc/cpuinfo`, key to value, the last processor winning. */
  readonly cpuInfo: Readonly<Record<string, string>>;
  /** `/proc/meminfo`, key to value. */
  readonly memInfo: Readonly<Record<string, string>>;
  readonly osRelease: string;
}

/** Gathers the facts of this host. */
export function readHostFacts(): HostFacts {
  const cpuInfo = parseColonTable(readSystemFile("/proc/cpuinfo").value ?? "");
  const memInfo = parseColonTable(readSystemFile("/proc/meminfo").value ?? "");
  return {
    hostname: Deno.hostname(),
    cpuCount: navigator.hardwareConcurrency,
    cpuModel: cpuInfo["model name"] ?? cpuInfo["Model"] ?? "unknown",
    memoryBytes: Deno.systemMemoryInfo().total,
    cpuInfo,
    memInfo,
    osRelease: Deno.osRelease(),
  };
}

/**
 * Takes a table of `key : value` lines apart, as `/proc/cpuinfo` and
 * `/proc/meminfo` have it.
 *
 * @returns Value by key, both trimmed; a key's last line wins.
 */
export function parseColonTable(text: string): Record<string, string> {
  const table: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    table[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return table;
}

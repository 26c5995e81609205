/**
 * What went wrong in some of a run's processes, as one text for all:
 *
 *    on 14 of 16 hosts (node01, node02, node03 ...): Cannot open "/data": ...
 *    on node04: Cannot open "/data": ...
 *
 * Equal texts are said once, with the hosts that say it; where all processes
 * are on one host, with the processes.
 */
import { hostnameOf, type Placement } from "./placement.ts";

/** What one process has to say; an empty list: nothing. */
export type Told = readonly string[];

/** Hosts that are named; of more the number is enough. */
const NAMED_MAX = 3;

/**
 * Groups what processes say.
 *
 * @param placement Where they are.
 * @param told By process.
 * @returns One text for each that was said, in the order of processes.
 */
export function groupTold(
  placement: Placement,
  told: readonly Told[],
): string[] {
  const processesOf = new Map<string, Set<number>>();
  for (const [process, texts] of told.entries()) {
    for (const text of texts) {
      const found = processesOf.get(text) ?? new Set();
      processesOf.set(text, found.add(process));
    }
  }
  return [...processesOf].map(([text, processes]) =>
    `${whereText(placement, [...processes])}${text}`
  );
}

/** "on node04: "; empty where every process says it. */
function whereText(
  placement: Placement,
  processes: readonly number[],
): string {
  const { hostnames, hostOf } = placement;
  if (processes.length === hostOf.length) return "";
  if (hostnames.length === 1) {
    return processes.length === 1
      ? `in process ${processes[0]}: `
      : `in ${processes.length} of ${hostOf.length} processes: `;
  }
  const names = [
    ...new Set(processes.map((process) => hostOf[process] ?? 0)),
  ].map((host) => hostnames[host] ?? "");
  if (names.length === 1) {
    return `on ${hostnameOf(placement, processes[0] ?? 0)}: `;
  }
  const named = names.slice(0, NAMED_MAX).join(", ");
  const more = names.length > NAMED_MAX ? " \u2026" : "";
  return `on ${names.length} of ${hostnames.length} hosts ` +
    `(${named}${more}): `;
}

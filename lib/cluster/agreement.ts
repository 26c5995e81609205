/**
 * What all processes of a run must have in common, compared before anything is
 * done:
 *
 *    training files: 3500 on node01, node02, node04; 3499 on node03
 */
import { hostnameOf, type Placement } from "./placement.ts";

/** What one process has, by what it is called for people. */
export type Facts = Readonly<Record<string, string | number>>;

/** Processes that are named for one value; of more the number is enough. */
const NAMED_MAX = 3;

/**
 * Compares what processes have.
 *
 * @param placement Where they are.
 * @param facts By process; what one of them does not name is "not there".
 * @returns One text for each fact in which they differ, in the order of the
 *   first process.
 */
export function disagreements(
  placement: Placement,
  facts: readonly Facts[],
): string[] {
  const names = new Set(facts.flatMap((each) => Object.keys(each)));
  const texts: string[] = [];
  for (const name of names) {
    const processesOf = new Map<string, number[]>();
    for (const [process, each] of facts.entries()) {
      const value = String(each[name] ?? "not there");
      processesOf.set(value, [...processesOf.get(value) ?? [], process]);
    }
    if (processesOf.size <= 1) continue;
    const parts = [...processesOf].map(([value, processes]) =>
      `${value} ${whoText(placement, processes)}`
    );
    texts.push(`${name}: ${parts.join("; ")}`);
  }
  return texts;
}

/** "on node01, node02", and the processes where there is one host. */
function whoText(placement: Placement, processes: readonly number[]): string {
  const isOneHost = placement.hostnames.length === 1;
  const names = isOneHost
    ? processes.map(String)
    : [...new Set(processes.map((each) => hostnameOf(placement, each)))];
  const named = names.slice(0, NAMED_MAX).join(", ");
  const more = names.length - NAMED_MAX;
  return `${isOneHost ? "in process" : "on"} ${named}` +
    (more > 0 ? ` and ${more} more` : "");
}

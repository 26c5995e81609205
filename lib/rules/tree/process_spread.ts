/**
 * How the processes of a run are spread over its hosts.
 */

/** More hosts than any machine room has. */
const MAX_HOSTS = 100_000;

/**
 * As evenly as it goes, the first hosts having one more.
 *
 * @returns Processes of each host; null if nobody says how many there are.
 */
export function spreadEvenly(
  processes: number | null,
  hostCount: number | null,
): number[] | null {
  if (processes === null || hostCount === null || hostCount < 1) return null;
  const count = Math.min(Math.floor(hostCount), MAX_HOSTS);
  const base = Math.floor(processes / count);
  const rest = processes - base * count;
  return Array.from({ length: count }, (_, i) => base + (i < rest ? 1 : 0));
}

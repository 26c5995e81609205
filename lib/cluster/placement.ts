/**
 * Which processes share a host, and how many accelerators each process has.
 *
 *    process      0  1  2  3
 *    host         0  0  1  1      in the order of their first processes
 *    shares       3  2  2  2      --accelerators-per-host 5,4
 */
import { ConfigError } from "../errors.ts";
import { evenShares } from "./ranks.ts";

/** See the file header. */
export interface Placement {
  /** Names of the hosts. */
  readonly hostnames: readonly string[];
  /** Number of each process's host. */
  readonly hostOf: readonly number[];
}

/** What tells a host from others: two may have the same name. */
export interface HostIdentity {
  readonly hostname: string;
  /** Of its kernel since it was started; "" where it does not tell. */
  readonly bootId: string;
}

/** A single process. */
export function placedAlone(hostname: string): Placement {
  return { hostnames: [hostname], hostOf: [0] };
}

/** @param identities Of the host of each process. */
export function placementOf(identities: readonly HostIdentity[]): Placement {
  const numbers = new Map<string, number>();
  const hostnames: string[] = [];
  const hostOf = identities.map(({ hostname, bootId }) => {
    const key = JSON.stringify([hostname, bootId]);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, hostnames.length);
    return hostnames.push(hostname) - 1;
  });
  return { hostnames, hostOf };
}

/** Name of a process's host. */
export function hostnameOf(
  { hostnames, hostOf }: Placement,
  process: number,
): string {
  return hostnames[hostOf[process] ?? -1] ?? "";
}

/** Whether a process is the first one of its host. */
export function isFirstOfHost({ hostOf }: Placement, process: number): boolean {
  return hostOf.indexOf(hostOf[process] ?? -1) === process;
}

/** Processes that share the host of one of them. */
export function processesBeside(
  { hostOf }: Placement,
  process: number,
): number {
  return hostOf.filter((host) => host === hostOf[process]).length;
}

/** "process 1 on node02". */
export function processTitle(placement: Placement, process: number): string {
  const hostname = hostnameOf(placement, process);
  return `process ${process}${hostname === "" ? "" : ` on ${hostname}`}`;
}

/**
 * Accelerators of each process where each host has a number of its own; its
 * processes share them evenly.
 *
 * @param placement Which processes a host has.
 * @param perHost Accelerators of each host; a single number is that of all.
 * @throws {ConfigError} If the numbers are not as many as the hosts, or a
 *   process would have none.
 */
export function sharesByHost(
  { hostnames, hostOf }: Placement,
  perHost: readonly number[],
): number[] {
  const counts = perHost.length === 1
    ? hostnames.map(() => perHost[0] ?? 0)
    : perHost;
  if (counts.length !== hostnames.length) {
    throw new ConfigError([
      `Cannot use --accelerators-per-host ${perHost.join(",")} as it must be ` +
      `one number, or one for each host: the processes run on ` +
      `${hostnames.length} (${hostnames.join(", ")})`,
    ]);
  }
  const shares = hostOf.map(() => 0);
  for (const [host, count] of counts.entries()) {
    const processes = [...hostOf.keys()].filter((p) => hostOf[p] === host);
    if (count < processes.length) {
      throw new ConfigError([
        `Cannot share ${count} accelerators among ${processes.length} ` +
        `processes of ${hostnames[host]} as each must have at least one: ` +
        `--accelerators-per-host is ${perHost.join(",")}`,
      ]);
    }
    for (
      const [index, share] of evenShares(processes.length, count).entries()
    ) {
      shares[processes[index] ?? 0] = share;
    }
  }
  return shares;
}

/** Accelerators of each host. @param shares Accelerators of each process. */
export function acceleratorsByHost(
  { hostnames, hostOf }: Placement,
  shares: readonly number[],
): number[] {
  const counts = hostnames.map(() => 0);
  for (const [process, host] of hostOf.entries()) {
    counts[host] = (counts[host] ?? 0) + (shares[process] ?? 0);
  }
  return counts;
}

/** The process of a rank. @param shares Accelerators of each process. */
export function processOfRank(shares: readonly number[], rank: number): number {
  let end = 0;
  for (const [process, share] of shares.entries()) {
    end += share;
    if (rank < end) return process;
  }
  throw new RangeError(`there is no rank ${rank}`);
}

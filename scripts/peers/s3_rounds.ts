/**
 * Rounds of all S3 clients over the same objects. A client that fails is left
 * out from then on and says why; the others go on.
 */
import { median } from "../perf/measure.ts";
import type { ClientOrder, Pass, S3Client } from "./s3_clients.ts";

/** Connections, compiled code and memory are there after as many passes. */
export const WARM_PASSES = 2;

/** What one client did. */
export interface ClientRounds {
  readonly client: S3Client;
  /** One per round. */
  readonly paces: readonly Pace[];
  /** Why it was left out; null if it was not. */
  readonly problem: string | null;
}

/** How one client reads in one round. */
export interface Pace {
  /** 10^9 bytes per second. */
  readonly gigabytesPerSecond: number;
  /** Per 10^9 bytes. */
  readonly cpuSeconds: number;
}

/**
 * Lets each client read in each round, in the other direction every second
 * time: what else the machine does then hits all of them.
 *
 * @param order For all clients; `library` is set to each one's.
 * @param byteCount Of all objects.
 * @returns In the order of `clients`.
 */
export async function readInRounds(
  clients: readonly S3Client[],
  order: Omit<ClientOrder, "library">,
  { roundCount, byteCount }: { roundCount: number; byteCount: number },
): Promise<readonly ClientRounds[]> {
  const all = clients.map((client) => ({
    client,
    paces: [] as Pace[],
    problem: null as string | null,
  }));
  for (let round = 0; round < roundCount; round++) {
    for (const rounds of round % 2 === 0 ? all : all.toReversed()) {
      if (rounds.problem !== null) continue;
      const { client } = rounds;
      try {
        if (round === 0) await client.prepare();
        const passes = await client.run({ ...order, library: client.library });
        rounds.paces.push(paceOf(passes, byteCount));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        rounds.problem = error.message;
      }
    }
  }
  return all;
}

/** Cells for one client: GB/s and CPU seconds per GB, each with its range. */
export function paceCells({ paces, problem }: ClientRounds): string[] {
  if (problem !== null || paces.length === 0) return ["-", "-", "-", "-"];
  const rates = paces.map(({ gigabytesPerSecond }) => gigabytesPerSecond);
  const costs = paces.map(({ cpuSeconds }) => cpuSeconds);
  return [
    median(rates).toFixed(2),
    rangeOf(rates),
    median(costs).toFixed(2),
    rangeOf(costs),
  ];
}

/** @throws {Error} If a pass did not read every byte. */
function paceOf(passes: readonly Pass[], byteCount: number): Pace {
  for (const pass of passes) {
    if (pass.byteCount === byteCount) continue;
    throw new Error(
      `read ${pass.byteCount} bytes in a pass, but the objects have ` +
        `${byteCount}`,
    );
  }
  const counted = passes.slice(WARM_PASSES);
  const sum = (of: (pass: Pass) => number) =>
    counted.reduce((total, pass) => total + of(pass), 0);
  const gigabytes = counted.length * byteCount / 1e9;
  return {
    gigabytesPerSecond: gigabytes / sum(({ seconds }) => seconds),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds) / gigabytes,
  };
}

function rangeOf(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)} to ${
    Math.max(...values).toFixed(2)
  }`;
}

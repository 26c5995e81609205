/**
 * The processes of a run as several {@linkcode ProcessLink}s of one process,
 * for tests of whatever runs over them.
 */
import {
  BarrierMemory,
  createBarrierMemory,
} from "../../lib/cluster/barrier_memory.ts";
import { BARRIER_CHANNELS } from "../../lib/cluster/barrier_place.ts";
import type { PeerLoss, ProcessLink } from "../../lib/cluster/link.ts";

/** Links, and what a test may do to them. */
export interface MemoryLinks extends Disposable {
  /** By process. */
  readonly links: readonly ProcessLink[];
  /** A process is gone without a word, as by kill -9. */
  kill(process: number): void;
  /** What a process says last never comes. */
  silence(process: number): void;
  /** Collective calls that each process has made. */
  readonly callCounts: readonly number[];
}

/** One collective call, until every process has made it. */
interface Meeting {
  readonly name: string;
  readonly bytes: (Uint8Array | null)[];
  arrived: number;
  readonly over: PromiseWithResolvers<void>;
}

/** Between two looks at the barriers of all processes. */
const RELAY_MS = 1;

/**
 * Makes links. Threads of all processes meet at their barriers until the
 * links are disposed of.
 *
 * @param size Processes.
 * @param hostnames Of each, for losses.
 */
export function memoryLinks(
  size: number,
  hostnames: readonly string[] = [],
): MemoryLinks {
  const memories = Array.from({ length: size }, createBarrierMemory);
  const barriers = memories.map((memory) => new BarrierMemory(memory));
  const relay = setInterval(() => {
    for (const channel of Object.values(BARRIER_CHANNELS)) {
      if (!barriers.every((each) => each.isRequested(channel))) continue;
      for (const each of barriers) each.release(channel);
    }
  }, RELAY_MS);
  const meetings: Meeting[] = [];
  const callCounts = Array.from({ length: size }, () => 0);
  const losses = callCounts.map(() => Promise.withResolvers<PeerLoss>());
  const lastWords: (Uint8Array | null)[] = callCounts.map(() => null);
  const meeting = (process: number, name: string): Meeting => {
    const index = callCounts[process] ?? 0;
    callCounts[process] = index + 1;
    const found = meetings[index] ??= {
      name,
      bytes: callCounts.map(() => null),
      arrived: 0,
      over: Promise.withResolvers<void>(),
    };
    if (found.name !== name) {
      throw new Error(
        `process ${process} calls ${name} where another calls ${found.name}`,
      );
    }
    return found;
  };
  const meet = async (
    process: number,
    name: string,
    bytes: Uint8Array | null,
  ): Promise<(Uint8Array | null)[]> => {
    const { bytes: all, over } = arrive(meeting(process, name), process, bytes);
    const lost = losses[process]?.promise.then((loss) => {
      throw new Error(`process ${loss.process} is gone`);
    });
    await Promise.race([over.promise, lost]);
    return all;
  };
  const arrive = (
    found: Meeting,
    process: number,
    bytes: Uint8Array | null,
  ): Meeting => {
    // What crosses between processes is a copy.
    found.bytes[process] = bytes?.slice() ?? null;
    found.arrived++;
    if (found.arrived === size) found.over.resolve();
    return found;
  };
  const lose = (process: number, reason: string | null) => {
    const hostname = hostnames[process] ?? "";
    for (const [other, loss] of losses.entries()) {
      if (other === process) continue;
      const isNoticedHere = reason === null && other === (process + 1) % size;
      loss.resolve({ process, hostname, reason, isNoticedHere });
    }
  };
  const links = callCounts.map((_, rank): ProcessLink => ({
    cluster: { rank, size },
    transport: {
      library: "memory",
      version: "1",
      path: "tests/cluster/memory_links.ts",
      launcher: "a test",
      barrier: "MPI",
    },
    barrierPlace: { kind: "relay", memory: memories[rank]! },
    peerLoss: losses[rank]!.promise,
    async toAll(bytes) {
      const all = await meet(rank, "toAll", bytes);
      return all.map((each) => each ?? new Uint8Array());
    },
    async toFirst(bytes) {
      const all = await meet(rank, "toFirst", bytes);
      return rank === 0 ? all.map((each) => each ?? new Uint8Array()) : null;
    },
    async fromFirst(bytes) {
      const [first] = await meet(rank, "fromFirst", bytes);
      return first ?? new Uint8Array();
    },
    leave(reason) {
      lose(rank, reason);
      return Promise.resolve();
    },
    async lastToFirst(bytes, timeoutMs) {
      if (!silenced.has(rank)) lastWords[rank] = bytes.slice();
      if (rank !== 0) return null;
      const endMs = performance.now() + timeoutMs;
      const isMissing = () =>
        lastWords.some((words, process) =>
          words === null && !killed.has(process)
        );
      while (isMissing() && performance.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return [...lastWords];
    },
    reachesFirst: () => Promise.resolve(!killed.has(0)),
    close: () => Promise.resolve(),
  }));
  const killed = new Set<number>();
  const silenced = new Set<number>();
  return {
    links,
    callCounts,
    kill(process) {
      killed.add(process);
      lose(process, null);
    },
    silence(process) {
      silenced.add(process);
    },
    [Symbol.dispose]: () => clearInterval(relay),
  };
}

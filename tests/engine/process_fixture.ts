/**
 * A run over several processes, for tests: each is a call of its own in this
 * process, with links in memory between them.
 */
import {
  hostnameOf,
  type Placement,
  placementOf,
} from "../../lib/cluster/placement.ts";
import { peerError } from "../../lib/engine/run/together.ts";
import type { RunHooks } from "../../lib/engine/run/run_hooks.ts";
import { type MemoryLinks, memoryLinks } from "../cluster/memory_links.ts";
import { quietHooks } from "./engine_fixture.ts";

/** One of the processes. */
export interface TestProcess {
  readonly rank: number;
  readonly hooks: RunHooks;
  /** Stops this process as Ctrl-C does. @param reason A StokerError. */
  readonly stop: (reason: Error) => void;
  /** All of them. */
  readonly network: MemoryLinks;
}

/** Where processes are: each on a host of its own, "host0" and so on. */
export function ownHosts(size: number): Placement {
  return placementOf(
    Array.from({ length: size }, (_, process) => ({
      hostname: `host${process}`,
      bootId: "",
    })),
  );
}

/**
 * Does something in every process at once.
 *
 * @param placement Where the processes are.
 * @param act What each of them does.
 * @returns What they returned, by process.
 */
export async function inProcesses<T>(
  placement: Placement,
  act: (process: TestProcess) => Promise<T>,
): Promise<T[]> {
  const { hostOf } = placement;
  const hostnames = hostOf.map((_, process) => hostnameOf(placement, process));
  using network = memoryLinks(hostOf.length, hostnames);
  return await Promise.all(
    network.links.map((link, rank) => {
      const controller = new AbortController();
      link.peerLoss.then((loss) =>
        controller.abort(peerError(placement, loss))
      );
      const hooks = quietHooks({
        link,
        placement,
        hostname: hostnames[rank] ?? "",
        signal: controller.signal,
      });
      const stop = (reason: Error) => controller.abort(reason);
      return act({ rank, hooks, stop, network });
    }),
  );
}

/**
 * The hosts of a run, as process 0 keeps them: what each of them is, what runs
 * on it, and how far its wall clock is from that of process 0.
 *
 * Clocks are compared by pings: all processes meet and each looks at its clock.
 * They leave such a meeting within a few milliseconds of each other, so an
 * offset is known to about that. It is for people who lay logs side by side;
 * nothing that is measured goes by it.
 */
import { decodeMessage, encodeMessage } from "../cluster/message.ts";
import { acceleratorsByHost, processesBeside } from "../cluster/placement.ts";
import { evenShares } from "../cluster/ranks.ts";
import type { RunHooks } from "../engine/run/run_hooks.ts";
import { waitForOthers } from "../engine/run/together.ts";
import type { HostFacts } from "../host/host_facts.ts";
import type { HostRecord } from "../metrics/run_record.ts";

/** Odd: the median is one of them. */
const PING_COUNT = 9;

/** What one process says of its host. */
interface Said {
  readonly host: HostFacts;
  /** Its wall clock after each ping, in milliseconds. */
  readonly pingsMs: readonly number[];
}

/**
 * Gathers the hosts.
 *
 * @param hooks The processes.
 * @param given `host`: this one. `accelerators`: of all processes.
 *   `shares`: of each; absent: they share them evenly.
 * @returns In process 0 all hosts, in the order of their first processes; in
 *   every other its own.
 */
export async function gatherHosts(
  hooks: RunHooks,
  { host, accelerators: total, ...given }: {
    readonly host: HostFacts;
    readonly accelerators: number;
    readonly shares?: readonly number[];
  },
): Promise<HostRecord[]> {
  const { link, placement, moment } = hooks;
  if (link.cluster.size === 1) return [host];
  const all = await waitForOthers(hooks, "they say what they are", async () => {
    const pingsMs: number[] = [];
    for (let ping = 0; ping < PING_COUNT; ping++) {
      await link.toAll(new Uint8Array());
      pingsMs.push(moment().wallMs);
    }
    return await link.toFirst(encodeMessage({ host, pingsMs }));
  });
  if (all === null) return [host];
  const said = all.map((bytes) => decodeMessage<Said>(bytes));
  const shares = given.shares ?? evenShares(link.cluster.size, total);
  const accelerators = acceleratorsByHost(placement, shares);
  return placement.hostnames.map((hostname, index) => {
    const process = placement.hostOf.indexOf(index);
    const facts = said[process]?.host ?? host;
    return {
      ...facts,
      hostname,
      processCount: processesBeside(placement, process),
      accelerators: accelerators[index] ?? 0,
      clockOffsetSeconds: offsetMs(said[process], said[0]) / 1000,
    };
  });
}

/** Median over the pings. */
function offsetMs(of: Said | undefined, first: Said | undefined): number {
  const offsets = (of?.pingsMs ?? []).map((wallMs, ping) =>
    wallMs - (first?.pingsMs[ping] ?? wallMs)
  ).sort((a, b) => a - b);
  return offsets[Math.floor(offsets.length / 2)] ?? 0;
}

/**
 * Where the accelerators' time went, in words, and what may help against what
 * was the limit.
 */
import type { TimeSplit } from "../../metrics/time_split.ts";
import type { LimitKind, Verdict } from "../../metrics/verdict/verdict.ts";

/** The parts that are not compute, each with its name. */
const LOST: readonly {
  readonly part: Exclude<keyof TimeSplit, "compute">;
  readonly name: string;
}[] = [
  { part: "load", name: "waiting for batches" },
  { part: "barrier", name: "waiting for other accelerators" },
  { part: "overrun", name: "late compute" },
  { part: "other", name: "between steps" },
];

/** What may help; absent: nothing has to. */
const ADVICE: Readonly<Partial<Record<LimitKind, string>>> = {
  client_cpu: "fewer accelerators, a larger host, fewer other programs",
  network: "more or faster network ports, fewer accelerators",
  barrier: "a look at the slowest rank: its host, its files, its endpoint",
  page_cache: "a dataset larger than the memory of all hosts, " +
    "reader.odirect=true, or storage.drop_caches",
};

const FULL_DEVICE = "faster storage, or fewer accelerators";
const IDLE_DEVICE =
  "more requests at a time (reader.read_threads), then fewer accelerators";

/** "compute 28.9 %, waiting for batches 70.6 %, …". */
export function splitText(split: TimeSplit): string {
  return [
    `compute ${percent(split.compute)}`,
    ...LOST.map(({ part, name }) => `${name} ${percent(split[part])}`),
  ].join(", ");
}

/**
 * What may help against the limit of a run with steps.
 *
 * @param verdict The run's.
 * @returns Null if the storage kept up, or nothing is known of the limit.
 */
export function adviceText(verdict: Verdict): string | null {
  const { answer, limit, evidence } = verdict;
  if (answer === "yes") return null;
  if (limit !== "storage") return ADVICE[limit] ?? null;
  const isFull = evidence.some(({ signal, saysFor }) =>
    signal === "device busy" && saysFor === "storage"
  );
  return isFull ? FULL_DEVICE : IDLE_DEVICE;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/**
 * What a search came to, in words: the answer, what limits it, why it ended.
 */
import type { LimitKind } from "../metrics/verdict/verdict.ts";
import type { SearchOutcome } from "./find_saturation.ts";
import type { ProbePoint } from "./probe.ts";
import { countText, type SearchQuantity } from "./search_quantity.ts";

/** A search and what was searched. */
export interface Saturation {
  /** Name of the workload. */
  readonly workload: string;
  readonly quantity: SearchQuantity;
  /** Of a search over a setting; null: they are what is searched over. */
  readonly accelerators: number | null;
  /** AU to reach, percent. */
  readonly goalPercent: number;
  readonly first: number;
  /** Largest load that was allowed; null: nobody gave one. */
  readonly max: number | null;
  /** "local file system, O_DIRECT". */
  readonly storage: string;
  /** Where its data is. */
  readonly dataFolder: string;
  /** Whether data may have come from memory, as was asked for. */
  readonly fromCache: boolean;
  /** Least time of the steps that count, and most runs of a probe. */
  readonly probeSeconds: number;
  readonly maxRuns: number;
  /** Milliseconds since 1970. */
  readonly startWallMs: number;
  readonly outcome: SearchOutcome;
}

/** The answer. */
export interface SaturationAnswer {
  /**
   * The most accelerators that meet the goal, or the least setting with which
   * it is met; null: none of those that were measured.
   */
  readonly value: number | null;
  /** Whether the number next to it was measured, and is on the other side. */
  readonly isExact: boolean;
  /** The point that meets the goal, and the nearest one that misses it. */
  readonly meets: ProbePoint | null;
  readonly misses: ProbePoint | null;
}

/** Limits as a clause: "the storage is the limit". */
const LIMIT_CLAUSES: Readonly<Record<LimitKind, string>> = {
  storage: "the storage is the limit",
  client_cpu: "this client's CPU is the limit, not the storage",
  network: "the network is the limit",
  page_cache: "memory is the limit, not the storage",
  barrier: "accelerators that wait for each other are the limit, not the " +
    "storage",
  none: "nothing is known to be the limit",
  unknown: "what limits it is not known",
};

/** Limits as a word of a table. */
export const LIMIT_WORDS: Readonly<Record<LimitKind, string>> = {
  storage: "storage",
  client_cpu: "client CPU",
  network: "network",
  page_cache: "memory",
  barrier: "barrier",
  none: "",
  unknown: "not known",
};

/** Derives the answer. */
export function answerOf(
  { quantity, outcome: { bounds, points } }: Pick<
    Saturation,
    "quantity" | "outcome"
  >,
): SaturationAnswer {
  const pointOf = (value: number | null) =>
    points.find((point) => point.value === value) ?? null;
  const [meeting, missing] = quantity.isLoad
    ? [bounds.holds, bounds.fails]
    : [bounds.fails, bounds.holds];
  const meets = pointOf(meeting);
  const misses = pointOf(missing);
  const nextTo = quantity.isLoad ? 1 : -1;
  return {
    value: meets?.value ?? null,
    isExact: meets !== null &&
      (misses?.value === meets.value + nextTo ||
        !quantity.isLoad && meets.value === 1),
    meets,
    misses,
  };
}

/** The answer in one to three sentences. */
export function answerText(saturation: Saturation): string {
  const { outcome } = saturation;
  if (outcome.points.length === 0) {
    return `Nothing was measured${endClause(saturation, ":")}.`;
  }
  const text = saturation.quantity.isLoad
    ? loadText(saturation)
    : settingText(saturation);
  return `${text}${doubtText(saturation)}`;
}

function loadText(saturation: Saturation): string {
  const { quantity, outcome } = saturation;
  const { meets, misses } = answerOf(saturation);
  const goal = `the AU goal of ${figure(saturation.goalPercent)} %`;
  if (meets === null) {
    const least = misses ?? outcome.points[0];
    return `Not even ${countText(quantity, least?.value ?? 1)} ` +
      `${least?.value === 1 ? "meets" : "meet"} ${goal} here: ` +
      `AU ${figure(least?.auPercent ?? null)} %, ${limitClause(least)}` +
      `${endClause(saturation, ".")}.`;
  }
  const most = `${countText(quantity, meets.value)} ` +
    `${meets.value === 1 ? "meets" : "meet"} ${goal} here ` +
    `(${pointText(meets)})`;
  if (misses === null) return `${most}${endClause(saturation, ";")}.`;
  return `${most}, ${misses.value} ${misses.value === 1 ? "does" : "do"} not ` +
    `(${pointText(misses)}): ${limitClause(misses)}` +
    `${endClause(saturation, ".")}.`;
}

function settingText(saturation: Saturation): string {
  const { quantity, outcome } = saturation;
  const accelerators = saturation.accelerators ?? 1;
  const { meets, misses } = answerOf(saturation);
  const who = `${accelerators} ` +
    `accelerator${accelerators === 1 ? "" : "s"}`;
  const goal = `the AU goal of ${figure(saturation.goalPercent)} %`;
  if (meets === null) {
    const best = bestPoint(outcome.points);
    return `No number up to ${misses?.value ?? 0} is enough: ${who} ` +
      `${accelerators === 1 ? "misses" : "miss"} ${goal}. The most ` +
      `throughput was with ${countText(quantity, best.value)} ` +
      `(${pointText(best)}): ${limitClause(misses ?? best)}` +
      `${endClause(saturation, ".")}.`;
  }
  const least = `${countText(quantity, meets.value)} ` +
    `${meets.value === 1 ? "is" : "are"} enough for ${who} to meet ${goal} ` +
    `here (${pointText(meets)})`;
  if (misses === null) return `${least}${endClause(saturation, ".")}.`;
  return `${least}, ${misses.value} ${misses.value === 1 ? "is" : "are"} not ` +
    `(${pointText(misses)}): ${limitClause(misses)}` +
    `${endClause(saturation, ".")}.`;
}

/** The point with most throughput; the least load of those within 2 %. */
export function bestPoint(points: readonly ProbePoint[]): ProbePoint {
  const most = Math.max(...points.map((point) => point.mibPerSecond));
  const best = points.find((point) => point.mibPerSecond >= 0.98 * most);
  if (best === undefined) throw new RangeError("there must be a point");
  return best;
}

function pointText({ auPercent, mibPerSecond }: ProbePoint): string {
  return `AU ${figure(auPercent)} %, ${rateText(mibPerSecond)} MiB/s`;
}

function limitClause(point: ProbePoint | undefined): string {
  if (point === undefined) return LIMIT_CLAUSES.unknown;
  const { limit, confidence } = point;
  const sure = limit === "unknown" || limit === "none"
    ? ""
    : ` (${(100 * confidence).toFixed(0)} % sure)`;
  return LIMIT_CLAUSES[limit] + sure;
}

/** Why it went no further, where that was not the boundary. */
function endClause(
  { quantity, max, outcome: { end, obstacle, error } }: Saturation,
  joint: string,
): string {
  switch (end) {
    case "max":
      return `${joint} more than ${max ?? quantity.defaultMax} ` +
        `${max === null ? "are not tried by itself" : "were not asked for"}` +
        " (--max)";
    case "dataset":
    case "memory":
    case "threads":
      return `${joint} more were not tried: ${obstacle?.text ?? ""}`;
    case "time_limit":
    case "interrupted":
    case "failed":
      return ". The search did not end: " +
        (error?.message ?? "it was stopped").replace(/\.$/, "");
    default:
      return "";
  }
}

function doubtText({ fromCache, outcome: { points } }: Saturation): string {
  if (fromCache) {
    return " Data may have come from this host's memory (--from-cache).";
  }
  const most = Math.max(...points.map((point) => point.memoryPercent ?? 0));
  return most > 5
    ? ` Up to ${most.toFixed(0)} % of the bytes came from memory.`
    : "";
}

/** "93.4". */
export function figure(value: number | null): string {
  return value === null ? "n/a" : value.toFixed(1);
}

/** Three digits below 1000, whole numbers above: "41.2", "2990". */
export function rateText(value: number): string {
  return value >= 1000 ? value.toFixed(0) : String(
    Number(value.toPrecision(3)),
  );
}

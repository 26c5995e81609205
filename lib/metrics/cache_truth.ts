/**
 * Cache truth: how much of the requested bytes reached the device.
 *
 *     hit fraction = max(0, 1 - bytes from device / bytes requested)
 *
 * The device may move more than was requested (read-ahead, whole pages): then
 * nothing came from memory. Where the device's share is not known, the fraction
 * is null, with the reason beside it.
 *
 * A hit is a byte that did not come from the device. That is the page cache
 * of this host unless something else is known: see `device_shortfall.ts`.
 */
import { type ShortfallCauses, shortfallCauses } from "./device_shortfall.ts";
import { totalDevice } from "./host_totals.ts";
import { PHASE_KINDS } from "./phase_kinds.ts";
import type { PhaseKind, PhaseKindTraits } from "./phase_kinds.ts";
import type { PhaseRecord } from "./run_record.ts";

/** Above this fraction of hits, figures say little about the storage. */
export const CACHE_WARNING_FRACTION = 0.05;

/** What was requested and what the device moved. */
export interface CacheTruth {
  readonly bytesRequested: number;
  /** Null if it is not known for every phase. */
  readonly bytesFromDevice: number | null;
  /** 0 to 1; null if unknown or nothing was requested. */
  readonly hitFraction: number | null;
  /** How the device's share is known, or why not. */
  readonly source: string;
  /** What may be why the device moved too little; null: nothing is known. */
  readonly shortfall: ShortfallCauses | null;
}

/**
 * Cache truth of some phases together.
 *
 * @param phases Phases of one kind; one phase is a list of one.
 * @returns Sums and the fraction of the sums.
 */
export function cacheTruth(phases: readonly PhaseRecord[]): CacheTruth {
  let bytesRequested = 0;
  let bytesFromDevice: number | null = 0;
  let source = "";
  for (const phase of phases) {
    const device = totalDevice(phase);
    bytesRequested += phase.bytesRequested;
    if (device.bytes === null) {
      // The reason for one unknown matters more than the source of the others.
      if (bytesFromDevice !== null) source = device.source;
      bytesFromDevice = null;
    } else if (bytesFromDevice !== null) {
      bytesFromDevice += device.bytes;
      source = device.source;
    }
  }
  const isKnown = bytesFromDevice !== null && bytesRequested > 0;
  return {
    bytesRequested,
    bytesFromDevice,
    hitFraction: isKnown
      ? Math.max(0, bytesRequested - (bytesFromDevice ?? 0)) / bytesRequested
      : null,
    source,
    shortfall: shortfallCauses(phases),
  };
}

/**
 * The warning that figures come from memory.
 *
 * @param kind The kind of phase.
 * @param truth Cache truth of all phases of that kind.
 * @returns A sentence; null if there is nothing to warn of.
 */
export function cacheWarning(
  kind: PhaseKind,
  truth: CacheTruth,
): string | null {
  const { hitFraction, shortfall } = truth;
  if (hitFraction === null || hitFraction <= CACHE_WARNING_FRACTION) {
    return null;
  }
  const traits = PHASE_KINDS[kind];
  if (shortfall !== null) {
    const warning = shortfallWarning(traits, hitFraction, shortfall);
    if (warning !== null) return warning;
  }
  const { title, fromMemory } = traits;
  if (fromMemory === null) return null;
  const { figures, advice } = fromMemory;
  return `${title} took ${percent(hitFraction)} of its bytes ` +
    `from this host's memory, not from the storage: ${figures} ` +
    `higher than the storage alone would give. ${advice}`;
}

/** Null where only the page cache is left as the reason. */
function shortfallWarning(
  { title, direction, fromMemory, keyPrefix }: PhaseKindTraits,
  hitFraction: number,
  { isDirect, reasons, advice }: ShortfallCauses,
): string | null {
  // Buffered writes stay in memory for a while anyway.
  const isMeasured = fromMemory !== null || isDirect && keyPrefix !== null;
  if (!isMeasured || reasons.length === 0) return null;
  const way = direction === "read" ? "come from" : "reach";
  const figures = fromMemory?.figures ?? "its throughput is";
  return `${title}: ${percent(hitFraction)} of its bytes did not ${way} the ` +
    `device${isDirect ? " in spite of O_DIRECT" : ""}: ` +
    `${reasons.join("; ")}. So ${figures} higher than the storage alone ` +
    `would give` +
    (advice === null ? "" : `. ${advice}`);
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/**
 * Why a device moved far less than was asked for, in words, and the way out.
 */
import type { DeviceShortfall, PhaseRecord } from "./run_record.ts";

/** What is known of a shortfall. */
export interface ShortfallCauses {
  /** Whether the page cache was to be gone around. */
  readonly isDirect: boolean;
  /** One clause for each thing that may be why; empty: the page cache. */
  readonly reasons: readonly string[];
  /** What to do about the first of them; null if there is none. */
  readonly advice: string | null;
}

interface Cause {
  readonly reason: string;
  readonly advice: string;
}

/** Buffered reads are never proved to have no other reason than holes. */
const PAGE_CACHE: Cause = {
  reason: "the page cache of this host may have held others",
  advice: "Drop the page cache (storage.drop_caches)",
};

/**
 * What may be why the devices of some phases moved too little.
 *
 * @param phases Phases of one kind.
 * @returns Null if no device is known to have fallen short.
 */
export function shortfallCauses(
  phases: readonly Pick<PhaseRecord, "hosts">[],
): ShortfallCauses | null {
  const shortfalls = phases.flatMap(({ hosts }) =>
    hosts.flatMap(({ device }) => device.shortfall ?? [])
  );
  if (shortfalls.length === 0) return null;
  const isDirect = shortfalls.some((one) => one.isDirect);
  const causes = shortfalls.flatMap(causesOf);
  const holes = holesCause(shortfalls);
  if (holes !== null) causes.push(holes);
  const isOnlyMemory = shortfalls.every(({ isMemory }) => isMemory);
  if (!isDirect && causes.length > 0 && !isOnlyMemory) causes.push(PAGE_CACHE);
  const [first] = causes;
  return {
    isDirect,
    reasons: [...new Set(causes.map(({ reason }) => reason))],
    advice: first?.advice ?? null,
  };
}

function causesOf(facts: DeviceShortfall): Cause[] {
  const type = facts.fileSystemType ?? "the file system";
  if (facts.isMemory) {
    return [{
      reason: `${type} keeps files in memory`,
      advice: "Use a folder on a storage device",
    }];
  }
  const causes: Cause[] = [];
  if (facts.isDirect && facts.cachesDirect !== null) {
    causes.push({
      reason: `${type} with ${facts.cachesDirect} sends O_DIRECT through the ` +
        `page cache`,
      advice: `Mount it without ${facts.cachesDirect}`,
    });
  }
  if (facts.compression !== null) {
    causes.push({
      reason:
        `${type} compresses files (${facts.compression}): it stores fewer ` +
        `bytes` +
        (facts.isDirect ? " and serves them from the page cache" : ""),
      advice: "Mount it without compression and write the files anew",
    });
  }
  const isExplained = causes.length > 0 || (facts.holeBytes ?? 0) > 0;
  if (facts.isDirect && !isExplained) {
    causes.push({
      reason: `no holes were found, and no option of ${type} that compresses ` +
        `files; it may compress by a property of files or folders, or serve ` +
        `O_DIRECT from memory`,
      advice: "Use another file system, or drop the page cache " +
        "(storage.drop_caches)",
    });
  }
  return causes;
}

/** Of all phases together: epochs look at the same files. */
function holesCause(shortfalls: readonly DeviceShortfall[]): Cause | null {
  const looked = shortfalls.filter(({ holeBytes }) => holeBytes !== null);
  const sum = (valueOf: (facts: DeviceShortfall) => number) =>
    looked.reduce((total, facts) => total + valueOf(facts), 0);
  const holeBytes = sum((facts) => facts.holeBytes ?? 0);
  if (holeBytes === 0) return null;
  const percent = 100 * holeBytes / sum((facts) => facts.sampledBytes);
  const files = Math.max(...looked.map(({ sampledFiles }) => sampledFiles));
  return {
    reason: `${percent.toFixed(1)} % of ${files} files that were looked at ` +
      `are holes, which no device stores`,
    advice: "Generate the dataset anew, or copy its files without holes " +
      "(cp --sparse=never)",
  };
}

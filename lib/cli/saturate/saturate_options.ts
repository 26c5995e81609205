/**
 * The flags of a search, and what its settings must be.
 */
import { parseDuration } from "../../bytes/durations.ts";
import { didYouMean } from "../../bytes/did_you_mean.ts";
import { storageSettings } from "../../engine/plan/describe_dataset.ts";
import { ConfigError, UsageError } from "../../errors.ts";
import { meanSeconds } from "../../random/distribution.ts";
import { MIN_RUNS } from "../../saturate/probe.ts";
import {
  SEARCH_QUANTITIES,
  type SearchQuantity,
} from "../../saturate/search_quantity.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import type { CommandLine } from "../line/command_line.ts";
import type { RequestedWorkload } from "../line/workload_settings.ts";

const DEFAULT_PROBE_SECONDS = 10;
const MAX_PROBE_SECONDS = 3600;
const DEFAULT_MAX_RUNS = 5;

/** What a search is made with. */
export interface SaturateOptions {
  readonly quantity: SearchQuantity;
  /** Where it begins. */
  readonly first: number;
  /** Null: nobody gave one. */
  readonly max: number | null;
  readonly probeSeconds: number;
  readonly maxRuns: number;
  readonly fromCache: boolean;
}

/**
 * Reads the flags.
 *
 * @throws {UsageError} If they cannot be used.
 */
export function saturateOptions({ flags }: CommandLine): SaturateOptions {
  const { over, max, repeats, accelerators } = flags;
  const name = over ?? "accelerators";
  const quantity = SEARCH_QUANTITIES[name];
  if (quantity === undefined) {
    const names = Object.keys(SEARCH_QUANTITIES);
    throw new UsageError(
      `Cannot use --over ${name}: it must be ${names.join(" or ")}` +
        didYouMean(name, names),
    );
  }
  const first = quantity.setting === null ? accelerators ?? 1 : 1;
  if (max !== null && max < first) {
    throw new UsageError(
      `Cannot use --max ${max} as the search begins with ${first} (-n)`,
    );
  }
  const maxRuns = repeats ?? DEFAULT_MAX_RUNS;
  if (maxRuns < MIN_RUNS) {
    throw new UsageError(
      `Cannot use --repeats ${maxRuns}: it must be at least ${MIN_RUNS}, one ` +
        "run has no spread",
    );
  }
  return {
    quantity,
    first,
    max,
    probeSeconds: probeSecondsOf(flags["probe-time"]),
    maxRuns,
    fromCache: flags["from-cache"],
  };
}

function probeSecondsOf(text: string | null): number {
  if (text === null) return DEFAULT_PROBE_SECONDS;
  let seconds: number;
  try {
    seconds = parseDuration(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`Cannot use --probe-time ${text}: ${error.message}`);
  }
  if (seconds > 0 && seconds <= MAX_PROBE_SECONDS) return seconds;
  throw new UsageError(
    `Cannot use --probe-time ${text}: it must be longer than 0s and at most ` +
      `${MAX_PROBE_SECONDS}s`,
  );
}

/**
 * Refuses a workload that has no AU to search by.
 *
 * @throws {ConfigError} With every reason.
 */
export function requireSearchable(
  { name, workload }: Pick<RequestedWorkload, "name" | "workload">,
): void {
  const { workflow, train, reader, metric } = workload;
  const problems: string[] = [];
  if (!workflow.train) {
    problems.push(
      `Cannot search with ${name} as it must train: workflow.train = false`,
    );
  } else if (!(meanSeconds(train.computation_time) > 0)) {
    problems.push(
      "Cannot search without compute as AU is the part of the time that " +
        "accelerators compute: train.computation_time = 0",
    );
  }
  if (reader.data_loader === "synthetic") {
    problems.push(
      "Cannot search with reader.data_loader = synthetic as it reads nothing",
    );
  }
  if (metric.au === 0) {
    problems.push(
      "Cannot search with metric.au = 0 as every number meets that goal",
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

/**
 * Whether files have to be dropped from the page cache before each probe.
 *
 * @throws {ConfigError} If the settings forbid it.
 */
export function dropsCaches(
  { workload, origins }: Pick<RequestedWorkload, "workload" | "origins">,
  { fromCache }: Pick<SaturateOptions, "fromCache">,
): boolean {
  const kind = STORAGE_KINDS[storageSettings(workload).kind];
  const isCached = kind?.isFiles === true && kind.directKind !== kind.name;
  if (fromCache || !isCached) return false;
  if (workload.storage.drop_caches !== "never") return false;
  if (origins.get("storage.drop_caches")?.kind === "default") return true;
  throw new ConfigError([
    "Cannot search with storage.drop_caches = never as probes must not be " +
    "measured from memory: leave it out, use --odirect, or --from-cache to " +
    "measure it all the same",
  ]);
}

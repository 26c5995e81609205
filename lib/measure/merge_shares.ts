/**
 * One result of a run that was done in shares:
 *
 *    read all → check that they are one run → merge phase by phase → save
 *
 * Phases are merged as those of processes that ran together
 * (`metrics/merge_phases.ts`). Yet these did not wait for each other: what is
 * said of them together holds as far as they overlapped, so the result is
 * marked as not synchronised, with the spread of their starts.
 */
import { ConfigError } from "../errors.ts";
import { mergePhases } from "../metrics/merge_phases.ts";
import type {
  HostRecord,
  PhaseRecord,
  RunRecord,
} from "../metrics/run_record.ts";
import { type RunSummary, summarize } from "../metrics/summary.ts";
import { reportText } from "../report/text/report_text.ts";
import type { SharePlace } from "../results/result_context.ts";
import { ResultsFolder } from "../results/results_folder.ts";
import type { SavedRun } from "../results/results_reader.ts";
import { notSavedText } from "./not_saved_text.ts";
import { tryReportPage } from "./report_page.ts";

/** A results folder and the run that it holds. */
export interface SavedShare extends SavedRun {
  readonly folder: string;
}

/** A share that says which one it is. */
interface KnownShare extends SavedShare {
  readonly share: SharePlace;
}

/** Settings by which results differ that are of one run all the same. */
const OWN_SETTINGS = /^(output\.|hydra\.)/;

/**
 * Makes one run of its shares.
 *
 * @param saved All of them, in any order.
 * @returns The run, which says of itself that it was not synchronised.
 * @throws {ConfigError} With every reason why they are not the shares of one
 *   run, all of them, each once.
 */
export function mergeShares(saved: readonly SavedShare[]): SavedRun {
  const shares = inOrder(saved);
  const [first] = shares;
  checkSame(shares);
  const phases = first.record.phases.map((_phase, index) =>
    mergedPhase(shares, index)
  );
  const startSpreadSeconds = spreadOf(shares);
  const { share: _share, ...context } = first.context;
  const { start } = first.record;
  const seconds = Math.max(
    ...shares.map(({ record }) =>
      record.end.atSeconds - record.start.atSeconds
    ),
  );
  const record: RunRecord = {
    start,
    end: {
      wallMs: start.wallMs + 1000 * seconds,
      atSeconds: start.atSeconds + seconds,
    },
    accelerators: first.share.accelerators,
    hosts: hostsOf(shares),
    phases,
    complete: true,
    failure: null,
    warnings: [
      `Not synchronised: ${shares.length} shares ran without waiting for ` +
      `each other at steps, and began within ${
        startSpreadSeconds.toFixed(3)
      } ` +
      "s, by the clocks of their hosts. Throughput of all is their sum, as if " +
      "they had run at the same time throughout",
      ...sharedWarnings(shares),
    ],
  };
  return {
    record,
    context: {
      ...context,
      merged: {
        count: shares.length,
        startSpreadSeconds,
        folders: shares.map(({ folder }) => folder),
      },
    },
  };
}

/**
 * Saves a merged run as any other.
 *
 * @param run What {@linkcode mergeShares} gave.
 * @param path The folder, which must hold no results yet.
 * @returns Its figures, and what could not be saved; null: all was.
 * @throws {StorageError} If the folder cannot be used.
 */
export async function saveMerged(
  { record, context }: SavedRun,
  path: string,
): Promise<{ readonly summary: RunSummary; readonly notSaved: string | null }> {
  const folder = await ResultsFolder.prepare(path, { head: record, context });
  const summary = summarize(record, context);
  const saved = await folder.finish(record, {
    "report.txt": reportText(summary, context, record.phases),
  });
  const problem = await tryReportPage(
    folder.path,
    { record, context },
    summary,
  );
  const missing = problem === null
    ? saved.missing
    : [...saved.missing, { name: "report.html", problem }];
  const phaseCount = record.phases.length;
  return {
    summary,
    notSaved: notSavedText({ ...saved, missing }, { path, phaseCount }),
  };
}

/** @throws {ConfigError} If one is missing, there twice or none at all. */
function inOrder(
  saved: readonly SavedShare[],
): [KnownShare, ...KnownShare[]] {
  const problems: string[] = [];
  const known: KnownShare[] = [];
  for (const one of saved) {
    const { share } = one.context;
    if (share === undefined) {
      problems.push(
        `${one.folder} must be a share: it is a whole run (--share I/N)`,
      );
    } else known.push({ ...one, share });
  }
  const counts = new Set(known.map(({ share }) => share.count));
  if (counts.size > 1) {
    problems.push(
      "all must be of as many shares: " +
        known.map(({ folder, share }) =>
          `${folder} is share ${share.number} of ${share.count}`
        ).join(", "),
    );
  }
  if (problems.length === 0) problems.push(...missingOrTwice(known));
  const [first, ...others] = known
    .sort((a, b) => a.share.number - b.share.number);
  if (problems.length > 0 || first === undefined) throw cannotMerge(problems);
  return [first, ...others];
}

function missingOrTwice(known: readonly KnownShare[]): string[] {
  const byNumber = new Map<number, string[]>();
  for (const { share, folder } of known) {
    byNumber.set(share.number, [...byNumber.get(share.number) ?? [], folder]);
  }
  const problems = [...byNumber].filter(([, folders]) => folders.length > 1)
    .map(([number, folders]) =>
      `share ${number} must be there once: it is in ${folders.join(" and ")}`
    );
  const count = known[0]?.share.count ?? 0;
  const missing = Array.from({ length: count }, (_, index) => index + 1)
    .filter((number) => !byNumber.has(number));
  if (missing.length > 0) {
    problems.push(
      `all ${count} shares must be there: ${missing.join(", ")} ` +
        `${missing.length === 1 ? "is" : "are"} missing`,
    );
  }
  return problems;
}

/** @throws {ConfigError} With everything in which a share differs. */
function checkSame(shares: readonly [KnownShare, ...KnownShare[]]): void {
  const [first, ...others] = shares;
  const problems = shares.filter(({ record }) => !record.complete)
    .map(({ folder, record }) =>
      `${folder} must be complete: ${record.failure ?? "it is not"}`
    );
  for (const other of others) {
    for (const [what, there, here] of differences(first, other)) {
      problems.push(
        `${what} must be the same: it is ${there} in ${first.folder}, ` +
          `${here} in ${other.folder}`,
      );
    }
  }
  if (problems.length > 0) throw cannotMerge(problems);
}

type Difference = readonly [what: string, there: string, here: string];

function differences(first: KnownShare, other: KnownShare): Difference[] {
  const found: Difference[] = [];
  const compare = (what: string, there: unknown, here: unknown) => {
    const texts = [there, here].map((value) => JSON.stringify(value) ?? "none");
    const [one = "", two = ""] = texts;
    if (one !== two) found.push([what, one, two]);
  };
  compare(
    "Stoker's version",
    first.context.stokerVersion,
    other.context.stokerVersion,
  );
  compare(
    "the number of accelerators",
    first.share.accelerators,
    other.share.accelerators,
  );
  const keys = new Set([
    ...Object.keys(first.context.settings),
    ...Object.keys(other.context.settings),
  ]);
  for (const key of keys) {
    if (OWN_SETTINGS.test(key)) continue;
    compare(
      key,
      first.context.settings[key]?.value,
      other.context.settings[key]?.value,
    );
  }
  compare("the phases", planOf(first.record), planOf(other.record));
  return found;
}

/** What the phases of a run were to do. */
function planOf({ phases }: RunRecord): string[] {
  return phases.map((phase) => {
    const { kind, epoch, checkpoint, batchSize, plannedSteps } = phase;
    return `${kind} ${epoch}.${checkpoint}: ${plannedSteps} × ${batchSize}`;
  });
}

/** One phase of all shares; each is the process that it stands for. */
function mergedPhase(
  shares: readonly KnownShare[],
  index: number,
): PhaseRecord {
  const records = shares.flatMap(({ record, share }) => {
    const phase = record.phases[index];
    if (phase === undefined) return [];
    const process = share.number - 1;
    return [{
      ...phase,
      hosts: phase.hosts.map((host) => ({ ...host, process })),
    }];
  });
  // Seconds of one share are not those of another.
  const { series: _series, ...merged } = mergePhases(records);
  return merged;
}

/** From the first to the last begin of the first phase, by their clocks. */
function spreadOf(shares: readonly KnownShare[]): number {
  const begins = shares.map(({ record }) =>
    (record.phases[0]?.start ?? record.start).wallMs
  );
  return (Math.max(...begins) - Math.min(...begins)) / 1000;
}

/** Each host once, whatever number of shares it had. */
function hostsOf(shares: readonly KnownShare[]): HostRecord[] {
  const hosts = new Map<string, HostRecord>();
  for (const { record } of shares) {
    for (const host of record.hosts) {
      if (!hosts.has(host.hostname)) hosts.set(host.hostname, host);
    }
  }
  return [...hosts.values()];
}

/** What shares say of themselves is not true of the whole. */
function sharedWarnings(shares: readonly KnownShare[]): string[] {
  const texts = new Set<string>();
  for (const { record } of shares) {
    for (const text of record.warnings) {
      if (!/^This is share \d+\/\d+ of a run/.test(text)) texts.add(text);
    }
  }
  return [...texts];
}

function cannotMerge(problems: readonly string[]): ConfigError {
  return new ConfigError(
    problems.map((problem) => `Cannot merge shares as ${problem}`),
  );
}

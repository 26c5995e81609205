/**
 * Reads the facts of a run from its results folder: from `stoker.json`, or,
 * if the run crashed, from the journal up to its last whole line.
 */
import {
  MAX_RESULTS_BYTES,
  readSmallText,
  type SmallFileOptions,
} from "../bytes/small_file.ts";
import { FormatError, StorageError } from "../errors.ts";
import { checkFormatVersion, upgradedPhase } from "./format_versions.ts";
import { recordFromPlain } from "./key_case.ts";
import { phaseFromPlain } from "./phase_json.ts";
import type { PlainPhase } from "./phase_json.ts";
import type { ResultContext } from "./result_context.ts";
import { JOURNAL_NAME, STOKER_JSON_NAME } from "./results_folder.ts";
import type { HostRecord, Moment, RunRecord } from "../metrics/run_record.ts";
import { runFromPlain } from "./stoker_json.ts";
import type { PlainRun, PlainRunHead } from "./stoker_json.ts";

/** A run as a results folder holds it. */
export interface SavedRun {
  readonly record: RunRecord;
  readonly context: ResultContext;
}

/**
 * Reads a results folder.
 *
 * @param folder Its path.
 * @param options `timeoutMs`: longest wait for one file.
 * @returns The run; not complete if only the journal is there.
 * @throws {StorageError} If it is no results folder or cannot be read.
 * @throws {FormatError} If a file of it is damaged or of a newer version.
 */
export async function readResults(
  folder: string,
  options: Pick<SmallFileOptions, "timeoutMs"> = {},
): Promise<SavedRun> {
  const path = `${folder}/${STOKER_JSON_NAME}`;
  const text = await readIfThere(path, options);
  if (text !== null) {
    const plain = parse(path, text, 0) as PlainRun;
    checkFormatVersion(path, plain.format_version);
    return runFromPlain(plain);
  }
  const journalPath = `${folder}/${JOURNAL_NAME}`;
  const journal = await readIfThere(journalPath, options);
  if (journal === null) {
    throw new StorageError(
      "read results from",
      folder,
      "ENOENT",
      `it has neither ${STOKER_JSON_NAME} nor ${JOURNAL_NAME}`,
    );
  }
  return fromJournal(journalPath, journal);
}

function fromJournal(path: string, text: string): SavedRun {
  const lines = text.split("\n");
  // What follows the last line feed is a line that the crash interrupted.
  lines.pop();
  const [headLine, ...phaseLines] = lines;
  if (headLine === undefined) {
    throw new FormatError(path, 0, "its first line must be whole");
  }
  const head = parse(path, headLine, 0) as PlainRunHead;
  checkFormatVersion(path, head.format_version);
  const hosts = head.hosts.map((host) => recordFromPlain<HostRecord>(host));
  const file = {
    version: head.format_version,
    hostname: hosts[0]?.hostname ?? "",
  };
  let offset = headLine.length + 1;
  const phases = phaseLines.map((line) => {
    const phase = parse(path, line, offset) as PlainPhase;
    offset += line.length + 1;
    return phaseFromPlain(upgradedPhase(phase, file));
  });
  const start = recordFromPlain<Moment>(head.start);
  return {
    record: {
      start,
      end: phases.at(-1)?.end ?? start,
      accelerators: head.accelerators,
      hosts,
      phases,
      complete: false,
      failure: "Stoker ended without saving the run: only the phases that " +
        "had ended are known",
      warnings: [],
    },
    context: recordFromPlain<ResultContext>(head.context),
  };
}

function parse(path: string, text: string, offset: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError(path, offset, `it must be JSON: ${error.message}`);
  }
}

function readIfThere(
  path: string,
  options: Pick<SmallFileOptions, "timeoutMs">,
): Promise<string | null> {
  return readSmallText(path, { ...options, maxBytes: MAX_RESULTS_BYTES });
}

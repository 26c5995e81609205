/**
 * What a list of runs shows of one: the beginning of `stoker.json`, before
 * its phases, or the first line of the journal. A folder of a run of millions
 * of steps takes no longer than that of a short one.
 */
import { PHASE_KIND_NAMES, PHASE_KINDS } from "../metrics/phase_kinds.ts";
import { FormatError, StorageError } from "../errors.ts";
import { checkFormatVersion } from "../results/format_versions.ts";
import { recordFromPlain } from "../results/key_case.ts";
import type { MetricJson } from "../results/metric_json.ts";
import type { ResultContext } from "../results/result_context.ts";
import { JOURNAL_NAME, STOKER_JSON_NAME } from "../results/results_folder.ts";
import type { PlainRun, PlainRunHead } from "../results/stoker_json.ts";
import type { HostRecord, Moment } from "../metrics/run_record.ts";

/**
 * How a run ended:
 *
 *    complete      all phases were run to their ends
 *    failed        something went wrong: storage, data, a worker
 *    interrupted   somebody stopped it, or the process was killed
 *    running       a process of this host is writing its journal
 *    unknown       its journal may be written by a process that cannot be
 *                  seen from here: of another host or user
 *    damaged       its files cannot be read
 */
export type RunStatus =
  | "complete"
  | "failed"
  | "interrupted"
  | "running"
  | "unknown"
  | "damaged";

/** What a list needs of a run's settings: a thousand of them fit in memory. */
export type HeadFacts =
  & Pick<
    ResultContext,
    "label" | "modelName" | "comparabilityClass" | "logFile" | "hydraFolder"
  >
  & {
    /** Name of the workload; that of the model where no line named one. */
    readonly workload: string;
  };

/** What is known of a run without its phases. */
export interface ResultsHead {
  readonly folder: string;
  readonly status: RunStatus;
  /** Why it is not complete, or cannot be read; null if neither. */
  readonly reason: string | null;
  /** Milliseconds since 1970; of a damaged folder, its last change. */
  readonly startMs: number;
  /** Null while it runs and where nobody knows. */
  readonly endMs: number | null;
  /** Null: the folder is damaged. */
  readonly facts: HeadFacts | null;
  readonly accelerators: number | null;
  readonly hostname: string | null;
  /** Null: it had no steps, or none is saved, as the next. */
  readonly auPercent: number | null;
  readonly mibPerSecond: number | null;
}

/** Which file of a folder says that it holds results. */
export type ResultsFileName = typeof STOKER_JSON_NAME | typeof JOURNAL_NAME;

/** The first override that a run keeps. */
const WORKLOAD_REGEXP = /^workload=(.+)$/;

/** What is read at a time. */
const CHUNK_BYTES = 64 * 1024;
/** A head has settings, hosts and warnings; no run has this much of them. */
const MAX_HEAD_BYTES = 16 * 2 ** 20;
/** Of ECMAScript's dates. */
const MAX_DATE_MS = 8.64e15;
/** Line feeds inside of texts are escaped: only the object itself has these. */
const PHASES_MARK = ',\n    "phases": ';

/** A head with all settings of its run. */
export interface WholeHead {
  readonly head: ResultsHead;
  /** Null: the folder is damaged. */
  readonly context: ResultContext | null;
}

/**
 * Reads the head of a results folder.
 *
 * @param folder Its path.
 * @param fileName Which of its two files is there.
 * @returns The head; the status of a journal is "interrupted" until somebody
 *   says that it is being written. Damage is a status, no error.
 */
export async function readResultsHead(
  folder: string,
  fileName: ResultsFileName,
): Promise<ResultsHead> {
  return (await readWholeHead(folder, fileName)).head;
}

/**
 * Reads the head of a results folder, and keeps all settings.
 *
 * @param folder As for {@linkcode readResultsHead}, as the next.
 * @param fileName Which of its two files is there.
 */
export async function readWholeHead(
  folder: string,
  fileName: ResultsFileName,
): Promise<WholeHead> {
  const path = `${folder}/${fileName}`;
  try {
    return fileName === STOKER_JSON_NAME
      ? savedHead(folder, await readUntil(path, PHASES_MARK), path)
      : journalHead(folder, await readUntil(path, "\n"), path);
  } catch (error) {
    const isExpected = error instanceof FormatError ||
      error instanceof StorageError;
    if (!isExpected) throw error;
    const changed = await changeMs(path);
    return {
      head: damagedHead(folder, changed, error.message),
      context: null,
    };
  }
}

function savedHead(folder: string, text: string, path: string): WholeHead {
  const plain = parse(`${text}}`, path) as PlainRun & {
    readonly settings?: ResultContext["settings"];
    readonly metric?: MetricJson;
  };
  checkFormatVersion(path, plain.format_version);
  const context = recordFromPlain<ResultContext>(plain.context);
  const { failure } = plain;
  return {
    head: {
      ...headOf(folder, plain, context),
      status: plain.complete ? "complete" : endOf(failure),
      reason: failure,
      endMs: recordFromPlain<Moment>(plain.end).wallMs,
      ...figuresOf(plain.metric ?? {}),
    },
    context: { ...context, settings: plain.settings ?? context.settings },
  };
}

function journalHead(folder: string, text: string, path: string): WholeHead {
  const plain = parse(text, path);
  checkFormatVersion(path, plain.format_version);
  const context = recordFromPlain<ResultContext>(plain.context);
  return {
    head: {
      ...headOf(folder, plain, context),
      status: "interrupted",
      reason: "Stoker ended without saving the run",
      endMs: null,
      auPercent: null,
      mibPerSecond: null,
    },
    context,
  };
}

function headOf(folder: string, plain: PlainRunHead, context: ResultContext) {
  const { label, modelName, comparabilityClass = null } = context;
  const { logFile, hydraFolder, overrides } = context;
  const named = WORKLOAD_REGEXP.exec(overrides[0] ?? "")?.[1];
  const [host] = plain.hosts.map((each) => recordFromPlain<HostRecord>(each));
  return {
    folder,
    startMs: recordFromPlain<Moment>(plain.start).wallMs,
    facts: {
      label,
      modelName,
      comparabilityClass,
      logFile,
      hydraFolder,
      workload: named ?? modelName,
    },
    accelerators: plain.accelerators,
    hostname: host?.hostname ?? null,
  };
}

function damagedHead(
  folder: string,
  startMs: number,
  reason: string,
): ResultsHead {
  return {
    folder,
    status: "damaged",
    reason,
    startMs,
    endMs: null,
    facts: null,
    accelerators: null,
    hostname: null,
    auPercent: null,
    mibPerSecond: null,
  };
}

/** By the words of a signal and of `--time-limit`. */
function endOf(failure: string | null): RunStatus {
  return failure !== null && /^(Interrupted|Stopped|Ended) by /.test(failure)
    ? "interrupted"
    : "failed";
}

/** Of the first kind of phase that a benchmark is made for. */
function figuresOf(metric: MetricJson) {
  for (const kind of PHASE_KIND_NAMES) {
    const { keyPrefix } = PHASE_KINDS[kind];
    const rate = metric[`${keyPrefix}_io_real_mean_MiB_per_second`];
    if (keyPrefix === null || rate === undefined) continue;
    return {
      auPercent: numberOf(metric[`${keyPrefix}_au_mean_percentage`]),
      mibPerSecond: numberOf(rate),
    };
  }
  return { auPercent: null, mibPerSecond: null };
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/**
 * The text of a file up to a mark.
 *
 * @throws {FormatError} If the mark does not come.
 * @throws {StorageError} If the file cannot be read.
 */
async function readUntil(path: string, mark: string): Promise<string> {
  try {
    const facts = await Deno.lstat(path);
    if (!facts.isFile) throw new FormatError(path, 0, "it must be a file");
    using file = await Deno.open(path);
    const decoder = new TextDecoder();
    const chunk = new Uint8Array(CHUNK_BYTES);
    let text = "";
    while (text.length < MAX_HEAD_BYTES) {
      const byteCount = await file.read(chunk);
      if (byteCount === null) break;
      const from = Math.max(0, text.length - mark.length);
      text += decoder.decode(chunk.subarray(0, byteCount), { stream: true });
      const end = text.indexOf(mark, from);
      if (end >= 0) return text.slice(0, end);
    }
    throw new FormatError(path, text.length, "its head must be whole");
  } catch (error) {
    if (error instanceof FormatError || !(error instanceof Error)) throw error;
    if (!Object.values(Deno.errors).some((kind) => error instanceof kind)) {
      throw error;
    }
    const reason = error.message.replace(/ \(os error \d+\).*$/s, "");
    throw new StorageError("read", path, error.name, reason);
  }
}

/**
 * A head as plain data. Anybody may have put anything into the file, so what
 * is used of it is checked here.
 *
 * @throws {FormatError} If it is no head.
 */
function parse(text: string, path: string): PlainRunHead {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError(path, 0, `it must be JSON: ${error.message}`);
  }
  const plain = mapOf(value);
  const context = mapOf(plain.context);
  const texts = ["label", "model_name", "log_file", "hydra_folder"];
  const isHead = texts.every((key) => typeof context[key] === "string") &&
    Array.isArray(context.overrides) && Array.isArray(context.command_line) &&
    Array.isArray(plain.hosts) && plain.hosts.every((each) => each !== null) &&
    typeof plain.accelerators === "number" &&
    isMoment(plain.start) && (plain.end === undefined || isMoment(plain.end));
  if (isHead) return plain as unknown as PlainRunHead;
  throw new FormatError(path, 0, "it must be the results of a run");
}

/** Whether a moment can be shown as a date. */
function isMoment(value: unknown): boolean {
  const { wall_ms: wallMs } = mapOf(value);
  return typeof wallMs === "number" && Math.abs(wallMs) <= MAX_DATE_MS;
}

/** Empty for what is no map. */
function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? value as Readonly<Record<string, unknown>>
    : {};
}

async function changeMs(path: string): Promise<number> {
  try {
    return (await Deno.lstat(path)).mtime?.getTime() ?? 0;
  } catch {
    // What cannot even be looked up is listed first.
    return 0;
  }
}

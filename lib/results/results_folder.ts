/**
 * The results folder of one run, written as the run goes.
 *
 *    stoker.incomplete.jsonl   while the run lasts: its head, then a line
 *                              for each phase; gone when the run is saved
 *    {hydra}/*.yaml            from the beginning; the same in dlio_config/,
 *                              where MLPerf Storage's tools look for them
 *    all other files           at the end, each under a name of its own
 *                              (`NAME.partial`) and then renamed
 *    stoker.json               written first, renamed last: its rename is
 *                              what finishes the folder
 *    report.html               by `measure/report_page.ts`, after that: it is
 *                              made of what is saved, and can be made again
 *
 * So after a crash the journal is there, and its name says that the run is not
 * complete. `results_reader.ts` reads either. On a full disk, files that can be
 * made from `stoker.json` are given up for it; if even that does not fit, the
 * journal stays: what was measured is lost last.
 *
 * Results are never overwritten: a folder that already has a file of ours is
 * refused. Files of others are left alone, because mlpstorage keeps its logs
 * in the folder that it names. A run whose files were scaled down, or of which only
 * a share was done, has none of DLIO's files and of MLPerf Storage's, so that
 * no other tool takes it for a whole and real one. The journal is created exclusively, so two
 * runs cannot take the same folder.
 */
import { plainPath } from "../bytes/path_rules.ts";
import { StorageError } from "../errors.ts";
import { hydraConfig, hydraOverrides, hydraSelf } from "./dlio/hydra.ts";
import { rankEpochStats, runEpochStats } from "./dlio/epoch_stats.ts";
import { dlioLog } from "./dlio/log.ts";
import { rankOutput } from "./dlio/output.ts";
import { Journal } from "./journal.ts";
import { jsonFilePieces } from "./json_pieces.ts";
import { runMetadata } from "./mlperf/metadata.ts";
import {
  DLIO_CONFIG_FOLDER,
  METADATA_NAME_REGEXP,
  metadataName,
} from "./mlperf/mlperf_facts.ts";
import { phaseToPlain } from "./phase_json.ts";
import { metricTag, type ResultContext } from "./result_context.ts";
import { PartialFile, resultsError, writePieces } from "./results_file.ts";
import type { PhaseRecord, RunRecord } from "../metrics/run_record.ts";
import { runHeadToPlain, stokerJson } from "./stoker_json.ts";
import type { RunHead } from "./stoker_json.ts";
import { summaryJson } from "./summary_json.ts";
import { summarize } from "../metrics/summary.ts";
import type { RunSummary } from "../metrics/summary.ts";

/** Name of the journal of a run that is not saved yet. */
export const JOURNAL_NAME = "stoker.incomplete.jsonl";

/** Name of the file whose presence says that the folder is finished. */
export const STOKER_JSON_NAME = "stoker.json";

/** Name of the trace that is in the folder, if one was asked for. */
export const TRACE_NAME = "trace.pfw.gz";

/** Names that only a results folder has, DLIO's or ours. */
export const RESULT_NAME_REGEXPS: readonly RegExp[] = [
  /^stoker\.(json|incomplete\.jsonl)/,
  /^summary\.json/,
  /^(\d+_)?per_epoch_stats\.json/,
  /^\d+_output\.json/,
  /^report\.(txt|html)/,
  /^fs_separation\.json/,
  /^iostat\.json/,
  /^trace\.pfw\.gz/,
];

/** Files of Hydra's folder. */
export const HYDRA_NAMES = [
  "config.yaml",
  "overrides.yaml",
  "hydra.yaml",
] as const;

/** A file of the folder that could not be written. */
export interface MissingFile {
  readonly name: string;
  /** Why: a whole sentence that names the file. */
  readonly problem: string;
}

/** Files that others have made of the run, by name. */
export type FurtherFiles = Readonly<Record<string, string | Iterable<string>>>;

/** What became of a folder that was to be finished. */
export interface SavedResults {
  readonly summary: RunSummary;
  /** Empty: the folder is finished. */
  readonly missing: readonly MissingFile[];
  /** Phases in the journal, if it had to stay; null if it is gone. */
  readonly journalPhases: number | null;
}

/** A results folder that is being written. */
export class ResultsFolder {
  /** As it was given, without "..". */
  readonly path: string;
  readonly #context: ResultContext;
  readonly #journal: Journal;

  /**
   * {@linkcode ResultsFolder.prepare} makes one; nothing else should.
   *
   * @param path The folder.
   * @param context The settings of the run.
   * @param journal The open journal, which now belongs to this object.
   */
  constructor(path: string, context: ResultContext, journal: Journal) {
    this.path = path;
    this.#context = context;
    this.#journal = journal;
  }

  /**
   * Takes a folder for a run, before anything of the run is started.
   *
   * @param path The folder; made if it is missing.
   * @param run The run's head and context.
   * @returns The folder, its journal open.
   * @throws {StorageError} If it holds results already or cannot be written.
   */
  static async prepare(
    path: string,
    run: { readonly head: RunHead; readonly context: ResultContext },
  ): Promise<ResultsFolder> {
    const { head, context } = run;
    const place = plainPath(path);
    await makeFolder(place);
    await refuseResults(place, context);
    const journal = await Journal.start(
      `${place}/${JOURNAL_NAME}`,
      runHeadToPlain(head, context),
    );
    const folder = new ResultsFolder(place, context, journal);
    try {
      await folder.#writeHydra();
    } catch (error) {
      // Nothing was measured yet: the folder is as free as it was.
      await journal.remove();
      throw error;
    }
    return folder;
  }

  /**
   * Saves a phase that has ended, so that no later failure can lose it. Made
   * for the engine's `onPhaseEnd`: when it is done, the disk is quiet again.
   *
   * @param phase The phase; kept in memory until it is on disk.
   * @returns Why it is not on disk; it is tried again with the next one. Null
   *   if it is.
   */
  appendPhase(phase: PhaseRecord): Promise<string | null> {
    return problemOf(() => this.#journal.append(() => phaseToPlain(phase)));
  }

  /**
   * Writes all files and finishes the folder, or as much of it as can be
   * written.
   *
   * @param record The run, complete or not.
   * @param texts Further files by name, such as `report.txt`: whole, or as
   *   pieces that are made when they are written.
   * @param onMove Called whenever the disk has taken something.
   * @returns The run's summary, and what could not be written.
   */
  async finish(
    record: RunRecord,
    texts: FurtherFiles = {},
    onMove?: () => void,
  ): Promise<SavedResults> {
    const context = this.#context;
    const summary = summarize(record, context);
    const missing: MissingFile[] = [];
    const attempt = async (name: string, write: () => Promise<void>) => {
      const problem = await problemOf(write);
      if (problem !== null) missing.push({ name, problem });
    };
    await attempt("the folder", () => this.#makeAgain());
    const stokerPath = `${this.path}/${STOKER_JSON_NAME}`;
    const stoker = new PartialFile(stokerPath);
    await attempt(STOKER_JSON_NAME, () =>
      stoker.write(
        jsonFilePieces(stokerJson(record, context, summary)),
        onMove,
      ));
    await inTurns(
      this.#files(record, summary, texts),
      async ([name, pieces]) => {
        await attempt(name, () => this.#write(name, pieces, onMove));
      },
    );
    if (stoker.isWhole) await attempt(STOKER_JSON_NAME, () => stoker.rename());
    const isSaved = !missing.some(({ name }) => name === STOKER_JSON_NAME);
    return { summary, missing, journalPhases: await this.#endJournal(isSaved) };
  }

  /** Every file but `stoker.json`, the smallest first. */
  *#files(
    record: RunRecord,
    summary: RunSummary,
    texts: FurtherFiles,
  ): Generator<readonly [string, () => Iterable<string>]> {
    const context = this.#context;
    const json = (name: string, value: () => unknown) =>
      [name, () => jsonFilePieces(value())] as const;
    for (const [name, text] of Object.entries(texts)) {
      yield [name, () => typeof text === "string" ? [text] : text];
    }
    if (!hasDlioFiles(context)) return;
    yield json("summary.json", () => summaryJson(summary, context));
    const { logFile, mlperf = null } = context;
    if (mlperf !== null) {
      yield json(
        metadataName(mlperf),
        () =>
          runMetadata(record, summary, {
            context,
            facts: mlperf,
            folder: this.path,
          }),
      );
    }
    yield [logFile, () => [dlioLog(record, context, summary)]];
    yield json("per_epoch_stats.json", () => runEpochStats(record, context));
    for (let rank = 0; rank < record.accelerators; rank++) {
      yield json(
        `${rank}_output.json`,
        () => rankOutput(record, context, rank),
      );
      yield json(
        `${rank}_per_epoch_stats.json`,
        () => rankEpochStats(record, context, rank),
      );
    }
  }

  /** A folder that vanished during the run is made once more. */
  async #makeAgain(): Promise<void> {
    const { hydraFolder } = this.#context;
    const folder = !hasDlioFiles(this.#context)
      ? this.path
      : `${this.path}/${hydraFolder}`;
    if (await isThere(folder)) return;
    await makeFolder(folder);
    await this.#writeHydra();
  }

  /** @returns Phases in the journal, if it has to stay; else null. */
  async #endJournal(isSaved: boolean): Promise<number | null> {
    if (isSaved) {
      await problemOf(() => this.#journal.remove());
      return null;
    }
    await problemOf(() => this.#journal.flush());
    const savedCount = await this.#journal.savedCount();
    this.#journal.close();
    return Math.max(0, savedCount - 1);
  }

  /**
   * Gives the folder back: for a run that ends before anything was measured.
   * Goes only as far as the folder holds nothing but what was made here.
   */
  async discard(): Promise<void> {
    await problemOf(() => this.#journal.remove());
    const names = [
      ...configFolders(this.#context).flatMap((folder) => [
        ...HYDRA_NAMES.map((name) => `${folder}/${name}`),
        folder,
      ]),
      "",
    ];
    for (const name of names) {
      try {
        await Deno.remove(`${this.path}/${name}`);
      } catch {
        // Others' files keep the folder; that is no reason to fail.
        return;
      }
    }
  }

  async #writeHydra(): Promise<void> {
    const context = this.#context;
    const texts = {
      "config.yaml": hydraConfig(context),
      "overrides.yaml": hydraOverrides(context),
      "hydra.yaml": hydraSelf(context, this.path),
    };
    for (const folder of configFolders(context)) {
      await makeFolder(`${this.path}/${folder}`);
      for (const [name, text] of Object.entries(texts)) {
        await this.#write(`${folder}/${name}`, () => [text]);
      }
    }
  }

  #write(
    name: string,
    pieces: () => Iterable<string>,
    onMove?: () => void,
  ): Promise<void> {
    return writePieces(`${this.path}/${name}`, pieces(), onMove);
  }
}

/**
 * Why something could not be written; null if it was.
 *
 * @throws What is no refusal of the system, but a defect.
 */
async function problemOf(write: () => Promise<void>): Promise<string | null> {
  try {
    await write();
    return null;
  } catch (error) {
    if (error instanceof StorageError) return error.message;
    throw error;
  }
}

/** Files that are written at once. */
const WRITTEN_AT_ONCE = 4;

/**
 * Does something with each of many, a few at a time and begun in their order:
 * a disk takes several files as soon as one, and a launcher that was told to
 * stop waits for a second at most.
 */
async function inTurns<T>(
  items: Iterable<T>,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const turns = Array.from({ length: WRITTEN_AT_ONCE }, async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      await act(next.value);
    }
  });
  await Promise.all(turns);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    // Deno says only that something of the name exists.
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new StorageError(
        "write results to",
        path,
        "ENOTDIR",
        "it is a file, not a folder",
      );
    }
    throw resultsError("create", path, error);
  }
}

/**
 * Folders that get Hydra's files: DLIO's, and the one in which MLPerf
 * Storage's tools look for them. None for a run that has none of DLIO's files.
 */
function configFolders(context: ResultContext): readonly string[] {
  if (!hasDlioFiles(context)) return [];
  const { mlperf = null, hydraFolder } = context;
  return mlperf === null || hydraFolder === DLIO_CONFIG_FOLDER
    ? [hydraFolder]
    : [hydraFolder, DLIO_CONFIG_FOLDER];
}

/**
 * Refuses a folder with any file that would be written: by name at its top,
 * and Hydra's, which a user's own may be called alike.
 */
async function refuseResults(
  path: string,
  context: ResultContext,
): Promise<void> {
  const { logFile, mlperf = null } = context;
  try {
    for await (const { name } of Deno.readDir(path)) {
      const isResult = name === logFile || name === `${logFile}.partial` ||
        RESULT_NAME_REGEXPS.some((pattern) => pattern.test(name)) ||
        // Report generators read no folder with two of them.
        (mlperf !== null && METADATA_NAME_REGEXP.test(name));
      if (isResult) throw holdsResults(path, name);
    }
  } catch (error) {
    throw resultsError("list", path, error);
  }
  const configNames = configFolders(context).flatMap((folder) =>
    HYDRA_NAMES.map((name) => `${folder}/${name}`)
  );
  for (const name of configNames) {
    for (const ending of ["", ".partial"]) {
      if (await isLinkThere(`${path}/${name}${ending}`)) {
        throw holdsResults(path, `${name}${ending}`);
      }
    }
  }
}

function holdsResults(path: string, name: string): StorageError {
  return new StorageError(
    "write results to",
    path,
    "EEXIST",
    `it has a file of the name that results would have ("${name}"), of ` +
      "another run or of somebody else's; name another folder with " +
      "--results or remove this one",
  );
}

/** No other tool may take a part of a run for a whole one. */
function hasDlioFiles(context: ResultContext): boolean {
  return metricTag(context) === "METRIC";
}

/** Whether something has the name, be it a link to nowhere. */
async function isLinkThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (isMissing) return false;
    throw resultsError("look up", path, error);
  }
}

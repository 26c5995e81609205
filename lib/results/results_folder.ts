/**
 * The results folder of one run, written as the run goes.
 *
 *    stoker.incomplete.jsonl   while the run lasts: its head, then a line
 *                              for each phase; gone when the run is saved
 *    {hydra}/*.yaml            from the beginning
 *    all other files           at the end, each under a name of its own
 *                              (`NAME.partial`) and then renamed
 *    stoker.json               last: its rename is what finishes the folder
 *
 * So after a crash the journal is there, and its name says that the run is not
 * complete. `results_reader.ts` reads either.
 *
 * Results are never overwritten: a folder that already has a file of ours is
 * refused. Files of others are left alone, because mlpstorage keeps its logs
 * in the folder that it names. The journal is created exclusively, so two
 * runs cannot take the same folder.
 */
import { StorageError } from "../errors.ts";
import { hydraConfig, hydraOverrides, hydraSelf } from "./dlio/hydra.ts";
import { rankEpochStats, runEpochStats } from "./dlio/epoch_stats.ts";
import { dlioLog } from "./dlio/log.ts";
import { rankOutput } from "./dlio/output.ts";
import { jsonLinePieces, jsonPieces } from "./json_pieces.ts";
import { phaseToPlain } from "./phase_json.ts";
import { appendPieces, resultsError, writePieces } from "./results_file.ts";
import type { ResultContext } from "../metrics/result_context.ts";
import type { PhaseRecord, RunRecord } from "../metrics/run_record.ts";
import { runHeadToPlain, stokerJson } from "./stoker_json.ts";
import type { RunHead } from "./stoker_json.ts";
import { summarize } from "../metrics/summary.ts";
import type { Summary } from "../metrics/summary.ts";

/** Name of the journal of a run that is not saved yet. */
export const JOURNAL_NAME = "stoker.incomplete.jsonl";

/** Name of the file whose presence says that the folder is finished. */
export const STOKER_JSON_NAME = "stoker.json";

/** Names that only a results folder has, DLIO's or ours. */
const RESULT_NAME_REGEXPS: readonly RegExp[] = [
  /^stoker\.(json|incomplete\.jsonl)/,
  /^summary\.json/,
  /^(\d+_)?per_epoch_stats\.json/,
  /^\d+_output\.json/,
  /^report\.(txt|html)/,
];

/** A results folder that is being written. */
export class ResultsFolder {
  /** As it was given. */
  readonly path: string;
  readonly #context: ResultContext;
  readonly #journal: Deno.FsFile;

  /**
   * {@linkcode ResultsFolder.prepare} makes one; nothing else should.
   *
   * @param path The folder.
   * @param context The settings of the run.
   * @param journal The open journal, which now belongs to this object.
   */
  constructor(
    path: string,
    context: ResultContext,
    journal: Deno.FsFile,
  ) {
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
  static prepare(
    path: string,
    run: { readonly head: RunHead; readonly context: ResultContext },
  ): ResultsFolder {
    const { head, context } = run;
    makeFolder(path);
    refuseResults(path, context.logFile);
    makeFolder(`${path}/${context.hydraFolder}`);
    const journalPath = `${path}/${JOURNAL_NAME}`;
    let journal: Deno.FsFile;
    try {
      journal = Deno.openSync(journalPath, { write: true, createNew: true });
    } catch (error) {
      throw resultsError("create", journalPath, error);
    }
    const folder = new ResultsFolder(path, context, journal);
    try {
      folder.#append(runHeadToPlain(head, context));
      folder.#writeHydra();
    } catch (error) {
      // Nothing was measured yet: the folder is as free as it was.
      journal.close();
      Deno.removeSync(journalPath);
      throw error;
    }
    return folder;
  }

  /**
   * Saves a phase that has ended, so that no later failure can lose it. Made
   * for the engine's `onPhaseEnd`: when it returns, the disk is quiet again.
   *
   * @param phase The phase.
   * @throws {StorageError} If it cannot be written.
   */
  appendPhase(phase: PhaseRecord): void {
    this.#append(phaseToPlain(phase));
  }

  /**
   * Writes all files and finishes the folder.
   *
   * @param record The run, complete or not.
   * @param texts Further files by name, such as `report.txt`.
   * @returns The run's summary as it was written.
   * @throws {StorageError} If a file cannot be written. The journal stays, so
   * nothing that was measured is lost; call {@linkcode abandon} then.
   */
  finish(
    record: RunRecord,
    texts: Readonly<Record<string, string>> = {},
  ): Summary {
    const context = this.#context;
    const summary = summarize(record, context);
    for (let rank = 0; rank < record.accelerators; rank++) {
      this.#writeJson(
        `${rank}_output.json`,
        rankOutput(record, context, rank),
      );
      this.#writeJson(
        `${rank}_per_epoch_stats.json`,
        rankEpochStats(record, context, rank),
      );
    }
    this.#writeJson(
      "per_epoch_stats.json",
      runEpochStats(record, context),
    );
    this.#write(context.logFile, [dlioLog(record, context, summary)]);
    for (const [name, text] of Object.entries(texts)) {
      this.#write(name, [text]);
    }
    this.#writeJson("summary.json", summary);
    this.#writeJson(
      STOKER_JSON_NAME,
      stokerJson(record, context, summary),
    );
    this.#journal.close();
    Deno.removeSync(`${this.path}/${JOURNAL_NAME}`);
    return summary;
  }

  /**
   * Gives the folder back: for a run that ends before anything was measured.
   * Goes only as far as the folder holds nothing but what was made here.
   */
  async discard(): Promise<void> {
    this.#journal.close();
    const { hydraFolder } = this.#context;
    const names = [
      JOURNAL_NAME,
      ...["config", "overrides", "hydra"].map((name) =>
        `${hydraFolder}/${name}.yaml`
      ),
      hydraFolder,
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

  /** Closes the journal of a run that cannot be finished; it stays. */
  abandon(): void {
    this.#journal.close();
  }

  #append(value: unknown): void {
    appendPieces(
      this.#journal,
      `${this.path}/${JOURNAL_NAME}`,
      jsonLinePieces(value),
    );
  }

  #writeHydra(): void {
    const context = this.#context;
    const folder = context.hydraFolder;
    this.#write(`${folder}/config.yaml`, [hydraConfig(context)]);
    this.#write(`${folder}/overrides.yaml`, [hydraOverrides(context)]);
    this.#write(`${folder}/hydra.yaml`, [hydraSelf(context, this.path)]);
  }

  #writeJson(name: string, value: unknown): void {
    this.#write(name, jsonFilePieces(value));
  }

  #write(name: string, pieces: Iterable<string>): void {
    writePieces(`${this.path}/${name}`, pieces);
  }
}

function* jsonFilePieces(value: unknown): Generator<string> {
  yield* jsonPieces(value);
  yield "\n";
}

function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
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

function refuseResults(path: string, logFile: string): void {
  try {
    for (const { name } of Deno.readDirSync(path)) {
      const isResult = name === logFile ||
        RESULT_NAME_REGEXPS.some((pattern) => pattern.test(name));
      if (!isResult) continue;
      throw new StorageError(
        "write results to",
        path,
        "EEXIST",
        `it holds the results of another run ("${name}"); name another ` +
          "folder with --results or remove this one",
      );
    }
  } catch (error) {
    throw resultsError("list", path, error);
  }
}

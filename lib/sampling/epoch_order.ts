/**
 * The order in which an epoch visits samples: position -> (file, sample).
 *
 * Orders are file-major: an order of files (`file_shuffle`) and, inside each
 * file, an order of its samples (`sample_shuffle`). So a file with many
 * samples is read in one stretch, as every loader of multi-sample files does;
 * a single file with a billion samples gets a permutation of all of them.
 *
 * An order is a function of (seed, epoch) alone, not of threads or hosts. It
 * takes constant memory where all files hold the same number of samples; else
 * the table of their numbers, see `sample_table.ts`.
 */
import { combine32 } from "../random/seeds.ts";
import { Permutation } from "./permutation.ts";
import {
  markEpoch,
  SampleCursor,
  sampleSum,
  type SampleTable,
} from "./sample_table.ts";

/** What an order is made from: plain data. */
export interface EpochOrderSettings {
  readonly fileCount: number;
  /** Samples of each file; with a table: not used. */
  readonly samplesPerFile: number;
  /** Samples of the files, where they hold different numbers. */
  readonly table?: SampleTable;
  /** Seed of the file order; null visits files by index. */
  readonly fileSeed: number | null;
  /** Seed of the orders inside files; null visits samples by index. */
  readonly sampleSeed: number | null;
  /** False: every epoch has the order of epoch 1. */
  readonly changesWithEpoch: boolean;
}

/** The order of one epoch; `begin` turns it to the next. */
export class EpochOrder {
  readonly sampleCount: number;
  readonly #samplesPerFile: number;
  readonly #settings: EpochOrderSettings;
  readonly #files: Permutation | null;
  readonly #samples: Permutation | null;
  readonly #cursor: SampleCursor | null;
  #sampleEpochSeed = 0;
  #samplesFile = -1;

  constructor(settings: EpochOrderSettings) {
    const { fileCount, samplesPerFile, table } = settings;
    this.#settings = settings;
    this.#samplesPerFile = samplesPerFile;
    this.sampleCount = table === undefined
      ? fileCount * samplesPerFile
      : sampleSum(table.counts);
    this.#files = settings.fileSeed === null || fileCount < 1
      ? null
      : new Permutation(fileCount, 0);
    this.#samples = settings.sampleSeed === null
      ? null
      : new Permutation(table === undefined ? samplesPerFile : 1, 0);
    this.#cursor = table === undefined
      ? null
      : new SampleCursor(table, (slot) => this.#fileOf(slot));
    this.begin(1);
  }

  /**
   * Becomes the order of an epoch, counted from 1. With a table, the main
   * thread must have called {@linkcode markTable} for the epoch before.
   */
  begin(epoch: number): void {
    const turn = this.#settings.changesWithEpoch ? epoch : 1;
    const { fileSeed, sampleSeed } = this.#settings;
    this.#files?.reseed(combine32(combine32(0, fileSeed ?? 0), turn));
    // Another domain than the files': the same seed must not give both the
    // same keys.
    this.#sampleEpochSeed = combine32(combine32(1, sampleSeed ?? 0), turn);
    this.#samplesFile = -1;
    this.#cursor?.reset();
  }

  /**
   * Writes the marks of the epoch at hand into the table, for all threads;
   * does nothing without one. Takes some 50 ns per file.
   */
  markTable(): void {
    const { table } = this.#settings;
    if (table !== undefined) markEpoch(table, (slot) => this.#fileOf(slot));
    this.#cursor?.reset();
  }

  /** Index of the file that holds the sample at a position. */
  fileAt(position: number): number {
    if (this.#cursor !== null) {
      this.#cursor.seek(position);
      return this.#cursor.file;
    }
    return this.#fileOf(Math.floor(position / this.#samplesPerFile));
  }

  /** Position inside its file, counted from 0, as the epoch visits it. */
  offsetAt(position: number): number {
    if (this.#cursor === null) return position % this.#samplesPerFile;
    this.#cursor.seek(position);
    return position - this.#cursor.first;
  }

  /** Samples of the file that holds the sample at a position. */
  samplesAt(position: number): number {
    if (this.#cursor === null) return this.#samplesPerFile;
    this.#cursor.seek(position);
    return this.#cursor.end - this.#cursor.first;
  }

  /**
   * Index inside its file of the sample at a position.
   *
   * @param file What {@linkcode fileAt} says of the same position.
   */
  sampleAt(position: number, file: number): number {
    const index = this.offsetAt(position);
    if (this.#samples === null) return index;
    if (file !== this.#samplesFile) {
      // Each file has its own order; without this all would share one.
      this.#samples.resize(this.samplesAt(position));
      this.#samples.reseed(combine32(this.#sampleEpochSeed, file));
      this.#samplesFile = file;
    }
    return this.#samples.at(index);
  }

  #fileOf(slot: number): number {
    return this.#files === null ? slot : this.#files.at(slot);
  }
}

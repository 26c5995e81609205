/**
 * The order in which an epoch visits samples: position → (file, sample).
 *
 * Orders are file-major: an order of files (`file_shuffle`) and, inside each
 * file, an order of its samples (`sample_shuffle`). So a file with many
 * samples is read in one stretch, as every loader of multi-sample files does;
 * a single file with a billion samples gets a permutation of all of them.
 *
 * An order is a function of (seed, epoch) alone, not of threads or hosts, and
 * takes constant memory.
 */
import { combine32 } from "../random/seeds.ts";
import { Permutation } from "./permutation.ts";

/** What an order is made from: plain data. */
export interface EpochOrderSettings {
  readonly fileCount: number;
  readonly samplesPerFile: number;
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
  #sampleEpochSeed = 0;
  #samplesFile = -1;

  constructor(settings: EpochOrderSettings) {
    this.#settings = settings;
    this.#samplesPerFile = settings.samplesPerFile;
    this.sampleCount = settings.fileCount * settings.samplesPerFile;
    this.#files = settings.fileSeed === null || settings.fileCount < 1
      ? null
      : new Permutation(settings.fileCount, 0);
    this.#samples = settings.sampleSeed === null
      ? null
      : new Permutation(settings.samplesPerFile, 0);
    this.begin(1);
  }

  /** Becomes the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    const turn = this.#settings.changesWithEpoch ? epoch : 1;
    const { fileSeed, sampleSeed } = this.#settings;
    this.#files?.reseed(combine32(combine32(0, fileSeed ?? 0), turn));
    // Another domain than the files': the same seed must not give both the
    // same keys.
    this.#sampleEpochSeed = combine32(combine32(1, sampleSeed ?? 0), turn);
    this.#samplesFile = -1;
  }

  /** Index of the file that holds the sample at a position. */
  fileAt(position: number): number {
    const slot = Math.floor(position / this.#samplesPerFile);
    return this.#files === null ? slot : this.#files.at(slot);
  }

  /**
   * Index inside its file of the sample at a position.
   *
   * @param file What {@linkcode fileAt} says of the same position.
   */
  sampleAt(position: number, file: number): number {
    const index = position % this.#samplesPerFile;
    if (this.#samples === null) return index;
    if (file !== this.#samplesFile) {
      // Each file has its own order; without this all would share one.
      this.#samples.reseed(combine32(this.#sampleEpochSeed, file));
      this.#samplesFile = file;
    }
    return this.#samples.at(index);
  }
}

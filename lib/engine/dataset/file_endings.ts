/**
 * Whether a file is one of a format, by how its name ends; upper and lower
 * case are the same.
 *
 *    x.tfrecord                     the format's extension, or a further one
 *    x.tfrecord-00000-of-00004      the same, and a shard's number behind it
 *    train-00000-of-00004           no ending, where the format has such shards
 *
 * Shards are called so by TensorFlow, Beam and TensorFlow Datasets:
 * https://www.tensorflow.org/datasets/external_tfrecord
 */
import type { Format } from "../../formats/format.ts";

const SHARD_REGEXP = /-\d+-of-\d+$/;

/** The names of one format's files. */
export class FileEndings {
  /** In lower case, with a dot. */
  readonly #endings: readonly string[];
  /** How the last file's name ended. */
  #lastEnding: string;
  readonly #companionEndings: readonly string[];
  /** In lower case: what each split has once, such as a list of its files. */
  readonly #splitFiles: ReadonlySet<string>;
  readonly #hasShardsWithoutEnding: boolean;
  readonly #anyEnding: boolean;

  /**
   * @param format Whose files.
   * @param extension As Stoker would call them, without its first dot.
   */
  constructor(format: Format, extension: string) {
    this.#endings = [
      ...new Set([extension, ...format.endings ?? []]),
    ].map((ending) => `.${ending.toLowerCase()}`);
    this.#lastEnding = `.${extension}`;
    this.#companionEndings = [
      ...format.companions ?? [],
      ...format.counting?.indexFiles ?? [],
    ].map(({ path }) =>
      path("f").replace(/^.*\//, "").replace(/^f/, "").toLowerCase()
    ).filter((ending) => ending !== "");
    this.#splitFiles = new Set(
      (format.splitFiles ?? []).map(({ name }) => name.toLowerCase()),
    );
    this.#hasShardsWithoutEnding = format.hasShardsWithoutEnding === true;
    this.#anyEnding = format.anyEnding === true;
  }

  /** Whether a file of that name is one of the format. */
  has(name: string): boolean {
    // Of millions of names nearly all end as the one before, letter by letter.
    if (this.#anyEnding || name.endsWith(this.#lastEnding)) return true;
    const lower = name.toLowerCase();
    const ending = this.#endings.find((each) => lower.endsWith(each));
    if (ending !== undefined) {
      this.#lastEnding = name.slice(-ending.length);
      return true;
    }
    const stem = lower.replace(SHARD_REGEXP, "");
    if (stem === lower) return false;
    if (this.#endings.some((each) => stem.endsWith(each))) return true;
    return this.#hasShardsWithoutEnding && !stem.includes(".");
  }

  /** Whether a file of that name only belongs to one, such as an index. */
  isCompanion(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#splitFiles.has(lower) ||
      this.#companionEndings.some((ending) => lower.endsWith(ending));
  }

  /** For people: ".jpeg, .jpg, .jpe, .jfif". */
  toString(): string {
    if (this.#anyEnding) return "anything";
    return this.#endings.join(", ") +
      (this.#hasShardsWithoutEnding ? ", NAME-00000-of-00004" : "");
  }
}

/**
 * Which part of a dataset a folder or a file is, as its name says.
 *
 * A split is said by a word that stands by itself: at the begin of the name or
 * behind "-", "_", "." or a space; at its end or before one of those or a
 * digit. So `train`, `Training`, `train2017`, `val_images`, `dev-clean`,
 * `train-00000-of-00004.parquet`, `mnist-test.tfrecord-00000-of-00001`; but
 * not `trainer`, `evaluate_me`, `latest`.
 *
 * The same words as the Hugging Face Hub takes, and TensorFlow Datasets writes:
 * https://huggingface.co/docs/hub/datasets-file-names-and-splits
 */

/** What a name says; the evaluation of a run reads one of the latter. */
export type SplitWord = "train" | "validation" | "eval" | "dev" | "test";

/** Words that mean evaluation, the one that is taken first in front. */
export const EVALUATION_WORDS: readonly SplitWord[] = [
  "validation",
  "eval",
  "dev",
  "test",
];

const SPELLINGS: Readonly<Record<string, SplitWord>> = {
  train: "train",
  training: "train",
  valid: "validation",
  val: "validation",
  validation: "validation",
  eval: "eval",
  evaluation: "eval",
  dev: "dev",
  test: "test",
  testing: "test",
};

const WORD_REGEXP = new RegExp(
  `(?:^|[-_. ])(${Object.keys(SPELLINGS).join("|")})(?=$|[-_. \\d])`,
  "i",
);

/**
 * The split that a name says.
 *
 * @param name Of one folder or file, without what it lies in.
 * @returns Null if it says none; the first one if it says several.
 */
export function splitWordOf(name: string): SplitWord | null {
  const word = WORD_REGEXP.exec(name)?.[1];
  return word === undefined ? null : SPELLINGS[word.toLowerCase()] ?? null;
}

/**
 * The parts of a workload that a rule may be about, and which of them a
 * command uses. A command judges only what it uses: generating a dataset
 * does not fail because a batch of training would be too large.
 */
import type { Workload } from "./workload.ts";

/** What a rule is about. */
export type JudgedPart =
  /** Files of the dataset, and the storage that they are in. */
  | "files"
  /** Reading them, for training or evaluation. */
  | "reading"
  | "training"
  | "evaluation"
  /** The model's state and how it is divided among accelerators. */
  | "model"
  /** When and how that state is saved and loaded. */
  | "checkpoints"
  /** A measured run as a whole: its results, its profiler, what it promises. */
  | "run";

/** What a workload is resolved for. */
export type Purpose =
  /** To be run: all that its workflow uses is judged. */
  | "run"
  /** Its dataset alone: to be written, verified or looked at. */
  | "dataset"
  /** Its sizes: no phase will read or write. */
  | "sizes"
  /** To be shown: what `run` would refuse is a warning. */
  | "show";

/**
 * The parts that are judged.
 *
 * @param workload Its workflow says what a run uses.
 */
export function judgedParts(
  { workflow }: Workload,
  purpose: Purpose,
): ReadonlySet<JudgedPart> {
  const { train, evaluation, checkpoint } = workflow;
  const reads = train || evaluation;
  const parts: readonly (readonly [JudgedPart, boolean])[] = [
    // Checkpoints are in the same storage.
    ["files", true],
    ["reading", reads],
    ["training", train],
    ["evaluation", evaluation],
    ["model", checkpoint],
    ["checkpoints", checkpoint],
    ["run", true],
  ];
  const used = parts.filter(([, isUsed]) => isUsed).map(([part]) => part);
  switch (purpose) {
    case "dataset":
      return new Set<JudgedPart>(["files"]);
    case "sizes":
      return new Set(
        used.filter((part) => part === "files" || part === "model"),
      );
    case "run":
    case "show":
      return new Set(used);
  }
}

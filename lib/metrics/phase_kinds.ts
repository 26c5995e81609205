/**
 * The kinds of phase and what distinguishes them. Nothing else in `lib/` may
 * ask for a kind by its name where a trait can answer: a new kind is a row
 * here, and figures, warnings, reports and DLIO's files follow.
 *
 * The order of the rows is that of summaries and reports.
 */

/** What is asked about a kind of phase. */
export interface PhaseKindTraits {
  /** In sentences and above tables: "Training", "Loading checkpoints". */
  readonly title: string;
  /** Begins the kind's lines in the metric block: "Checkpoint load". */
  readonly metricTitle: string;
  /** In progress lines: "train", "load checkpoint". */
  readonly verb: string;
  /** Where its bytes go: decides what is asked of the device's counters. */
  readonly direction: "read" | "write";
  /** Whether accelerators do steps, so that there is AU. */
  readonly hasSteps: boolean;
  /**
   * What its phases are numbered as in tables of steps; evaluations by
   * themselves, since not every epoch has one. Null without steps.
   */
  readonly epochColumn: string | null;
  /** Whether an epoch of it goes through the files of training. */
  readonly readsTrainingSet: boolean;
  /** Whether it saves or loads one checkpoint. */
  readonly isCheckpoint: boolean;
  /** Whether checkpoints may be saved inside of it, between its steps. */
  readonly savesWithin: boolean;
  /**
   * Begins the names of its keys in `summary.json`, DLIO's for those that
   * DLIO has; null: it prepares or checks and is no part of the summary.
   */
  readonly keyPrefix: string | null;
  /** What DLIO's files call it inside an epoch; null: nothing. */
  readonly dlioSpan: "block" | "eval" | "save_ckpt" | "load_ckpt" | null;
  /**
   * What to say if much of it came from memory: the figures that are too
   * good, and the way out. Null: its figures say nothing of the storage.
   */
  readonly fromMemory:
    | { readonly figures: string; readonly advice: string }
    | null;
}

const LARGER_DATASET =
  "Use a dataset larger than the memory of all hosts, reader.odirect=true, " +
  "or drop the page cache";

const ROWS = {
  generate: {
    title: "Generating",
    metricTitle: "Generation",
    verb: "generate",
    direction: "write",
    hasSteps: false,
    epochColumn: null,
    readsTrainingSet: false,
    isCheckpoint: false,
    savesWithin: false,
    keyPrefix: null,
    dlioSpan: null,
    fromMemory: null,
  },
  verify: {
    title: "Verifying",
    metricTitle: "Verification",
    verb: "verify",
    direction: "read",
    hasSteps: false,
    epochColumn: null,
    readsTrainingSet: false,
    isCheckpoint: false,
    savesWithin: false,
    keyPrefix: null,
    dlioSpan: null,
    fromMemory: null,
  },
  train: {
    title: "Training",
    metricTitle: "Training",
    verb: "train",
    direction: "read",
    hasSteps: true,
    epochColumn: "Epoch",
    readsTrainingSet: true,
    isCheckpoint: false,
    savesWithin: true,
    keyPrefix: "train",
    dlioSpan: "block",
    fromMemory: {
      figures: "AU and throughput are",
      advice: LARGER_DATASET,
    },
  },
  eval: {
    title: "Evaluation",
    metricTitle: "Eval",
    verb: "eval",
    direction: "read",
    hasSteps: true,
    epochColumn: "Eval",
    readsTrainingSet: false,
    isCheckpoint: false,
    savesWithin: false,
    keyPrefix: "eval",
    dlioSpan: "eval",
    fromMemory: {
      figures: "its AU and throughput are",
      advice: LARGER_DATASET,
    },
  },
  save_checkpoint: {
    title: "Saving checkpoints",
    metricTitle: "Checkpoint save",
    verb: "save checkpoint",
    direction: "write",
    hasSteps: false,
    epochColumn: null,
    readsTrainingSet: false,
    isCheckpoint: true,
    savesWithin: false,
    keyPrefix: "save_checkpoint",
    dlioSpan: "save_ckpt",
    fromMemory: null,
  },
  load_checkpoint: {
    title: "Loading checkpoints",
    metricTitle: "Checkpoint load",
    verb: "load checkpoint",
    direction: "read",
    hasSteps: false,
    epochColumn: null,
    readsTrainingSet: false,
    isCheckpoint: true,
    savesWithin: false,
    keyPrefix: "load_checkpoint",
    dlioSpan: "load_ckpt",
    fromMemory: {
      figures: "its throughput is",
      advice: "Use reader.odirect=true, or drop the page cache before it " +
        "(storage.drop_caches=before-phase)",
    },
  },
} satisfies Readonly<Record<string, PhaseKindTraits>>;

/** What a phase does. */
export type PhaseKind = keyof typeof ROWS;

/** All kinds by name. */
export const PHASE_KINDS: Readonly<Record<PhaseKind, PhaseKindTraits>> = ROWS;

/** All names, in the order of the rows. */
export const PHASE_KIND_NAMES = Object.keys(ROWS) as readonly PhaseKind[];

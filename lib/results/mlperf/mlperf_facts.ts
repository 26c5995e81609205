/**
 * What the files of MLPerf Storage's own tool say of a run beside what DLIO's
 * files say. The caller derives it; results only write it down.
 */

/** One run, in the words of MLPerf Storage. */
export interface MlperfFacts {
  readonly benchmarkType: "training" | "checkpointing";
  /** "datagen": only the dataset was generated. */
  readonly command: "run" | "datagen";
  /** "unet3d", "llama3-8b". */
  readonly model: string;
  /** "b200", "mi355" …; null: the workload's name tells none. */
  readonly accelerator: string | null;
  /** Local time of the start: "20260724_123243". Names folder and file. */
  readonly folderTime: string;
  /** What was given of the workload, nested, without secrets. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What the command line said of it, by dotted key, without secrets. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** Null: the run has no dataset. */
  readonly dataFolder: string | null;
  /** Null: the run has no checkpoints. */
  readonly checkpointFolder: string | null;
  readonly checkpointsWritten: number;
  readonly checkpointsRead: number;
  /** The class of comparable runs and how it came out; null: none. */
  readonly coreConfig: {
    readonly allowList: string;
    readonly hash: string;
    readonly keys: readonly string[];
  } | null;
}

/** Folder of the saved configuration, as MLPerf Storage's tool calls it. */
export const DLIO_CONFIG_FOLDER = "dlio_config";

/** Said wherever a result could be taken for a submission. */
export const SUBMISSION_NOTE =
  "An official MLPerf Storage submission must be run by the field's own " +
  "tool, mlpstorage: this result is for getting there and for proof";

/**
 * A model as MLPerf Storage calls it: "llama3-8b" for `llama_8b`.
 *
 * @param name `model.name`.
 */
export function mlperfModel(name: string): string {
  return name.replace(/^llama_/, "llama3-").replaceAll("_", "-");
}

/**
 * Name of the file that MLPerf Storage's report generator takes a folder for
 * a run by.
 */
export function metadataName(
  { benchmarkType, folderTime }: MlperfFacts,
): string {
  return `${benchmarkType}_${folderTime}_metadata.json`;
}

/** Names that {@linkcode metadataName} gives, and any other tool's. */
export const METADATA_NAME_REGEXP = /_metadata\.json$/;

/**
 * A moment as MLPerf Storage names folders: local time, "20260724_123243".
 *
 * @param wallMs Milliseconds since 1970, UTC.
 * @param utcOffsetMinutes Minutes that local time is ahead of UTC.
 */
export function folderTimeOf(wallMs: number, utcOffsetMinutes: number): string {
  return new Date(wallMs + utcOffsetMinutes * 60_000).toISOString()
    .slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
}

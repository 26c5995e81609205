/**
 * The comparability class of a run: the hash `core-config-v1` of MLPerf
 * Storage. Runs of one class executed the same workload, so their results may
 * be laid beside each other.
 *
 *    parameters     as somebody gave them, without defaults, taken apart into
 *                   dotted keys
 *    allow-list     the keys that make a workload what it is; sizes of the
 *                   dataset, threads, storage and paths are not among them
 *    canonical      numbers and booleans by their value, however spelled
 *    hash           SHA-256 of the JSON with sorted keys and without spaces,
 *                   the first 16 hexadecimal digits
 *
 * Source: https://github.com/mlcommons/storage, `mlpstorage_py/provenance.py`
 * and `mlpstorage_py/rules/core_config_keys.yaml` (revision 1 of both lists).
 */
import { createHash } from "node:crypto";
import { isPlainMap } from "./layered_values.ts";
import type { Workload } from "./workload.ts";

/** Which benchmark a run belongs to. */
export type BenchmarkFamily = "training" | "checkpointing";

/** Digits of a class. */
const HASH_DIGITS = 16;

interface AllowList {
  readonly id: string;
  /** A key, or all below a prefix: `model.*`. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

const ALLOW_LISTS: Readonly<Record<BenchmarkFamily, AllowList>> = {
  training: {
    id: "training@1",
    include: [
      "framework",
      "metric.au",
      "model.*",
      "workflow.*",
      "dataset.format",
      "dataset.num_samples_per_file",
      "dataset.record_length_bytes",
      "dataset.record_length_bytes_stdev",
      "dataset.record_length_bytes_resize",
      // As files of the first rounds spell it.
      "dataset.record_length",
      "dataset.record_length_stdev",
      "dataset.record_length_resize",
      "reader.data_loader",
      "reader.batch_size",
      "reader.file_shuffle",
      "reader.sample_shuffle",
      "reader.shuffle_size",
      "train.epochs",
      "train.computation_time",
      "train.computation_time_stdev",
      "train.total_training_steps",
      "checkpoint.*",
    ],
    exclude: ["checkpoint.checkpoint_folder"],
  },
  checkpointing: {
    id: "checkpointing@1",
    include: ["framework", "model.*", "workflow.*", "checkpoint.*"],
    exclude: [
      "checkpoint.checkpoint_folder",
      // Writing and reading may be two runs of one submission.
      "checkpoint.num_checkpoints_write",
      "checkpoint.num_checkpoints_read",
    ],
  },
};

/** What a run is compared by. */
export interface CoreConfig {
  /** "training@1", "checkpointing@1". */
  readonly allowList: string;
  /** The class: 16 hexadecimal digits. */
  readonly hash: string;
  /** The keys that took part, sorted. */
  readonly keys: readonly string[];
}

/**
 * Computes the class of a run.
 *
 * @param parameters As they were given, nested; `given_parameters.ts`.
 * @returns Null if nothing was given that makes a workload.
 */
export function coreConfig(
  parameters: Readonly<Record<string, unknown>>,
  family: BenchmarkFamily,
): CoreConfig | null {
  const list = ALLOW_LISTS[family];
  const flat = new Map(leavesBelow(parameters, ""));
  const keys = [...flat.keys()].filter((key) => isAllowed(key, list))
    .sort(byCodePoint);
  if (keys.length === 0) return null;
  const members = keys.map((key) =>
    `${asciiJson(key)}:${canonicalJson(flat.get(key))}`
  );
  const hash = createHash("sha256").update(`{${members.join(",")}}`)
    .digest("hex").slice(0, HASH_DIGITS);
  return { allowList: list.id, hash, keys };
}

/**
 * The benchmark that a workflow is part of; null for one that only generates,
 * which measures nothing that could be compared.
 */
export function familyOf({ workflow }: Workload): BenchmarkFamily | null {
  if (workflow.train || workflow.evaluation) return "training";
  return workflow.checkpoint ? "checkpointing" : null;
}

/**
 * The class of a resolved workload.
 *
 * @param resolved Its settings, and what was given of them.
 * @returns Null if there is none: nothing is measured, or checkpoints have
 *   only a part of their real length, which no published run has.
 */
export function comparabilityClass(
  { workload, given }: {
    readonly workload: Workload;
    readonly given: Readonly<Record<string, unknown>>;
  },
): string | null {
  const family = familyOf(workload);
  const isScaled = workload.workflow.checkpoint &&
    workload.checkpoint.scale !== 1;
  if (family === null || isScaled) return null;
  return coreConfig(given, family)?.hash ?? null;
}

function* leavesBelow(
  tree: Readonly<Record<string, unknown>>,
  prefix: string,
): Generator<[string, unknown]> {
  for (const [key, value] of Object.entries(tree)) {
    if (isPlainMap(value)) yield* leavesBelow(value, `${prefix}${key}.`);
    else yield [`${prefix}${key}`, value];
  }
}

function isAllowed(key: string, { include, exclude }: AllowList): boolean {
  if (exclude.includes(key)) return false;
  return include.some((entry) =>
    entry.endsWith(".*") ? key.startsWith(entry.slice(0, -1)) : key === entry
  );
}

/** As Python sorts texts; JavaScript sorts by UTF-16 units. */
function byCodePoint(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/**
 * JSON of a value by what it means: `7`, `7.0` and `"7"` are one. `yes` and
 * `on` are texts, as in YAML 1.2.
 */
function canonicalJson(value: unknown): string {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  // An empty map; others were taken apart.
  if (typeof value === "object") return "{}";
  const text = String(value).trim();
  if (/^(true|false)$/i.test(text)) return text.toLowerCase();
  if (/^[+-]?\d+(_\d+)*$/.test(text)) {
    return signedInteger(text.replaceAll("_", ""));
  }
  if (
    /^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+)?$/i.test(text)
  ) {
    return numberText(Number(text.replaceAll("_", "")));
  }
  return asciiJson(text);
}

/** BigInt reads no plus sign. */
function signedInteger(text: string): string {
  return BigInt(text.replace(/^\+/, "")).toString();
}

/** A number as Python's `json.dumps` writes it. */
function numberText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  }
  const size = Math.abs(value);
  // Python changes to exponents below 1e-4, JavaScript below 1e-6; no
  // fraction is as large as the other limit.
  if (size >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, "e-0$1");
}

/** JSON text with everything beyond ASCII escaped. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Settings from the environment and from a `.env` file: DLIO's variables and
 * those of the AWS tools, each filling one setting that is not set.
 */

import { LAUNCHER_VARIABLES } from "../cluster/mpi/launcher.ts";
import { ALL_KINDS } from "../storage/kinds.ts";

/** One variable and what it fills. */
export interface EnvironmentRow {
  readonly name: string;
  /** Dotted path of the setting. */
  readonly path: string;
  /** Kinds of storage with which it is used; null: always. */
  readonly storageTypes: readonly string[] | null;
  /** Several values, separated by commas. */
  readonly isList?: true;
}

/** Kinds whose root is a bucket. */
const OBJECT_STORES = ALL_KINDS.filter(({ scheme }) => scheme !== undefined)
  .map(({ name }) => name);

/** Variables of the options of every kind of storage. */
function optionRows(): EnvironmentRow[] {
  return ALL_KINDS.flatMap((kind) =>
    Object.entries(kind.options).flatMap(([option, row]) =>
      (row.environment ?? []).map((name) => ({
        name,
        path: `storage.storage_options.${option}`,
        storageTypes: [kind.name],
        ...(row.type === "texts" ? { isList: true as const } : {}),
      }))
    )
  );
}

/**
 * Variables that fill settings. Of two for one setting the first goes first.
 */
export const ENVIRONMENT_ROWS: readonly EnvironmentRow[] = [
  { name: "DLIO_OUTPUT_FOLDER", path: "output.folder", storageTypes: null },
  { name: "DLIO_LOG_LEVEL", path: "output.log_level", storageTypes: null },
  {
    name: "DLIO_DATA_GEN",
    path: "dataset.data_gen_method",
    storageTypes: null,
  },
  {
    name: "DLIO_STORAGE_TYPE",
    path: "storage.storage_type",
    storageTypes: null,
  },
  {
    name: "DLIO_BUCKET",
    path: "storage.storage_root",
    storageTypes: OBJECT_STORES,
  },
  ...optionRows(),
];

/** Caps the number of threads where it is sized for the host. */
export const MAX_AUTO_THREADS_NAME = "DLIO_MAX_AUTO_THREADS";

/** Every variable that is read. */
export const ENVIRONMENT_NAMES: readonly string[] = [
  ...new Set(ENVIRONMENT_ROWS.map((row) => row.name)),
  MAX_AUTO_THREADS_NAME,
  ...LAUNCHER_VARIABLES,
];

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a `.env` file: `KEY=VALUE` lines, an optional `export` before them,
 * `#` comments, one layer of quotes taken off.
 */
export function parseDotenv(text: string): Environment {
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const quoted = /^(["'])(.*)\1$/.exec(match[2]!);
    variables[match[1]!] = quoted?.[2] ?? match[2]!.replace(/\s+#.*$/, "");
  }
  return variables;
}

/** The value of a row's variable; undefined if it is unset or empty. */
export function valueFrom(row: EnvironmentRow, environment: Environment) {
  const text = environment[row.name];
  if (text === undefined || text.trim() === "") return undefined;
  if (row.isList !== true) return text;
  return text.split(",").map((each) => each.trim()).filter((each) =>
    each !== ""
  );
}

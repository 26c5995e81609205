/**
 * Settings from the environment and from a `.env` file: DLIO's variables and
 * those of the AWS tools, each filling one setting that is not set.
 */

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

const S3 = ["s3"] as const;
const OBJECT_STORES = ["s3", "aistore"] as const;

function option(
  name: string,
  key: string,
): EnvironmentRow {
  return { name, path: `storage.storage_options.${key}`, storageTypes: S3 };
}

function proxyRows(key: string, names: readonly string[]): EnvironmentRow[] {
  return names.map((name) => ({
    ...option(name, key),
    storageTypes: OBJECT_STORES,
  }));
}

/**
 * Variables of proxies. They are taken out of the process's own environment,
 * since Deno's fetch reads them there whatever it is permitted.
 */
export const PROXY_NAMES: readonly string[] = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
].flatMap((name) => [name, name.toLowerCase()]);

/**
 * Variables that fill settings. Of two for one setting the first goes first,
 * so the service's own endpoint wins, as in the AWS tools.
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
  {
    name: "DLIO_STORAGE_LIBRARY",
    path: "storage.storage_options.storage_library",
    storageTypes: OBJECT_STORES,
  },
  { ...option("S3_ENDPOINT_URIS", "endpoint_uris"), isList: true },
  option("AWS_ENDPOINT_URL_S3", "endpoint_url"),
  option("AWS_ENDPOINT_URL", "endpoint_url"),
  option("AWS_REGION", "region"),
  option("AWS_ACCESS_KEY_ID", "access_key_id"),
  option("AWS_SECRET_ACCESS_KEY", "secret_access_key"),
  option("AWS_SESSION_TOKEN", "session_token"),
  {
    ...option("AWS_CA_BUNDLE", "ca_bundle"),
    storageTypes: OBJECT_STORES,
  },
  ...proxyRows("http_proxy", ["HTTP_PROXY", "http_proxy"]),
  ...proxyRows("https_proxy", ["HTTPS_PROXY", "https_proxy"]),
  ...["http_proxy", "https_proxy"].flatMap((key) =>
    proxyRows(key, ["ALL_PROXY", "all_proxy"])
  ),
  ...proxyRows("no_proxy", ["NO_PROXY", "no_proxy"])
    .map((row) => ({ ...row, isList: true as const })),
];

/** Caps the number of threads where it is sized for the host. */
export const MAX_AUTO_THREADS_NAME = "DLIO_MAX_AUTO_THREADS";

/** Every variable that is looked at. */
export const ENVIRONMENT_NAMES: readonly string[] = [
  ...new Set(ENVIRONMENT_ROWS.map((row) => row.name)),
  MAX_AUTO_THREADS_NAME,
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

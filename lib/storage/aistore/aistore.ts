/**
 * Objects of AIStore through its own HTTP API: `storage_type: aistore`.
 *
 * Retries, deadlines, endpoints, counters and writing are those of S3; only
 * the requests differ, see `aistore_client.ts`. `storage_root` is the bucket,
 * which the first write creates if it is an AIStore bucket.
 */
import type { StorageKind, StorageSettings } from "../storage.ts";
import {
  connectObjects,
  type ObjectDialect,
  preflightObjects,
} from "../s3/s3.ts";
import { readS3Settings, type ReadSettings } from "../s3/s3_settings.ts";
import { aistoreClients } from "./aistore_client.ts";

/** Where a cluster on this host listens, as in DLIO. */
const DEFAULT_ENDPOINT = "http://localhost:8080";
/** AIStore's own buckets; others stand for buckets elsewhere. */
const DEFAULT_PROVIDER = "ais";

/** Options of S3 that AIStore's own API has no use for. */
const S3_ONLY = [
  "access_key_id",
  "secret_access_key",
  "session_token",
  "region",
  "s3_force_path_style",
  "s3_profile",
  "uri_scheme",
  "endpoint_selection",
  "multipart_parts_in_flight",
];

/** Objects of AIStore. */
export const aistoreKind: StorageKind = {
  name: "aistore",
  problems: (settings) => [...readSettings(settings).problems],
  notices: (settings) => [...readSettings(settings).notices],
  endpoints: (settings) => readSettings(settings).settings.endpoints,
  preflight: async (settings, folder, access, signal) => {
    const read = readSettings(settings);
    if (!read.settings.preflight) return;
    await preflightObjects(dialectOf(settings), read.settings, {
      folder,
      access,
      signal,
    });
  },
  connect: (settings, options = {}) =>
    connectObjects(
      dialectOf(settings),
      readSettings(settings).settings,
      options,
    ),
};

function dialectOf({ options }: StorageSettings): ObjectDialect {
  const provider = textOf(options.provider) ?? DEFAULT_PROVIDER;
  return {
    create: aistoreClients(provider),
    scheme: "ais",
    title: "AIStore",
    maxParts: Infinity,
  };
}

/** S3's settings without signatures and with AIStore's own options. */
function readSettings(given: StorageSettings): ReadSettings {
  const {
    provider: _provider,
    auth_token: token,
    storage_library: _library,
    ...options
  } = given.options;
  const problems = S3_ONLY.filter((key) => options[key] !== undefined)
    .map((key) =>
      `Cannot use storage.storage_options.${key} with ` +
      "storage.storage_type = aistore: its own API does not have it"
    );
  if (options.verify === "checksum") {
    problems.push(
      "Cannot use storage.storage_options.verify = checksum with " +
        "storage.storage_type = aistore: it must be head or none",
    );
  }
  const hasEndpoint = options.endpoint_url ?? options.endpoint_uris;
  const read = readS3Settings({
    ...given,
    root: given.root.replace(/^ais:\/\//, ""),
    options: {
      ...Object.fromEntries(
        Object.entries(options).filter(([key]) => !S3_ONLY.includes(key)),
      ),
      ...(hasEndpoint === undefined ? { endpoint_url: DEFAULT_ENDPOINT } : {}),
      // Nothing is signed; a token goes where S3's would.
      access_key_id: "none",
      secret_access_key: "none-for-aistore",
      session_token: textOf(token),
      // Appended parts must follow one another.
      multipart_parts_in_flight: 1,
    },
  });
  return {
    ...read,
    problems: [
      ...problems,
      ...read.problems.map((problem) =>
        problem.replace("storage_type = s3", "storage_type = aistore")
          .replace("option of s3", "option of aistore")
      ),
    ],
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/**
 * Command line > YAML > environment > .env > default, as a table.
 */
import { assertEquals } from "@std/assert";
import { formatOrigin } from "../../lib/config/origins.ts";
import { type Given, problemsOf, resolveGiven } from "./resolving.ts";

interface Row extends Given {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
}

const S3 = "storage:\n  storage_type: s3\n";
const AT_S3 = { AWS_REGION: "env-region" };

const ROWS: readonly Row[] = [
  { key: "output.folder", value: null, origin: "default" },
  {
    key: "output.folder",
    dotenv: "DLIO_OUTPUT_FOLDER=d",
    value: "d",
    origin: ".env DLIO_OUTPUT_FOLDER",
  },
  {
    key: "output.folder",
    dotenv: "DLIO_OUTPUT_FOLDER=d",
    environment: { DLIO_OUTPUT_FOLDER: "e" },
    value: "e",
    origin: "env DLIO_OUTPUT_FOLDER",
  },
  {
    key: "output.folder",
    environment: { DLIO_OUTPUT_FOLDER: "e" },
    yaml: "output:\n  folder: y",
    value: "y",
    origin: "file w.yaml:2",
  },
  {
    key: "output.folder",
    environment: { DLIO_OUTPUT_FOLDER: "e" },
    yaml: "output:\n  folder: y",
    words: ["output.folder=c"],
    value: "c",
    origin: "output.folder=c",
  },
  {
    key: "output.folder",
    words: ["output.folder=c", "++workload.output.folder=last"],
    value: "last",
    origin: "++workload.output.folder=last",
  },
  {
    key: "output.folder",
    environment: { DLIO_OUTPUT_FOLDER: "e" },
    yaml: "output:\n  folder: null",
    value: "e",
    origin: "env DLIO_OUTPUT_FOLDER",
  },
  {
    key: "train.epochs",
    yaml: "train:\n  epochs: 7",
    words: ["~workload.train.epochs"],
    value: 1,
    origin: "default",
  },
  {
    key: "storage.storage_type",
    environment: { DLIO_STORAGE_TYPE: "direct_fs" },
    value: "direct_fs",
    origin: "env DLIO_STORAGE_TYPE",
  },
  {
    key: "storage.storage_type",
    environment: { DLIO_STORAGE_TYPE: "direct_fs" },
    words: ["storage.storage_type=null"],
    value: "null",
    origin: "storage.storage_type=null",
  },
  {
    key: "storage.storage_root",
    environment: { DLIO_STORAGE_TYPE: "s3", DLIO_BUCKET: "b" },
    value: "b",
    origin: "env DLIO_BUCKET",
  },
  {
    key: "storage.storage_root",
    environment: { DLIO_BUCKET: "b" },
    value: "./",
    origin: "default",
  },
  {
    key: "output.log_level",
    environment: { DLIO_LOG_LEVEL: "DEBUG" },
    value: "debug",
    origin: "env DLIO_LOG_LEVEL",
  },
  {
    key: "dataset.data_gen_method",
    environment: { DLIO_DATA_GEN: "dgen" },
    value: "dgen",
    origin: "env DLIO_DATA_GEN",
  },
];

Deno.test("resolveWorkload() follows the order of precedence", () => {
  for (const { key, value, origin, ...given } of ROWS) {
    const { workload, origins } = resolveGiven(given);
    const found = key.split(".").reduce<unknown>(
      (node, name) => (node as Record<string, unknown>)[name],
      workload,
    );
    const label = JSON.stringify({ key, ...given });
    assertEquals(found, value, label);
    assertEquals(formatOrigin(origins.get(key)!), origin, label);
  }
});

Deno.test("resolveWorkload() fills S3 options from the environment", () => {
  const { workload, origins } = resolveGiven({
    yaml: `${S3}  storage_options: {region: file-region}\n`,
    environment: {
      ...AT_S3,
      AWS_ACCESS_KEY_ID: "id",
      AWS_SECRET_ACCESS_KEY: "hush",
      AWS_SESSION_TOKEN: "token",
      AWS_CA_BUNDLE: "/ca.pem",
      AWS_ENDPOINT_URL: "http://general",
      AWS_ENDPOINT_URL_S3: "http://s3",
      S3_ENDPOINT_URIS: "http://a, http://b,",
    },
    dotenv: "DLIO_STORAGE_LIBRARY=minio",
  });
  assertEquals(workload.storage.storage_options, {
    region: "file-region",
    endpoint_uris: ["http://a", "http://b"],
    endpoint_url: "http://s3",
    access_key_id: "id",
    secret_access_key: "hush",
    session_token: "token",
    ca_bundle: "/ca.pem",
    storage_library: "minio",
    transfer_threads: 1,
  });
  assertEquals(workload.storage.storage_library, "minio");
  assertEquals(origins.get("storage.storage_options.access_key_id"), {
    kind: "environment",
    name: "AWS_ACCESS_KEY_ID",
  });
});

Deno.test("resolveWorkload() keeps S3 variables away from other storage", () => {
  const { workload } = resolveGiven({ environment: AT_S3 });
  assertEquals(workload.storage.storage_options, null);
});

Deno.test("resolveWorkload() names the variable that is wrong", () => {
  assertEquals(problemsOf({ environment: { DLIO_LOG_LEVEL: "warnin" } }), [
    'Cannot use output.log_level = "warnin" (from env DLIO_LOG_LEVEL): it ' +
    "must be one of debug, info, warning, error, critical; did you mean " +
    '"warning"',
  ]);
  assertEquals(problemsOf({ dotenv: "DLIO_MAX_AUTO_THREADS=many" }), [
    'Cannot use DLIO_MAX_AUTO_THREADS = "many" (from the environment): it ' +
    "must be an integer >= 1",
  ]);
});

Deno.test("resolveWorkload() lets storage_library win over the option", () => {
  const { workload, origins } = resolveGiven({
    yaml: `${S3}  storage_library: s3dlio\n` +
      "  storage_options: {storage_library: minio}\n",
  });
  assertEquals(workload.storage.storage_library, "s3dlio");
  assertEquals(workload.storage.storage_options, {
    storage_library: "s3dlio",
    transfer_threads: 1,
  });
  const key = "storage.storage_options.storage_library";
  assertEquals(formatOrigin(origins.get(key)!), "file w.yaml:3");
});

/**
 * The options that all object stores have.
 */
import type { OptionRow, OptionRows } from "../option_row.ts";

const MIB = 2 ** 20;

/** Least size of a part that is not the last: S3's own rule. */
const MIN_PART_BYTES = 5 * MIB;
/** The longest body of one request that S3 takes. */
const MAX_BODY_BYTES = 5 * 2 ** 30;
/** Anything longer is no time-out. */
const MAX_SECONDS = 86_400;

/** A number of things at a time, or of attempts. */
export function countOption(fallback: number, help: string) {
  return { type: "count", fallback, min: 1, max: 1e6, help } as const;
}

/** An option that DLIO has and that changes nothing here. */
function dliosOwn() {
  return {
    type: "ignored",
    fallback: null,
    help: "No effect: it steers DLIO's own readers",
  } as const satisfies OptionRow;
}

function timeout(fallback: number, help: string) {
  return {
    type: "seconds",
    fallback,
    min: 0.001,
    max: MAX_SECONDS,
    help,
  } as const;
}

/** Where requests go, how many at a time, and for how long. */
export const OBJECT_OPTIONS = {
  endpoint_url: {
    type: "text",
    fallback: null,
    help: "Address of the server, such as http://host:9000; " +
      "http://host[01-16]:9000 is sixteen",
  },
  endpoint_uris: {
    type: "texts",
    fallback: [],
    help: "Addresses of several servers; replaces endpoint_url",
  },
  secure: {
    type: "flag",
    fallback: true,
    help: "false: an address without a scheme is http, not https",
  },
  insecure: {
    type: "flag",
    fallback: false,
    help: "true: certificates are not checked",
  },
  ca_bundle: {
    type: "text",
    fallback: null,
    environment: ["AWS_CA_BUNDLE"],
    help: "PEM file of the certificate authorities to trust; " +
      "null: the system's",
  },
  http_proxy: {
    type: "text",
    fallback: null,
    environment: ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    help: "HTTP proxy for http: addresses, such as http://host:3128",
  },
  https_proxy: {
    type: "text",
    fallback: null,
    environment: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
    help: "HTTP proxy for https: addresses, such as http://host:3128",
  },
  no_proxy: {
    type: "texts",
    fallback: [],
    environment: ["NO_PROXY", "no_proxy"],
    help: "What is asked without a proxy: names with all below them, " +
      "addresses, networks such as 10.0.0.0/8, or *",
  },
  s3_max_attempts: countOption(5, "Attempts of one request"),
  prefetch_window: countOption(64, "Reads that one reader keeps under way"),
  transfer_threads: {
    type: "count",
    fallback: null,
    min: 1,
    max: 64,
    help: "Threads that fetch for one reader, which share its " +
      "prefetch_window; null: half of the CPUs divided among all readers, " +
      "at most 8",
  },
  range_gets_in_flight: countOption(
    4,
    "Ranges of one object that a checkpoint load keeps under way",
  ),
  multipart_threshold: {
    type: "bytes",
    fallback: null,
    min: 1,
    max: MAX_BODY_BYTES,
    help: "Longer objects are written in parts (bytes); " +
      "null: 16 MiB, or one part where that is more",
  },
  multipart_part_size: {
    type: "bytes",
    fallback: 16 * MIB,
    min: MIN_PART_BYTES,
    max: MAX_BODY_BYTES,
    help: "Size of a part (bytes)",
  },
  connect_timeout: timeout(
    10,
    "Wait for a connection; added to first_byte_timeout (s)",
  ),
  first_byte_timeout: timeout(60, "Wait for the headers of an answer (s)"),
  total_timeout: timeout(300, "Wait for all of an answer (s)"),
  preflight: {
    type: "flag",
    fallback: true,
    help: "false: a run begins without trying every kind of request first",
  },
  use_full_object_uri: dliosOwn(),
  stagger_workers: dliosOwn(),
  prefetch_workers: dliosOwn(),
  prefetch: dliosOwn(),
  coalesce_rgs: dliosOwn(),
  footer_cap: dliosOwn(),
  footer_batch_size: dliosOwn(),
  max_outstanding: dliosOwn(),
  columns: dliosOwn(),
  decode: dliosOwn(),
  decode_output: dliosOwn(),
  simulate_io: dliosOwn(),
  sim_log_secs: dliosOwn(),
} as const satisfies OptionRows;

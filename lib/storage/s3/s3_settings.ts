/**
 * `storage.storage_options` of S3 → checked, plain settings.
 *
 * One row per option. What DLIO knows and changes nothing here is accepted
 * with one warning; anything else unknown is an error.
 */
import { parseBytes } from "../../bytes/sizes.ts";
import { parseDuration } from "../../bytes/durations.ts";
import type { StorageSettings } from "../storage.ts";
import {
  CLIENT_LIBRARIES,
  DEFAULT_LIBRARY,
  LIBRARY_ALIASES,
} from "./client_libraries.ts";
import { bucketProblem } from "./bucket_name.ts";
import { DOT_SEGMENT_RULE, hasDotSegment } from "../objects/object_key.ts";
import { parseProxy, proxyFor, type ProxySettings } from "../objects/proxy.ts";
import { expandEndpoint, normalEndpoint } from "../objects/endpoint_list.ts";
import { didYouMean } from "../../bytes/did_you_mean.ts";

/** How requests are spread over endpoints. */
export type EndpointSelection = "per_rank" | "round_robin" | "least_in_flight";

/** Whether what was written is looked at again. */
export type Verification = "head" | "checksum" | "none";

/** Everything that an S3 storage is made from. */
export interface S3Settings {
  readonly bucket: string;
  /** In front of every key that is not a full URI; "" or with "/" at the end. */
  readonly prefix: string;
  readonly library: string;
  readonly endpoints: readonly string[];
  readonly endpointSelection: EndpointSelection;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  readonly pathStyle: boolean;
  readonly maxAttempts: number;
  readonly prefetchWindow: number;
  /** Longer objects go in parts; at least one part. */
  readonly multipartThresholdBytes: number;
  readonly partBytes: number;
  readonly partsInFlight: number;
  /** Of one object of a checkpoint. */
  readonly rangeGetsInFlight: number;
  readonly verification: Verification;
  readonly insecure: boolean;
  /** Path of a PEM file, or null. */
  readonly caBundle: string | null;
  readonly proxies: ProxySettings;
  readonly headerTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly preflight: boolean;
}

const MIB = 2 ** 20;
/** S3's own least size of a part that is not the last. */
const MIN_PART_BYTES = 5 * MIB;
/** The longest body of one request that S3 takes. */
const MAX_BODY_BYTES = 5 * 2 ** 30;
const DEFAULT_REGION = "us-east-1";

/** Options of DLIO that have no meaning here. */
const INERT_OPTIONS: readonly string[] = [
  "use_full_object_uri",
  "stagger_workers",
  "prefetch_workers",
  "prefetch",
  "coalesce_rgs",
  "footer_cap",
  "footer_batch_size",
  "max_outstanding",
  "columns",
  "decode",
  "decode_output",
  "simulate_io",
  "sim_log_secs",
];

/** Options that are read below. */
const KNOWN_OPTIONS: readonly string[] = [
  "storage_library",
  "endpoint_url",
  "endpoint_uris",
  "endpoint_selection",
  "region",
  "access_key_id",
  "secret_access_key",
  "session_token",
  "uri_scheme",
  "secure",
  "s3_force_path_style",
  "s3_max_attempts",
  "s3_profile",
  "prefetch_window",
  "multipart_threshold",
  "multipart_part_size",
  "multipart_parts_in_flight",
  "range_gets_in_flight",
  "verify",
  "insecure",
  "ca_bundle",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "connect_timeout",
  "first_byte_timeout",
  "total_timeout",
  "preflight",
];

/** Settings, or what is wrong with them. */
export interface ReadSettings {
  readonly settings: S3Settings;
  /** One sentence each; with any, the settings must not be used. */
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

/** Reads all options at once, so that all errors come at once. */
export function readS3Settings(given: StorageSettings): ReadSettings {
  const reader = new OptionReader(given.options);
  const notices = reader.noticesOfInert();
  const library = readLibrary(reader, notices);
  const place = readRoot(given.root);
  const secure = reader.flag("secure", true);
  const region = reader.text("region") ?? DEFAULT_REGION;
  const endpoints = readEndpoints(reader, secure, region);
  const isAws = reader.isAbsent("endpoint_url") &&
    reader.isAbsent("endpoint_uris");
  const headerTimeoutMs = reader.milliseconds("connect_timeout", 10) +
    reader.milliseconds("first_byte_timeout", 60);
  const proxies = readProxies(reader);
  notices.push(...proxyNotices(endpoints, proxies));
  const insecure = reader.flag("insecure", false);
  if (insecure) notices.push(insecureNotice(endpoints));
  const settings: S3Settings = {
    ...place,
    library,
    endpoints,
    endpointSelection: reader.choice("endpoint_selection", [
      "per_rank",
      "round_robin",
      "least_in_flight",
    ]),
    region,
    accessKeyId: reader.required("access_key_id", "AWS_ACCESS_KEY_ID"),
    secretAccessKey: reader.required(
      "secret_access_key",
      "AWS_SECRET_ACCESS_KEY",
    ),
    sessionToken: reader.text("session_token"),
    // Servers that are not Amazon's seldom have a name for each bucket, and
    // the wildcard of Amazon's certificate stands for a name without dots.
    pathStyle: reader.flag(
      "s3_force_path_style",
      !isAws || place.bucket.includes("."),
    ),
    maxAttempts: reader.count("s3_max_attempts", 5),
    prefetchWindow: reader.count("prefetch_window", 64),
    ...readPartSizes(reader, notices),
    partsInFlight: reader.count("multipart_parts_in_flight", 4),
    rangeGetsInFlight: reader.count("range_gets_in_flight", 4),
    verification: reader.choice("verify", ["head", "checksum", "none"]),
    insecure,
    caBundle: reader.text("ca_bundle"),
    proxies,
    headerTimeoutMs,
    totalTimeoutMs: reader.milliseconds("total_timeout", 300),
    preflight: reader.flag("preflight", true),
  };
  checkRoot(given.root, settings, reader);
  if (!reader.isAbsent("s3_profile")) {
    reader.refuse(
      "s3_profile",
      "Stoker reads no profiles: set access_key_id and secret_access_key",
    );
  }
  reader.choice("uri_scheme", ["s3"]);
  return { settings, problems: reader.problems, notices };
}

function readLibrary(reader: OptionReader, notices: string[]): string {
  const named = reader.text("storage_library") ?? DEFAULT_LIBRARY;
  const library = LIBRARY_ALIASES[named] ?? named;
  if (library !== named) {
    notices.push(
      `storage_library = ${named} is a Python library: Stoker uses ` +
        `${library} for it`,
    );
  }
  if (!Object.hasOwn(CLIENT_LIBRARIES, library)) {
    const names = [
      ...Object.keys(CLIENT_LIBRARIES),
      ...Object.keys(LIBRARY_ALIASES),
    ];
    reader.refuse(
      "storage_library",
      `it must be one of ${names.join(", ")}${didYouMean(named, names)}`,
    );
  }
  return library;
}

function insecureNotice(endpoints: readonly string[]): string {
  const unchecked = endpoints.filter((each) => each.startsWith("https:"));
  return "storage.storage_options.insecure = true: " +
    (unchecked.length === 0
      ? "without effect, no endpoint is https"
      : `the certificates of ${unchecked.join(", ")} are not checked, so ` +
        "whoever answers may be anybody, and requests go a slower way");
}

/** A bucket, `bucket/prefix` or `s3://bucket/prefix`. */
function readPartSizes(
  reader: OptionReader,
  notices: string[],
): Pick<S3Settings, "multipartThresholdBytes" | "partBytes"> {
  const partBytes = reader.bytes("multipart_part_size", 16 * MIB);
  if (partBytes < MIN_PART_BYTES || partBytes > MAX_BODY_BYTES) {
    reader.refuse("multipart_part_size", "it must be 5MiB to 5GiB");
  }
  const thresholdBytes = reader.bytes("multipart_threshold", 16 * MIB);
  if (thresholdBytes > MAX_BODY_BYTES) {
    reader.refuse("multipart_threshold", "it must be at most 5GiB");
  }
  if (thresholdBytes < partBytes && !reader.isAbsent("multipart_threshold")) {
    notices.push(
      "storage.storage_options.multipart_threshold is less than " +
        `multipart_part_size: objects up to ${partBytes} bytes, which are ` +
        "one part, go whole",
    );
  }
  return {
    // A first part shorter than the others would be refused by servers that
    // want 5 MiB or equal parts.
    multipartThresholdBytes: Math.max(thresholdBytes, partBytes),
    partBytes,
  };
}

function readProxies(reader: OptionReader): ProxySettings {
  const read = (key: string) => {
    const text = reader.text(key);
    if (text !== null && parseProxy(text) === null) {
      reader.refuse(
        key,
        "it must be the address of an HTTP proxy, http://host:port; SOCKS and " +
          "TLS to the proxy are not supported",
      );
    }
    return text;
  };
  return {
    http: read("http_proxy"),
    https: read("https_proxy"),
    except: reader.list("no_proxy"),
  };
}

/** A proxy is what is measured then. */
function proxyNotices(
  endpoints: readonly string[],
  proxies: ProxySettings,
): string[] {
  const proxied = new Map<string, string[]>();
  for (const endpoint of endpoints) {
    const origin = proxyFor(endpoint, proxies)?.origin;
    if (origin === undefined) continue;
    proxied.set(origin, [...proxied.get(origin) ?? [], endpoint]);
  }
  return [...proxied].map(([origin, asked]) =>
    `requests to ${
      asked.join(", ")
    } go through the proxy ${origin}, so it is ` +
    "measured as well: name the hosts in NO_PROXY to ask them directly"
  );
}

/** Bucket and prefix, not checked yet. */
function readRoot(root: string): { bucket: string; prefix: string } {
  const path = root.replace(/^s3:\/\//, "").replace(/^\.\/?$/, "");
  const [bucket = "", ...rest] = path.split("/");
  const prefix = rest.filter((part) => part !== "").join("/");
  return { bucket, prefix: prefix === "" ? "" : `${prefix}/` };
}

function checkRoot(
  root: string,
  settings: Pick<S3Settings, "bucket" | "prefix" | "pathStyle" | "library">,
  reader: OptionReader,
): void {
  const { bucket, prefix } = settings;
  const rule = bucket === ""
    ? "it must be the name of a bucket"
    : bucketProblem(bucket, settings) ??
      (hasDotSegment(prefix) ? DOT_SEGMENT_RULE : null);
  if (rule === null) return;
  reader.problems.push(
    `Cannot use storage.storage_root = ${JSON.stringify(root)} with ` +
      `storage.storage_type = s3: ${rule}`,
  );
}

function readEndpoints(
  reader: OptionReader,
  secure: boolean,
  region: string,
): string[] {
  const several = reader.list("endpoint_uris");
  const one = reader.text("endpoint_url");
  const key = several.length > 0 ? "endpoint_uris" : "endpoint_url";
  const texts = several.length > 0 ? several : one === null ? [] : [one];
  if (texts.length === 0) return [`https://s3.${region}.amazonaws.com`];
  return texts.flatMap((text) => {
    const expanded = expandEndpoint(text);
    const endpoints = (expanded ?? []).map((each) =>
      normalEndpoint(each, secure)
    );
    const good = endpoints.filter((each) => each !== null);
    if (expanded === null || good.length < endpoints.length) {
      reader.refuse(
        key,
        "it must be the address of a server, such as http://host:9000 or " +
          "http://host[01-16]:9000",
      );
    }
    return good;
  });
}

/** Reads options by name and collects what is wrong with them. */
class OptionReader {
  readonly problems: string[] = [];
  readonly #options: Readonly<Record<string, unknown>>;

  constructor(options: Readonly<Record<string, unknown>>) {
    this.#options = options;
    const known = [...KNOWN_OPTIONS, ...INERT_OPTIONS];
    for (const key of Object.keys(options)) {
      if (known.includes(key)) continue;
      this.problems.push(
        `Cannot use storage.storage_options.${key}: there is no such option ` +
          `of s3${didYouMean(key, KNOWN_OPTIONS)}`,
      );
    }
  }

  noticesOfInert(): string[] {
    const inert = INERT_OPTIONS.filter((key) => !this.isAbsent(key));
    if (inert.length === 0) return [];
    return [
      `storage.storage_options: ${inert.join(", ")} ` +
      `${inert.length === 1 ? "has" : "have"} no effect: they steer DLIO's ` +
      "own readers",
    ];
  }

  isAbsent(key: string): boolean {
    const value = this.#options[key];
    return value === undefined || value === null || value === "";
  }

  refuse(key: string, rule: string): void {
    this.problems.push(
      `Cannot use storage.storage_options.${key} = ${this.#shown(key)}: ` +
        rule,
    );
  }

  text(key: string): string | null {
    if (this.isAbsent(key)) return null;
    const value = this.#options[key];
    if (typeof value === "string") return value.trim();
    if (typeof value === "number") return `${value}`;
    this.refuse(key, "it must be a text");
    return null;
  }

  required(key: string, variable: string): string {
    if (this.isAbsent(key)) {
      this.problems.push(
        `Cannot use storage.storage_type = s3 without ` +
          `storage.storage_options.${key}: set it or ${variable}`,
      );
    }
    return this.text(key) ?? "";
  }

  flag(key: string, fallback: boolean): boolean {
    if (this.isAbsent(key)) return fallback;
    const text = String(this.#options[key]).toLowerCase();
    if (text === "true" || text === "1") return true;
    if (text === "false" || text === "0") return false;
    this.refuse(key, "it must be true or false");
    return fallback;
  }

  count(key: string, fallback: number): number {
    if (this.isAbsent(key)) return fallback;
    const value = Number(this.#options[key]);
    if (Number.isInteger(value) && value >= 1 && value <= 1e6) return value;
    this.refuse(key, "it must be an integer >= 1");
    return fallback;
  }

  bytes(key: string, fallback: number): number {
    return this.#measured(key, fallback, parseBytes, "a size such as 16MiB");
  }

  milliseconds(key: string, fallbackSeconds: number): number {
    return 1000 * this.#measured(
      key,
      fallbackSeconds,
      parseDuration,
      "a duration such as 30s",
    );
  }

  choice<Name extends string>(
    key: string,
    names: readonly [Name, ...Name[]],
  ): Name {
    const text = this.text(key);
    if (text === null) return names[0];
    const found = names.find((name) => name === text);
    if (found === undefined) {
      this.refuse(
        key,
        `it must be one of ${names.join(", ")}${didYouMean(text, names)}`,
      );
    }
    return found ?? names[0];
  }

  list(key: string): string[] {
    if (this.isAbsent(key)) return [];
    const value = this.#options[key];
    const texts = typeof value === "string" ? value.split(",") : value;
    if (Array.isArray(texts) && texts.every((t) => typeof t === "string")) {
      return texts.map((text) => text.trim()).filter((text) => text !== "");
    }
    this.refuse(key, "it must be a list of addresses");
    return [];
  }

  #measured(
    key: string,
    fallback: number,
    parse: (text: string) => number,
    what: string,
  ): number {
    if (this.isAbsent(key)) return fallback;
    const value = this.#options[key];
    if (typeof value === "number" && value > 0) return value;
    try {
      const parsed = parse(String(value));
      if (parsed > 0) return parsed;
    } catch {
      // Said below, with the key.
    }
    this.refuse(key, `it must be ${what}`);
    return fallback;
  }

  #shown(key: string): string {
    return /key|token|_proxy$/.test(key)
      ? "***"
      : JSON.stringify(this.#options[key]);
  }
}

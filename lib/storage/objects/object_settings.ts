/**
 * Options that all object stores have -> checked, plain settings.
 */
import type { OptionValues } from "../option_row.ts";
import type { StorageSettings } from "../storage.ts";
import { expandEndpoint, normalEndpoint } from "./endpoint_list.ts";
import { bucketRule } from "./bucket_rule.ts";
import { DOT_SEGMENT_RULE, hasDotSegment } from "./object_key.ts";
import type { OBJECT_OPTIONS } from "./object_options.ts";
import { parseProxy, proxyFor, type ProxySettings } from "./proxy.ts";

/** How requests are spread over endpoints. */
export type EndpointSelection = "per_rank" | "round_robin" | "least_in_flight";

/** Whether what was written is looked at again. */
export type Verification = "head" | "checksum" | "none";

/** Everything that a connection to an object store is made from. */
export interface ObjectSettings {
  readonly bucket: string;
  /** In front of every key that is not a full URI; "" or with "/" at the end. */
  readonly prefix: string;
  readonly endpoints: readonly string[];
  readonly endpointSelection: EndpointSelection;
  /** True: bucket in the path; false: bucket in front of the host. */
  readonly pathStyle: boolean;
  /** Never shown in a message. */
  readonly secrets: readonly string[];
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

/** Settings of one kind of object store, or what is wrong with them. */
export interface ReadSettings<Settings extends ObjectSettings> {
  readonly settings: Settings;
  /** One sentence each; with any, the settings must not be used. */
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

/** What kinds of object store differ in. */
export interface ObjectDefaults {
  /** Scheme of URIs of its objects. */
  readonly scheme: string;
  /** Where requests go if no endpoint is set. */
  readonly endpoint: string;
}

/** What is said of settings, collected while they are read. */
export interface Remarks {
  readonly problems: string[];
  readonly notices: string[];
}

const DEFAULT_THRESHOLD_BYTES = 16 * 2 ** 20;

/** The settings that {@linkcode OBJECT_OPTIONS} and the root make. */
export type CommonSettings = Omit<
  ObjectSettings,
  | "endpointSelection"
  | "pathStyle"
  | "secrets"
  | "partsInFlight"
  | "verification"
>;

/** Reads what all object stores have. */
export function readObjectSettings(
  given: StorageSettings,
  options: OptionValues<typeof OBJECT_OPTIONS>,
  defaults: ObjectDefaults,
  remarks: Remarks,
): CommonSettings {
  const place = readRoot(given, defaults, remarks);
  const endpoints = readEndpoints(options, defaults, remarks);
  const partBytes = options.multipart_part_size;
  const thresholdBytes = options.multipart_threshold;
  if (thresholdBytes !== null && thresholdBytes < partBytes) {
    remarks.notices.push(
      "storage.storage_options.multipart_threshold is less than " +
        `multipart_part_size: objects up to ${partBytes} bytes, which are ` +
        "one part, go whole",
    );
  }
  const proxies = readProxies(options, remarks);
  remarks.notices.push(...proxyNotices(endpoints, proxies));
  if (options.insecure) remarks.notices.push(insecureNotice(endpoints));
  return {
    ...place,
    endpoints,
    maxAttempts: options.s3_max_attempts,
    prefetchWindow: options.prefetch_window,
    // A first part shorter than the others would be refused by servers that
    // want 5 MiB or equal parts.
    multipartThresholdBytes: Math.max(
      thresholdBytes ?? DEFAULT_THRESHOLD_BYTES,
      partBytes,
    ),
    partBytes,
    rangeGetsInFlight: options.range_gets_in_flight,
    insecure: options.insecure,
    caBundle: options.ca_bundle,
    proxies,
    headerTimeoutMs: 1000 *
      (options.connect_timeout + options.first_byte_timeout),
    totalTimeoutMs: 1000 * options.total_timeout,
    preflight: options.preflight,
  };
}

/** Whether the settings name an endpoint. */
export function hasEndpoint(
  options: OptionValues<typeof OBJECT_OPTIONS>,
): boolean {
  return options.endpoint_uris.length > 0 || options.endpoint_url !== null;
}

/** What is wrong with the root, as a sentence. */
export function rootProblem(
  { kind, root }: StorageSettings,
  rule: string,
): string {
  return `Cannot use storage.storage_root = ${JSON.stringify(root)} with ` +
    `storage.storage_type = ${kind}: ${rule}`;
}

function readProxies(
  options: OptionValues<typeof OBJECT_OPTIONS>,
  { problems }: Remarks,
): ProxySettings {
  for (const key of ["http_proxy", "https_proxy"] as const) {
    const text = options[key];
    if (text === null || parseProxy(text) !== null) continue;
    // Its address may have a password.
    problems.push(
      `Cannot use storage.storage_options.${key}: it must be the address of ` +
        "an HTTP proxy, http://host:port; SOCKS and TLS to the proxy are not " +
        "supported",
    );
  }
  return {
    http: options.http_proxy,
    https: options.https_proxy,
    except: options.no_proxy,
  };
}

/** A proxy is measured too. */
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
    `requests to ${asked.join(", ")} go through the proxy ${origin}, so it ` +
    "is measured as well: name the hosts in NO_PROXY to ask them directly"
  );
}

function insecureNotice(endpoints: readonly string[]): string {
  const unchecked = endpoints.filter((each) => each.startsWith("https:"));
  return "storage.storage_options.insecure = true: " +
    (unchecked.length === 0
      ? "without effect, no endpoint is https"
      : `the certificates of ${unchecked.join(", ")} are not checked, so ` +
        "whoever answers may be anybody, and requests go a slower way");
}

/** A bucket, `bucket/prefix` or `scheme://bucket/prefix`. */
function readRoot(
  given: StorageSettings,
  { scheme }: ObjectDefaults,
  { problems }: Remarks,
): { bucket: string; prefix: string } {
  const { root } = given;
  const named = /^(\w+):\/\//.exec(root);
  const isOwn = named === null || named[1] === scheme || named[1] === "s3";
  const path = isOwn ? root.slice(named?.[0].length ?? 0) : root;
  const [bucket = "", ...rest] = path.replace(/^\.\/?$/, "").split("/");
  const prefix = rest.filter((part) => part !== "").join("/");
  const rule = bucketRule(bucket) ??
    (hasDotSegment(prefix) ? DOT_SEGMENT_RULE : null);
  if (rule !== null) problems.push(rootProblem(given, rule));
  return { bucket, prefix: prefix === "" ? "" : `${prefix}/` };
}

function readEndpoints(
  options: OptionValues<typeof OBJECT_OPTIONS>,
  { endpoint }: ObjectDefaults,
  { problems }: Remarks,
): string[] {
  const { endpoint_uris: several, endpoint_url: one } = options;
  const key = several.length > 0 ? "endpoint_uris" : "endpoint_url";
  const texts = several.length > 0 ? several : [one ?? endpoint];
  return texts.flatMap((text) => {
    const expanded = expandEndpoint(text);
    const endpoints = (expanded ?? []).map((each) =>
      normalEndpoint(each, options.secure)
    );
    const good = endpoints.filter((each) => each !== null);
    if (expanded === null || good.length < endpoints.length) {
      const shown = text.replaceAll(/(\/\/[^/:@\s]*):[^/@\s]*@/g, "$1:***@");
      problems.push(
        `Cannot use storage.storage_options.${key} = ` +
          `${JSON.stringify(shown)}: it must be the address of a server, ` +
          "such as http://host:9000 or http://host[01-16]:9000",
      );
    }
    return good;
  });
}

/**
 * `storage.storage_options` of S3 -> checked, plain settings.
 */
import { bucketRuleOf } from "./bucket_name.ts";
import { didYouMean } from "../../bytes/did_you_mean.ts";
import {
  hasEndpoint,
  type ObjectSettings,
  readObjectSettings,
  type ReadSettings,
  type Remarks,
  rootProblem,
} from "../objects/object_settings.ts";
import { readOptions } from "../option_row.ts";
import type { StorageSettings } from "../storage.ts";
import { CLIENT_LIBRARIES, LIBRARY_ALIASES } from "./client_libraries.ts";
import { S3_OPTIONS } from "./s3_options.ts";

/** Everything that an S3 storage is made from. */
export interface S3Settings extends ObjectSettings {
  readonly library: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

/** Reads all options at once, so that all errors come at once. */
export function readS3Settings(
  given: StorageSettings,
): ReadSettings<S3Settings> {
  const remarks: Remarks = { problems: [], notices: [] };
  const options = readOptions(S3_OPTIONS, given.options);
  const library = readLibrary(options.storage_library, remarks);
  const common = readObjectSettings(given, options, {
    scheme: "s3",
    endpoint: `https://s3.${options.region}.amazonaws.com`,
  }, remarks);
  const required = (key: "access_key_id" | "secret_access_key"): string => {
    const value = options[key];
    if (value !== null) return value;
    const [variable] = S3_OPTIONS[key].environment;
    remarks.problems.push(
      `Cannot use storage.storage_type = s3 without ` +
        `storage.storage_options.${key}: set it or ${variable}`,
    );
    return "";
  };
  const accessKeyId = required("access_key_id");
  const secretAccessKey = required("secret_access_key");
  if (options.s3_profile !== null) {
    remarks.problems.push(
      "Cannot use storage.storage_options.s3_profile = " +
        `${JSON.stringify(options.s3_profile)}: Stoker reads no profiles: ` +
        "set access_key_id and secret_access_key",
    );
  }
  // Servers that are not Amazon's seldom have a name for each bucket, and the
  // wildcard of Amazon's certificate stands for a name without dots.
  const pathStyle = options.s3_force_path_style ??
    (hasEndpoint(options) || common.bucket.includes("."));
  const rule = bucketRuleOf(common.bucket, { pathStyle, library });
  if (rule !== null) remarks.problems.push(rootProblem(given, rule));
  const settings: S3Settings = {
    ...common,
    library,
    endpointSelection: options.endpoint_selection,
    region: options.region,
    accessKeyId,
    secretAccessKey,
    sessionToken: options.session_token,
    secrets: [secretAccessKey, options.session_token ?? ""],
    pathStyle,
    partsInFlight: options.multipart_parts_in_flight,
    verification: options.verify,
  };
  return { settings, ...remarks };
}

/**
 * @param named `storage_library` of either place; the setting beside the
 *   options may have any text.
 */
function readLibrary(named: string, { problems, notices }: Remarks): string {
  const library = LIBRARY_ALIASES[named] ?? named;
  if (library !== named) {
    notices.push(
      `storage_library = ${named} is a Python library: Stoker uses ` +
        `${library} for it`,
    );
  }
  if (!Object.hasOwn(CLIENT_LIBRARIES, library)) {
    const names = S3_OPTIONS.storage_library.words;
    problems.push(
      "Cannot use storage.storage_options.storage_library = " +
        `${JSON.stringify(named)}: it must be one of ${names.join(", ")}` +
        didYouMean(named, names),
    );
  }
  return library;
}

/**
 * `storage.storage_options` of AIStore -> checked, plain settings.
 */
import {
  type ObjectSettings,
  readObjectSettings,
  type ReadSettings,
  type Remarks,
} from "../objects/object_settings.ts";
import { readOptions } from "../option_row.ts";
import type { StorageSettings } from "../storage.ts";
import type { AistoreIdentity } from "./aistore_client.ts";
import { AISTORE_OPTIONS } from "./aistore_options.ts";

/** Everything that an AIStore storage is made from. */
export type AistoreSettings = ObjectSettings & AistoreIdentity;

/** Reads all options at once, so that all errors come at once. */
export function readAistoreSettings(
  given: StorageSettings,
): ReadSettings<AistoreSettings> {
  const remarks: Remarks = { problems: [], notices: [] };
  const options = readOptions(AISTORE_OPTIONS, given.options);
  const settings: AistoreSettings = {
    ...readObjectSettings(given, options, {
      scheme: "ais",
      endpoint: options.endpoint_url,
    }, remarks),
    provider: options.provider,
    authToken: options.auth_token,
    secrets: [options.auth_token ?? ""],
    endpointSelection: "per_rank",
    pathStyle: true,
    // Appended parts must follow one another.
    partsInFlight: 1,
    verification: options.verify,
  };
  return { settings, ...remarks };
}

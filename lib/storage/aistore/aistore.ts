/**
 * Objects of AIStore through its own HTTP API: `storage_type: aistore`.
 *
 * Retries, deadlines, endpoints, counters and writing are those of all object
 * stores; the requests are AIStore's, see `aistore_client.ts`. `storage_root`
 * is the bucket, which the first write creates if it is an AIStore bucket.
 */
import type { StorageKind } from "../storage.ts";
import { AISTORE_OPTIONS } from "./aistore_options.ts";
import { readAistoreSettings } from "./aistore_settings.ts";

/** Objects of AIStore. */
export const aistoreKind: StorageKind = {
  name: "aistore",
  scheme: "ais",
  isSync: false,
  writesWait: true,
  options: AISTORE_OPTIONS,
  problems: (settings) => [...readAistoreSettings(settings).problems],
  notices: (settings) => [...readAistoreSettings(settings).notices],
  endpoints: (settings) => readAistoreSettings(settings).settings.endpoints,
  preflight: async (settings, folder, access, signal) => {
    const { settings: aistore } = readAistoreSettings(settings);
    if (!aistore.preflight) return;
    const { preflightAistore } = await import("./aistore_storage.ts");
    await preflightAistore(aistore, { folder, access, signal });
  },
  connect: async (settings, options = {}) => {
    const { connectAistore } = await import("./aistore_storage.ts");
    return connectAistore(readAistoreSettings(settings).settings, options);
  },
};

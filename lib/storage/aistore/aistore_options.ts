/**
 * The options of AIStore.
 */
import { OBJECT_OPTIONS } from "../objects/object_options.ts";
import type { OptionRows } from "../option_row.ts";

/** `storage.storage_options` of `storage_type: aistore`. */
export const AISTORE_OPTIONS = {
  ...OBJECT_OPTIONS,
  endpoint_url: {
    ...OBJECT_OPTIONS.endpoint_url,
    // Where a cluster on this host listens, as in DLIO.
    fallback: "http://localhost:8080",
  },
  provider: {
    type: "text",
    fallback: "ais",
    help: "Where the bucket is: ais, or aws, gcp \u2026 behind the cluster",
  },
  auth_token: {
    type: "text",
    fallback: null,
    isSecret: true,
    help: "Bearer token of AIStore's authentication server",
  },
  storage_library: {
    type: "text",
    fallback: null,
    environment: ["DLIO_STORAGE_LIBRARY"],
    help: "No effect: AIStore has one client",
  },
  endpoint_selection: {
    type: "choice",
    words: ["per_rank"],
    fallback: "per_rank",
    help: "How requests are spread over several servers; only per_rank",
  },
  s3_force_path_style: {
    type: "ignored",
    fallback: null,
    help: "No effect: it is about the addresses of S3",
  },
  verify: {
    type: "choice",
    words: ["head", "none"],
    fallback: "head",
    help: "Whether the length of a written object is asked for",
  },
} as const satisfies OptionRows;

/**
 * The options of S3.
 */
import { countOption, OBJECT_OPTIONS } from "../objects/object_options.ts";
import type { OptionRows } from "../option_row.ts";

/** `storage.storage_options` of `storage_type: s3`. */
export const S3_OPTIONS = {
  ...OBJECT_OPTIONS,
  storage_library: {
    type: "choice",
    words: ["fetch", "aws-sdk", "minio", "s3torchconnector", "s3dlio"],
    fallback: "fetch",
    environment: ["DLIO_STORAGE_LIBRARY"],
    help: "Client library; aws-sdk stands for DLIO's s3torchconnector, " +
      "fetch for s3dlio",
  },
  endpoint_uris: {
    ...OBJECT_OPTIONS.endpoint_uris,
    environment: ["S3_ENDPOINT_URIS"],
  },
  endpoint_url: {
    ...OBJECT_OPTIONS.endpoint_url,
    // The service's own goes first, as in the AWS tools.
    environment: ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
    help: `${OBJECT_OPTIONS.endpoint_url.help}; null: Amazon's of the region`,
  },
  endpoint_selection: {
    type: "choice",
    words: ["per_rank", "round_robin", "least_in_flight"],
    fallback: "per_rank",
    help: "How requests are spread over several servers",
  },
  region: {
    type: "text",
    fallback: "us-east-1",
    environment: ["AWS_REGION"],
    help: "Region that requests are signed for",
  },
  access_key_id: {
    type: "text",
    fallback: null,
    environment: ["AWS_ACCESS_KEY_ID"],
    isSecret: true,
    help: "Access key; must be set",
  },
  secret_access_key: {
    type: "text",
    fallback: null,
    environment: ["AWS_SECRET_ACCESS_KEY"],
    isSecret: true,
    help: "Secret that requests are signed with; must be set",
  },
  session_token: {
    type: "text",
    fallback: null,
    environment: ["AWS_SESSION_TOKEN"],
    isSecret: true,
    help: "Token of a temporary access key",
  },
  s3_force_path_style: {
    type: "flag",
    fallback: null,
    help: "true: bucket in the path; false: bucket in front of the host; " +
      "null: in the path, but not where no endpoint is set",
  },
  s3_profile: {
    type: "text",
    fallback: null,
    help: "Refused: Stoker reads no profiles",
  },
  uri_scheme: {
    type: "choice",
    words: ["s3"],
    fallback: "s3",
    help: "Scheme of URIs; only s3",
  },
  multipart_parts_in_flight: countOption(
    4,
    "Parts of one object that are written at a time",
  ),
  verify: {
    type: "choice",
    words: ["head", "checksum", "none"],
    fallback: "head",
    help: "How a written object is checked: its length is asked for, a " +
      "checksum is sent with it as well, or not at all",
  },
} as const satisfies OptionRows;

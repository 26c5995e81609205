/**
 * The client libraries of S3: one line each. A library is loaded when it is
 * chosen, so that the others cost nothing.
 */
import { hideEnvironment } from "../objects/package_environment.ts";
import type { ObjectClient } from "../objects/object_client.ts";
import type { ClientSettings } from "./client_settings.ts";

interface Library {
  /** How to get the function that makes a client of it. */
  readonly load: () => Promise<(settings: ClientSettings) => ObjectClient>;
}

/** Libraries by their name in `storage_library`. */
export const CLIENT_LIBRARIES: Readonly<Record<string, Library>> = {
  fetch: {
    load: async () => (await import("./fetch_client.ts")).createFetchClient,
  },
  "aws-sdk": {
    load: async () => {
      await hideEnvironment();
      return (await import("./aws_sdk_client.ts")).createAwsSdkClient;
    },
  },
  minio: {
    load: async () => {
      await hideEnvironment();
      return (await import("./minio_client.ts")).createMinioClient;
    },
  },
};

/** The library that is used when none is named. */
export const DEFAULT_LIBRARY = "fetch";

/** DLIO's libraries, which are Python's, and what stands for them. */
export const LIBRARY_ALIASES: Readonly<Record<string, string>> = {
  s3torchconnector: "aws-sdk",
  s3dlio: "fetch",
};

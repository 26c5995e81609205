/**
 * S3 and whatever speaks like it: `storage_type: s3`.
 *
 * What every thread loads is here; a client library is loaded by who connects.
 */
import type { StorageKind } from "../storage.ts";
import { S3_OPTIONS } from "./s3_options.ts";
import { readS3Settings } from "./s3_settings.ts";

/** Objects of S3. */
export const s3Kind: StorageKind = {
  name: "s3",
  scheme: "s3",
  isSync: false,
  writesWait: true,
  options: S3_OPTIONS,
  problems: (settings) => [...readS3Settings(settings).problems],
  notices: (settings) => [...readS3Settings(settings).notices],
  endpoints: (settings) => readS3Settings(settings).settings.endpoints,
  preflight: async (settings, folder, access, signal) => {
    const { settings: s3 } = readS3Settings(settings);
    if (!s3.preflight) return;
    const { preflightS3 } = await import("./s3_storage.ts");
    await preflightS3(s3, { folder, access, signal });
  },
  connect: async (settings, options = {}) => {
    const { connectS3 } = await import("./s3_storage.ts");
    return await connectS3(readS3Settings(settings).settings, options);
  },
};

/**
 * Small workloads whose data lies on S3, for tests that run the engine.
 */
import type { Workload } from "../../lib/config/workload.ts";
import type { PhaseRecord } from "../../lib/metrics/run_record.ts";
import type { TestServer } from "../storage/s3/s3rver_server.ts";
import { smallWorkload } from "./engine_fixture.ts";

/** Where a workload's requests go. */
export type Reached = Pick<
  TestServer,
  "bucket" | "accessKeyId" | "secretAccessKey"
>;

/** A small workload below `folder` of the server's bucket. */
export function s3Workload(
  server: Reached,
  folder: string,
  endpoints: readonly string[],
  overrides: readonly string[] = [],
): Workload {
  const options = "storage.storage_options";
  return smallWorkload(folder, [
    "storage.storage_type=s3",
    `storage.storage_root=${server.bucket}`,
    `${options}.endpoint_uris=${endpoints.join(",")}`,
    `${options}.access_key_id=${server.accessKeyId}`,
    `${options}.secret_access_key=${server.secretAccessKey}`,
    ...overrides,
  ]);
}

/** Sum over the workers of a phase. */
export function totalOf(
  phase: PhaseRecord | undefined,
  field: "bytes" | "files" | "samples" | "retries" | "errors",
): number {
  return (phase?.workers ?? []).reduce((sum, each) => sum + each[field], 0);
}

/**
 * S3 storages for tests: settings, connections, and what they were told.
 */
import { s3Kind } from "../../../lib/storage/s3/s3_kind.ts";
import type {
  ConnectOptions,
  RequestObserver,
  Storage,
  StorageSettings,
} from "../../../lib/storage/storage.ts";
import { checkedOptions } from "../checked_options.ts";
import type { TestServer } from "./s3rver_server.ts";

/** Every client library. */
export const LIBRARIES = ["fetch", "aws-sdk", "minio"] as const;

/** Options that reach a server; others may be added or replaced. */
export function optionsFor(
  server: Pick<TestServer, "endpoint" | "accessKeyId" | "secretAccessKey">,
  others: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    endpoint_url: server.endpoint,
    access_key_id: server.accessKeyId,
    secret_access_key: server.secretAccessKey,
    ...others,
  };
}

/** Settings with bucket and prefix `root`. */
export function settingsFor(
  root: string,
  options: Readonly<Record<string, unknown>>,
): StorageSettings {
  return { kind: "s3", root, options: checkedOptions("s3", options) };
}

/** Connects after checking the settings, as the engine does. */
export async function connect(
  settings: StorageSettings,
  options: ConnectOptions = {},
): Promise<Storage> {
  const problems = s3Kind.problems(settings);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return await s3Kind.connect(settings, options);
}

/** Remembers what a connection told of its requests. */
export class RequestRecorder implements RequestObserver {
  readonly requests: Record<string, number> = {};
  /** Answered requests by endpoint. */
  readonly answers: number[] = [];
  retries = 0;
  failures = 0;
  bytes = 0;

  now(): number {
    return performance.now();
  }

  requested(operation: string): void {
    this.requests[operation] = (this.requests[operation] ?? 0) + 1;
  }

  answered(endpoint: number, _startMs: number, byteCount: number): void {
    this.answers[endpoint] = (this.answers[endpoint] ?? 0) + 1;
    this.bytes += byteCount;
  }

  retried(): void {
    this.retries++;
  }

  failed(): void {
    this.failures++;
  }
}

/**
 * Small files that are read whole: workload files, `.env`, manifests, records
 * of checkpoints, certificates, results. The one place that does it.
 *
 * Anybody may have put anything there: a link to /dev/zero would take all
 * memory, a pipe would wait for ever. So it must be a regular file, of a
 * limited size, and must answer in time.
 */
import { StorageError } from "../errors.ts";
import { permissionReason } from "./permission_reason.ts";
import { formatBytes } from "./sizes.ts";

/** Largest settings: workload files, `.env`. */
export const MAX_SETTINGS_BYTES = 2 ** 20;
/** Largest manifest, record of a checkpoint or bundle of certificates. */
export const MAX_RECORD_BYTES = 64 * 2 ** 20;
/** Largest saved results: a text of JavaScript has less than 2^29 characters. */
export const MAX_RESULTS_BYTES = 511 * 2 ** 20;

/** A small file answers at once, or its storage does not answer. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Bytes of one read. */
const READ_BYTES = 64 * 1024;

/** How a small file is read. */
export interface SmallFileOptions {
  /** More is refused. */
  readonly maxBytes: number;
  /** Longest wait; undefined or Infinity: the default. @default {60000} */
  readonly timeoutMs?: number | undefined;
}

/**
 * Reads a small file.
 *
 * @param path Of a regular file or a link to one.
 * @returns Its text, or null if there is no such file.
 * @throws {StorageError} If it is something else, larger, or cannot be read.
 */
export async function readSmallText(
  path: string,
  { maxBytes, timeoutMs: givenMs }: SmallFileOptions,
): Promise<string | null> {
  const timeoutMs = givenMs === undefined || givenMs === Infinity
    ? ANSWER_TIMEOUT_MS
    : givenMs;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() =>
    late.reject(refusal(
      path,
      "ETIMEDOUT",
      `its storage has not answered for ${timeoutMs / 1000} s; ` +
        "--stall-timeout of a run sets how long an operation may take",
    )), timeoutMs);
  try {
    return await Promise.race([readBounded(path, maxBytes), late.promise]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw asStorageError(path, error);
  } finally {
    clearTimeout(timer);
  }
}

/** What stands at a path, where it is no regular file; null: it is one. */
export function notAFile(facts: Deno.FileInfo): string | null {
  if (facts.isFile) return null;
  if (facts.isDirectory) return "a folder";
  if (facts.isCharDevice) return "a character device";
  if (facts.isBlockDevice) return "a block device";
  if (facts.isFifo) return "a named pipe";
  return facts.isSocket ? "a socket" : "no regular file";
}

function check(path: string, facts: Deno.FileInfo, maxBytes: number): void {
  const other = notAFile(facts);
  if (other !== null) {
    throw refusal(path, "EINVAL", `it must be a regular file: it is ${other}`);
  }
  if (facts.size > maxBytes) throw tooLarge(path, maxBytes);
}

async function readBounded(path: string, maxBytes: number): Promise<string> {
  check(path, await Deno.stat(path), maxBytes);
  using file = await Deno.open(path);
  const parts: Uint8Array[] = [];
  let totalBytes = 0;
  for (;;) {
    const part = new Uint8Array(READ_BYTES);
    const byteCount = await file.read(part);
    if (byteCount === null) break;
    parts.push(part.subarray(0, byteCount));
    totalBytes += byteCount;
    // It may grow, and files of /proc say that they have no bytes.
    if (totalBytes > maxBytes) throw tooLarge(path, maxBytes);
  }
  const decoder = new TextDecoder();
  return parts.map((part) => decoder.decode(part, { stream: true })).join("") +
    decoder.decode();
}

/** Defects of Stoker stay what they are. */
function asStorageError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StorageError) return error;
  const code = (error as Error & { code?: unknown }).code;
  const isSystem = typeof code === "string" ||
    Object.values(Deno.errors).some((kind) => error instanceof kind);
  if (!isSystem) return error;
  if (error.name === "NotCapable") {
    return refusal(path, error.name, permissionReason(path));
  }
  // Deno: "Permission denied (os error 13): open '/x'".
  const reason = error.message.replace(/ \(os error \d+\).*$/s, "");
  return refusal(
    path,
    typeof code === "string" ? code : error.name,
    reason.charAt(0).toLowerCase() + reason.slice(1),
  );
}

function tooLarge(path: string, maxBytes: number): StorageError {
  return refusal(
    path,
    "EFBIG",
    `it must have at most ${formatBytes(maxBytes)}: it has more`,
  );
}

function refusal(path: string, code: string, reason: string): StorageError {
  return new StorageError("read", path, code, reason);
}

/**
 * What a file system has left: bytes, and files where it counts them.
 *
 * Spec: statfs(2). `f_bavail` is for ordinary users; root may also use the
 * blocks that the file system keeps back, `f_bfree`.
 */
import fs from "node:fs";
import { dirname, resolve } from "node:path";
import type { Reading } from "./system_file.ts";

/** What is left at a folder. */
export interface FreeSpace {
  /** The folder, or the nearest one above it that is there. */
  readonly path: string;
  readonly bytes: number;
  /** Files that can still be made; null where they need no place of their own. */
  readonly files: number | null;
  /** Equal for two folders on one file system. */
  readonly deviceNumber: number;
}

/** Reads what is left where a folder is, or will be. */
export function readFreeSpace(folder: string): Reading<FreeSpace> {
  const path = nearestExisting(resolve(folder));
  try {
    const { bavail, bfree, bsize, files, ffree } = fs.statfsSync(path);
    return {
      value: {
        path,
        bytes: (isRoot() ? bfree : bavail) * bsize,
        // Btrfs and some network file systems say 0 of 0.
        files: files === 0 ? null : ffree,
        deviceNumber: fs.statSync(path).dev,
      },
      reason: null,
    };
  } catch (error) {
    return {
      value: null,
      reason: error instanceof Deno.errors.NotCapable
        ? "Deno permits no files below /dev, /proc and /sys"
        : error instanceof Error
        ? error.message
        : String(error),
    };
  }
}

/** The folder itself or, while it is not there, the nearest one above it. */
export function nearestExisting(path: string): string {
  let candidate = path;
  while (isAbsent(candidate) && dirname(candidate) !== candidate) {
    candidate = dirname(candidate);
  }
  return candidate;
}

/** What may not be looked at is there; whoever uses it will hear why not. */
function isAbsent(path: string): boolean {
  try {
    fs.statSync(path);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error &&
      error.code === "ENOENT";
  }
}

function isRoot(): boolean {
  try {
    return Deno.uid() === 0;
  } catch {
    // Not permitted to ask: what ordinary users have is the safe answer.
    return false;
  }
}

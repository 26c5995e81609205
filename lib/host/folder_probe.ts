/**
 * What a storage folder can do: it is tried with an empty file, which is
 * removed.
 */
import fs from "node:fs";
import { join, resolve } from "node:path";
import { withoutLinks } from "./file_system.ts";
import { nearestExisting, readFreeSpace } from "./free_space.ts";
import { type Mount, readMountOf } from "./mounts.ts";
import type { Reading } from "./system_file.ts";

/** What was found out about a folder. */
export interface FolderFacts {
  /** As it was asked for, made absolute. */
  readonly path: string;
  /**
   * Where the probe worked: the folder itself or, while it does not exist,
   * the nearest folder above it.
   */
  readonly probedPath: string;
  readonly mount: Reading<Mount>;
  /** Bytes that this user may still write. */
  readonly freeBytes: Reading<number>;
  /** Files that can still be made; null: not limited, or not known. */
  readonly freeFiles: number | null;
  /** Null if a file can be made here, else why not. */
  readonly writeProblem: string | null;
}

/** Makes two probes at the same time use two files. */
const PROBE_PREFIX = ".stoker-probe-";

/**
 * Probes a folder.
 *
 * @param folder Where a dataset or checkpoints are, or will be.
 */
export function probeFolder(folder: string): FolderFacts {
  const path = resolve(folder);
  const probedPath = nearestExisting(path);
  const space = readFreeSpace(probedPath);
  return {
    path,
    probedPath,
    mount: readMountOf(withoutLinks(probedPath)),
    freeBytes: space.value === null
      ? space
      : { value: space.value.bytes, reason: null },
    freeFiles: space.value?.files ?? null,
    writeProblem: problemOf(() => probeWrite(probedPath)),
  };
}

function probeWrite(folder: string): void {
  withProbeFile(folder, (path) => fs.writeFileSync(path, "", { flag: "wx" }));
}

function withProbeFile(folder: string, use: (path: string) => void): void {
  const path = join(folder, `${PROBE_PREFIX}${crypto.randomUUID()}`);
  try {
    use(path);
  } finally {
    fs.rmSync(path, { force: true });
  }
}

function problemOf(probe: () => void): string | null {
  try {
    probe();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** The system's words without the name of the probe file. */
function messageOf(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "Deno permits no files below /dev, /proc and /sys";
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/,( \w+)? '.*$/, "");
}

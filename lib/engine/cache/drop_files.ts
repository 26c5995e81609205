/**
 * Drops files from the page cache by the means that are permitted, and measures
 * whether they are gone.
 *
 *    measure -> fadvise every file -> measure
 *                                     some left -> fsync and fadvise -> measure
 *                                     some left -> drop_caches       -> measure
 *
 * The last one empties the page cache of the whole host, so it is used only
 * where the others have failed.
 */
import type { Reading } from "../../host/system_file.ts";
import type { CacheDrop } from "../../metrics/run_record.ts";
import type { AnsweredCalls, HostCalls } from "../files/host_calls.ts";

/** Files by number, where they are on this host. */
export interface HostFiles {
  readonly fileCount: number;
  /** @param index From 0. @returns A path that can be opened. */
  hostPath(index: number): string;
}

/** Files whose share in memory is measured. */
const SAMPLED_FILES_MAX = 64;
/** Files that are dropped before the stop signal is checked again. */
const FILES_PER_TURN = 128;
/**
 * Share of the sampled bytes that may stay: the kernel reads a page of a file
 * on its own now and then.
 */
const RESIDENT_FRACTION_MAX = 0.001;

/**
 * Drops files from the page cache.
 *
 * @param files Which ones.
 * @param options `signal`: aborting leaves the rest where it is. `cache`: who
 *   does it. `onMove`: called whenever storage has answered.
 * @returns What was done and whether it worked.
 */
export async function dropFiles(
  files: HostFiles,
  options: {
    readonly signal: AbortSignal;
    readonly nowMs: () => number;
    readonly cache: CacheCalls;
    readonly onMove?: () => void;
  },
): Promise<CacheDrop> {
  const startMs = options.nowMs();
  const sampledFiles = Math.min(files.fileCount, SAMPLED_FILES_MAX);
  const dropped = await tryAll(files, sampledFiles, options);
  return {
    ...dropped,
    fileCount: files.fileCount,
    sampledFiles,
    durationSeconds: (options.nowMs() - startMs) / 1000,
  };
}

/** What is to be dropped from the page cache. */
export type CacheCalls = Pick<
  AnsweredCalls<HostCalls>,
  "cacheProblem" | "drop" | "residentBytes" | "dropEverything"
>;

/** How files are dropped. */
interface DropOptions {
  readonly signal: AbortSignal;
  readonly cache: CacheCalls;
  readonly onMove?: () => void;
}

type Tried = Pick<
  CacheDrop,
  "methods" | "residentBytesBefore" | "residentBytesAfter" | "problem"
>;

async function tryAll(
  files: HostFiles,
  sampledFiles: number,
  options: DropOptions,
): Promise<Tried> {
  const methods: string[] = [];
  const { cache } = options;
  const missing = await cache.cacheProblem();
  if (missing !== null) {
    return {
      methods: [],
      residentBytesBefore: null,
      residentBytesAfter: null,
      problem: missing,
    };
  }
  const measure = () => sampledBytes(files, sampledFiles, options);
  const before = (await measure()).value;
  let problem = await adviseAll(files, options, false);
  methods.push("posix_fadvise");
  let held = await measure();
  if (problem === null && isHeld(before, held.value)) {
    problem = await adviseAll(files, options, true);
    methods.push("fsync and posix_fadvise");
    held = await measure();
  }
  if (problem !== null || isHeld(before, held.value)) {
    const refused = await cache.dropEverything();
    if (refused === null) {
      methods.push("drop_caches");
      problem = null;
      held = await measure();
    } else problem ??= refused;
  }
  if (isHeld(before, held.value)) {
    problem = `${held.value} bytes of ${sampledFiles} files are still cached` +
      (problem === null ? "" : `; ${problem}`);
  } else if (problem === null && held.value === null) {
    problem = `the cached bytes cannot be measured: ${held.reason}`;
  }
  return {
    methods,
    residentBytesBefore: before,
    residentBytesAfter: held.value,
    problem,
  };
}

/** Whether more than a stray page is in memory. */
function isHeld(before: number | null, after: number | null): boolean {
  return before !== null && after !== null &&
    after > RESIDENT_FRACTION_MAX * before;
}

/** @returns The first refusal; null if there was none. */
async function adviseAll(
  files: HostFiles,
  { cache, signal, onMove }: DropOptions,
  isThorough: boolean,
): Promise<string | null> {
  let problem: string | null = null;
  for (let first = 0; first < files.fileCount; first += FILES_PER_TURN) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (signal.aborted) return "the run was stopped";
    const paths = Array.from(
      { length: Math.min(FILES_PER_TURN, files.fileCount - first) },
      (_, index) => files.hostPath(first + index),
    );
    const refused = await cache.drop(paths, isThorough);
    problem ??= refused;
    onMove?.();
  }
  return problem;
}

/** Bytes of some files in memory, first and last included. */
async function sampledBytes(
  files: HostFiles,
  sampledFiles: number,
  { cache, onMove }: DropOptions,
): Promise<Reading<number>> {
  let bytes = 0;
  for (let i = 0; i < sampledFiles; i++) {
    const index = sampledFiles === 1
      ? 0
      : Math.floor((i * (files.fileCount - 1)) / (sampledFiles - 1));
    const resident = await cache.residentBytes(files.hostPath(index));
    onMove?.();
    if (resident.value === null) return resident;
    bytes += resident.value;
  }
  return { value: bytes, reason: null };
}

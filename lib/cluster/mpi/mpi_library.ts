/**
 * Loads an MPI library and finds out which kind it is.
 *
 * It is opened twice: by the C library, so that its symbols are global, which
 * the plugins of Open MPI need, and by Deno, whose calls are fast.
 */
import { ConfigError } from "../../errors.ts";
import {
  type GlobalLibrary,
  loadGlobally,
} from "../../libc/dynamic_library.ts";
import { openLibrary } from "../../libc/libc.ts";
import { type MpiAbi, MPICH_ABI, openMpiAbi, STANDARD_ABI } from "./mpi_abi.ts";

/** The calls that are made; handles are `usize`, see `mpi_abi.ts`. */
const SYMBOLS = {
  MPI_Init_thread: {
    parameters: ["pointer", "pointer", "i32", "buffer"],
    result: "i32",
  },
  MPI_Finalize: { parameters: [], result: "i32" },
  MPI_Get_library_version: { parameters: ["buffer", "buffer"], result: "i32" },
  MPI_Comm_rank: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Comm_size: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Comm_dup: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Comm_set_errhandler: { parameters: ["usize", "usize"], result: "i32" },
  MPI_Ibarrier: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Isend: {
    parameters: ["buffer", "i32", "usize", "i32", "i32", "usize", "buffer"],
    result: "i32",
  },
  MPI_Irecv: {
    parameters: ["buffer", "i32", "usize", "i32", "i32", "usize", "buffer"],
    result: "i32",
  },
  MPI_Iprobe: {
    parameters: ["i32", "i32", "usize", "buffer", "usize"],
    result: "i32",
  },
  MPI_Test: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  MPI_Cancel: { parameters: ["buffer"], result: "i32" },
  MPI_Error_string: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  /** Since MPI 5.0. */
  MPI_Abi_get_version: {
    parameters: ["buffer", "buffer"],
    result: "i32",
    optional: true,
  },
} as const;

/** The functions of a library. */
export type MpiFunctions = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** A loaded library. */
export interface MpiLibrary {
  readonly path: string;
  readonly abi: MpiAbi;
  readonly functions: MpiFunctions;
  /** "Open MPI", "MPICH", "Intel MPI" ... */
  readonly name: string;
  /** As the library says it, first line. */
  readonly version: string;
}

/** MPI_MAX_LIBRARY_VERSION_STRING of MPICH, the longest of all. */
const VERSION_BYTES = 8192;

/**
 * Loads the first library that can be.
 *
 * @param candidates Paths or names, in order.
 * @param need What it is for and what to do without it: two clauses.
 * @throws {ConfigError} If none can be loaded, or it lacks a call.
 */
export function loadMpiLibrary(
  candidates: readonly string[],
  need: { readonly purpose: string; readonly advice: string },
): MpiLibrary {
  const failures: string[] = [];
  for (const path of candidates) {
    const loaded = loadGlobally(path);
    if (loaded.value !== null) return examine(path, loaded.value, need.advice);
    failures.push(loaded.reason);
  }
  const broken = failures.filter((text) => !isAbsence(text));
  const told = broken.length > 0
    ? broken.join("; ")
    : `there is no ${namesOf(candidates).join(", ")}`;
  throw new ConfigError([
    `Cannot load an MPI library ${need.purpose}: ${told}; ${need.advice}`,
  ]);
}

/** A file that is not there, rather than one that is broken. */
function isAbsence(reason: string): boolean {
  return reason.includes("No such file or directory");
}

/** What was looked for: in many folders the name says more than the paths. */
function namesOf(candidates: readonly string[]): string[] {
  if (candidates.length === 1) return [...candidates];
  const names = candidates.map((path) => path.slice(path.lastIndexOf("/") + 1));
  return [...new Set(names)];
}

function examine(
  path: string,
  library: GlobalLibrary,
  advice: string,
): MpiLibrary {
  const { addressOf } = library;
  const opened = openLibrary(path, SYMBOLS);
  if (opened.value === null) {
    throw new ConfigError([
      `Cannot use ${path} as MPI library as it must have the calls of MPI 3 ` +
      `(MPI_Init_thread, MPI_Ibarrier \u2026); ${advice}`,
    ]);
  }
  const functions = opened.value;
  const abi = openMpiAbi(addressOf) ??
    (hasStandardAbi(functions) ? STANDARD_ABI : MPICH_ABI);
  const text = new Uint8Array(VERSION_BYTES);
  functions.MPI_Get_library_version(text, new Int32Array(1));
  const version = firstLine(cString(text));
  return { path, abi, functions, name: nameOf(version), version };
}

/** Others than the standard ABI's library answer -1. */
function hasStandardAbi({ MPI_Abi_get_version }: MpiFunctions): boolean {
  if (MPI_Abi_get_version === null) return false;
  const major = new Int32Array(1);
  return MPI_Abi_get_version(major, new Int32Array(1)) === 0 && major[0]! >= 1;
}

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/open ?mpi/i, "Open MPI"],
  [/intel/i, "Intel MPI"],
  [/cray/i, "Cray MPICH"],
  [/mvapich/i, "MVAPICH"],
  [/mpich/i, "MPICH"],
];

function nameOf(version: string): string {
  return NAMES.find(([pattern]) => pattern.test(version))?.[1] ?? "MPI";
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!.replaceAll(/\s+/g, " ").trim();
}

/** A text that ends with a zero byte. */
export function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(bytes.subarray(0, end < 0 ? undefined : end));
}

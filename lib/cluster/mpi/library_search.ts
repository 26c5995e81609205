/**
 * Where the MPI library of a launcher is looked for:
 *
 *    1. beside the launcher's own program: `bin/mpirun` has `lib/libmpi.so.40`,
 *       which need not be the one that the system finds first
 *    2. by name, as the system's loader searches (LD_LIBRARY_PATH, ldconfig)
 */
import type { Launcher, MpiFamily } from "./launcher.ts";

/** Sonames: of Open MPI 4 and 5. */
const OPENMPI_NAMES = ["libmpi.so.40"];
/** Of MPICH and Intel MPI, of MPICH in Debian, of Cray MPICH by compiler. */
const MPICH_NAMES = [
  "libmpi.so.12",
  "libmpich.so.12",
  "libmpi_cray.so.12",
  "libmpi_gnu.so.12",
  "libmpi_gnu_123.so.12",
  "libmpi_gnu_91.so.12",
];
/** Of any library with the standard ABI of MPI 5. */
const STANDARD_NAMES = ["libmpi_abi.so.1", "libmpi_abi.so.0", "libmpi_abi.so"];

const NAMES: Readonly<Record<MpiFamily, readonly string[]>> = {
  openmpi: OPENMPI_NAMES,
  mpich: MPICH_NAMES,
};

/** Folders of libraries beside the `bin` of the launcher's program. */
const LIBRARY_FOLDERS = ["lib", "lib64", "lib/release"];

/** Where to look: file names as the system's loader takes them. */
export interface LibrarySearch {
  /** To be tried in this order. */
  readonly candidates: readonly string[];
  /** What to install, for messages. */
  readonly advice: string;
}

/**
 * Says where to look.
 *
 * @param choice "auto", "openmpi", "mpich" or a path, as of `--mpi`.
 * @param launcher What started the processes.
 * @param programs Paths of the programs that started this one, nearest first.
 */
export function librarySearch(
  choice: string,
  launcher: Launcher,
  programs: readonly string[],
): LibrarySearch {
  const family = familyOf(choice, launcher);
  if (family === "file") {
    return { candidates: [choice], advice: "give another file with --mpi" };
  }
  const own = family === null
    ? [...OPENMPI_NAMES, ...MPICH_NAMES]
    : NAMES[family];
  // Which library a standard one is, its name does not tell.
  const names = choice === "auto" ? [...own, ...STANDARD_NAMES] : own;
  const beside = programs.flatMap((path) => {
    const root = path.replace(/\/[^/]*\/[^/]*$/, "");
    return LIBRARY_FOLDERS.flatMap((folder) =>
      names.map((name) => `${root}/${folder}/${name}`)
    );
  });
  return { candidates: [...beside, ...names], advice: ADVICE[family ?? "any"] };
}

const ADVICE = {
  openmpi: "install Open MPI on every host (Debian, Ubuntu: openmpi-bin) or " +
    "give its libmpi.so.40 with --mpi PATH",
  mpich: "install MPICH on every host (Debian, Ubuntu: mpich) or give the " +
    "libmpi.so.12 of MPICH, Intel MPI or Cray MPICH with --mpi PATH",
  any: "install the MPI library that srun was made for on every host or give " +
    "it with --mpi PATH",
} as const;

function familyOf(
  choice: string,
  launcher: Launcher,
): MpiFamily | "file" | null {
  if (choice === "openmpi" || choice === "mpich") return choice;
  return choice === "auto" ? launcher.family : "file";
}

/**
 * What started this process, as far as its environment tells: whether it is
 * one of several, and whose MPI library the others will use. Nothing is loaded
 * to find out.
 *
 *    Open MPI          OMPI_COMM_WORLD_RANK, _SIZE         mpirun, prterun, jsrun
 *    PALS              PALS_RANKID, PMI_SIZE               mpiexec of Cray
 *    PMI               PMI_RANK, PMI_SIZE                  mpiexec.hydra of MPICH
 *                                                          and Intel, srun
 *                                                          --mpi=pmi2, flux
 *    Slurm step        SLURM_PROCID, SLURM_STEP_NUM_TASKS  srun
 *    PMIx              PMIX_RANK                           srun --mpi=pmix, prun
 *    Hydra's own       MPI_LOCALRANKID                     mpiexec -pmi-port
 *
 * Of Slurm the step counts: a batch script is one process, however many tasks
 * (SLURM_NTASKS) were asked for, although SLURM_PROCID is set there.
 *
 * Sources: mpirun(1) of Open MPI, "Environment variables"; MPICH's manual of
 * Hydra; srun(1), "Output environment variables"; aprun and PALS in Cray's
 * mpiexec(1).
 */

/** Libraries that share handles and constants. */
export type MpiFamily = "openmpi" | "mpich";

/** What started several processes. */
export interface Launcher {
  /** As users call it: "mpirun (Open MPI)", "srun". */
  readonly name: string;
  /** Whose library it starts processes for; null if it serves several. */
  readonly family: MpiFamily | null;
  /** Number of this process; null if the launcher does not say. */
  readonly rank: number | null;
  /** Number of processes, > 1; null if the launcher does not say. */
  readonly size: number | null;
}

interface LauncherRow {
  readonly name: string;
  readonly family: MpiFamily | null;
  readonly rank: string;
  /** Null: no variable tells. */
  readonly size: string | null;
  /** Without a size it is not this launcher. */
  readonly needsSize: boolean;
}

/** The first row whose variables are set counts. */
const LAUNCHERS: readonly LauncherRow[] = [
  {
    name: "mpirun (Open MPI)",
    family: "openmpi",
    rank: "OMPI_COMM_WORLD_RANK",
    size: "OMPI_COMM_WORLD_SIZE",
    needsSize: true,
  },
  {
    name: "mpiexec (PALS)",
    family: "mpich",
    rank: "PALS_RANKID",
    size: "PMI_SIZE",
    needsSize: false,
  },
  {
    name: "mpiexec (PMI)",
    family: "mpich",
    rank: "PMI_RANK",
    size: "PMI_SIZE",
    needsSize: true,
  },
  {
    name: "srun",
    family: null,
    rank: "SLURM_PROCID",
    size: "SLURM_STEP_NUM_TASKS",
    needsSize: true,
  },
  {
    name: "a launcher with PMIx",
    family: null,
    rank: "PMIX_RANK",
    size: null,
    needsSize: false,
  },
  {
    name: "mpiexec (Hydra)",
    family: "mpich",
    rank: "MPI_LOCALRANKID",
    size: null,
    needsSize: false,
  },
];

/** Variables that are read to find the launcher. */
export const LAUNCHER_VARIABLES: readonly string[] = [
  ...new Set(
    LAUNCHERS.flatMap(({ rank, size }) =>
      size === null ? [rank] : [rank, size]
    ),
  ),
];

/**
 * The launcher that started this process as one of several.
 *
 * @param env Reads a variable of the environment.
 * @returns Null if nothing or a single process was started.
 */
export function launcherOf(
  env: (name: string) => string | undefined,
): Launcher | null {
  for (const row of LAUNCHERS) {
    const rank = countFrom(env(row.rank));
    if (rank === null) continue;
    const size = row.size === null ? null : countFrom(env(row.size));
    if (size === null && row.needsSize) continue;
    if (size === 1) return null;
    const { name, family } = row;
    // A number among those of one host is none of all processes.
    const isGlobal = row.rank !== "MPI_LOCALRANKID";
    return { name, family, rank: isGlobal ? rank : null, size };
  }
  return null;
}

function countFrom(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

import { assertEquals } from "@std/assert";
import {
  type Launcher,
  launcherOf,
} from "../../../lib/cluster/mpi/launcher.ts";

function launcherIn(variables: Record<string, string>): Launcher | null {
  return launcherOf((name) => variables[name]);
}

/** What launchers set, as far as it matters, and what it means. */
const SEVERAL: readonly (readonly [
  string,
  Record<string, string>,
  Launcher,
])[] = [
  [
    "mpirun of Open MPI",
    { OMPI_COMM_WORLD_SIZE: "4", OMPI_COMM_WORLD_RANK: "3", PMIX_RANK: "3" },
    { name: "mpirun (Open MPI)", family: "openmpi", rank: 3, size: 4 },
  ],
  [
    "mpirun of Open MPI in a step of Slurm",
    {
      SLURM_STEP_NUM_TASKS: "2",
      SLURM_PROCID: "1",
      OMPI_COMM_WORLD_SIZE: "8",
      OMPI_COMM_WORLD_RANK: "5",
    },
    { name: "mpirun (Open MPI)", family: "openmpi", rank: 5, size: 8 },
  ],
  [
    "mpiexec of MPICH or Intel",
    { PMI_SIZE: "2", PMI_RANK: "0", MPI_LOCALRANKID: "0" },
    { name: "mpiexec (PMI)", family: "mpich", rank: 0, size: 2 },
  ],
  [
    "mpiexec of PALS",
    { PALS_RANKID: "17", PALS_LOCAL_SIZE: "16" },
    { name: "mpiexec (PALS)", family: "mpich", rank: 17, size: null },
  ],
  [
    "srun with PMIx",
    { SLURM_PROCID: "2", SLURM_STEP_NUM_TASKS: "4", PMIX_RANK: "2" },
    { name: "srun", family: null, rank: 2, size: 4 },
  ],
  [
    "srun with PMI-2",
    {
      SLURM_PROCID: "2",
      SLURM_STEP_NUM_TASKS: "4",
      PMI_RANK: "2",
      PMI_SIZE: "4",
    },
    { name: "mpiexec (PMI)", family: "mpich", rank: 2, size: 4 },
  ],
  [
    "a launcher that sets no more than PMIx asks for",
    { PMIX_RANK: "1" },
    { name: "a launcher with PMIx", family: null, rank: 1, size: null },
  ],
  [
    "Hydra over a port",
    { MPI_LOCALRANKID: "1", MPI_LOCALNRANKS: "2" },
    { name: "mpiexec (Hydra)", family: "mpich", rank: null, size: null },
  ],
];

for (const [what, variables, launcher] of SEVERAL) {
  Deno.test(`launcherOf() knows ${what}`, () => {
    assertEquals(launcherIn(variables), launcher);
  });
}

/** Environments in which this process is the only one. */
const SINGLE: Readonly<Record<string, Record<string, string>>> = {
  "nothing is set": {},
  "mpirun started one process": {
    OMPI_COMM_WORLD_SIZE: "1",
    OMPI_COMM_WORLD_RANK: "0",
    PMIX_RANK: "0",
  },
  "mpiexec started one process": { PMI_SIZE: "1", PMI_RANK: "0" },
  "a batch script of Slurm asks for tasks and starts no step": {
    SLURM_NTASKS: "64",
    SLURM_NPROCS: "64",
    SLURM_PROCID: "0",
    SLURM_LOCALID: "0",
  },
  "a shell in a step of one task": {
    SLURM_NTASKS: "64",
    SLURM_PROCID: "0",
    SLURM_STEP_NUM_TASKS: "1",
  },
  "variables are no counts": {
    OMPI_COMM_WORLD_SIZE: "all",
    OMPI_COMM_WORLD_RANK: "x",
  },
};

for (const [what, variables] of Object.entries(SINGLE)) {
  Deno.test(`launcherOf() finds no launcher where ${what}`, () => {
    assertEquals(launcherIn(variables), null);
  });
}

/**
 * The barrier of several processes: what it adds to that of MPI, and what
 * waiting costs. Processes of this host, under Open MPI or MPICH, whichever is
 * installed.
 */
import {
  type Measure,
  type Measured,
  medianOf,
  medianPair,
} from "./measure.ts";

const ROUND_COUNT = 5;
const PROCESS_COUNT = 2;
const TURNS = 5000;
const STEP_TURNS = 400;
const STEP_US = 5000;
/** What may be added, microseconds. */
const ADDED_US = 20;
/** Most that the thread which speaks MPI may use, percent of a core. */
const CORE_PERCENT = 5;

/** Rows "cluster.barrier*". */
export const measures: readonly Measure[] = [
  { id: "cluster.barrier", run: () => measureBarrier("relay") },
  { id: "cluster.barrier.step", run: () => measureStepBarrier("relay") },
  { id: "cluster.barrier.wait", run: () => measureWait("relay") },
  { id: "cluster.barrier_memory", run: () => measureBarrier("memory") },
  {
    id: "cluster.barrier_memory.step",
    run: () => measureStepBarrier("memory"),
  },
  { id: "cluster.barrier_memory.wait", run: () => measureWait("memory") },
];

/** Back to back; the limit is `MPI_Barrier` of as many processes and 20 µs. */
async function measureBarrier(way: Way): Promise<Measured> {
  const pair = await medianPair(
    ROUND_COUNT,
    async () => (await run(way, TURNS, 0)).medianUs,
    async () => (await run("bare", TURNS, 0)).medianUs + ADDED_US,
  );
  return { unit: "us", ...pair };
}

/** After 5 ms of computing each, from which threads of all sleep meanwhile. */
async function measureStepBarrier(way: Way): Promise<Measured> {
  const pair = await medianPair(
    ROUND_COUNT,
    async () => (await run(way, STEP_TURNS, STEP_US)).medianUs,
    async () => (await run("bare", STEP_TURNS, STEP_US)).medianUs + ADDED_US,
  );
  return { unit: "us", ...pair };
}

/** Of the process without its accelerator, at steps of 5 ms. */
async function measureWait(way: Way): Promise<Measured> {
  const value = await medianOf(
    ROUND_COUNT,
    async () => (await run(way, STEP_TURNS, STEP_US)).coreShare * 100,
  );
  return { value, unit: "% core", limit: CORE_PERCENT };
}

/** Through what threads of processes meet: MPI, or memory of the host. */
type Way = "relay" | "memory";

interface Run {
  readonly medianUs: number;
  readonly coreShare: number;
}

const PROGRAM = new URL("./cluster_process.ts", import.meta.url).pathname;

/** @throws {Error} If no launcher is installed or the processes fail. */
async function run(
  what: "bare" | Way,
  turns: number,
  stepUs: number,
): Promise<Run> {
  const { success, stdout, stderr } = await new Deno.Command("mpirun", {
    args: [
      ...await launcherFlags(),
      "-np",
      String(PROCESS_COUNT),
      Deno.execPath(),
      "run",
      "--allow-all",
      "--no-check",
      PROGRAM,
      what,
      String(turns),
      String(stepUs),
    ],
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`mpirun failed: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout)) as Run;
}

/** Open MPI wants to be told that root may, and not to bind. */
export async function launcherFlags(): Promise<string[]> {
  const { stdout } = await new Deno.Command("mpirun", { args: ["--version"] })
    .output();
  const isOpenMpi = /open ?mpi|openrte/i.test(new TextDecoder().decode(stdout));
  return isOpenMpi
    ? ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"]
    : [];
}

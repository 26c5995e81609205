/**
 * One of several processes of `cluster_barrier.ts`, started by a launcher of
 * MPI. Process 0 prints what it measured, as JSON.
 *
 *    bare TURNS STEP_US      MPI_Barrier after computing, nothing else
 *    relay TURNS STEP_US     threads that meet through the thread that speaks
 *                            MPI, after computing as accelerators do
 *    memory TURNS STEP_US    threads that meet in memory of the host
 */
import process from "node:process";
import { connectProcesses } from "../../lib/cluster/connect_processes.ts";
import { launcherOf } from "../../lib/cluster/mpi/launcher.ts";
import { programsAbove } from "../../lib/cluster/mpi/launcher_programs.ts";
import { librarySearch } from "../../lib/cluster/mpi/library_search.ts";
import { MpiCalls } from "../../lib/cluster/mpi/mpi_calls.ts";
import { loadMpiLibrary } from "../../lib/cluster/mpi/mpi_library.ts";
import { Region } from "../../lib/engine/threads/region.ts";
import { ComputeTimer } from "../../lib/engine/training/compute.ts";
import { openLibrary } from "../../lib/libc/libc.ts";
import type { BarrierOrder } from "./barrier_worker.ts";
import { median } from "./measure.ts";

const [what = "", turnsText = "", stepText = "0"] = Deno.args;
const turns = Number(turnsText);
const stepUs = Number(stepText);
/** Turns that warm up. */
const WARM_TURNS = 200;

/** Medians and the share of a core that the process used. */
interface Measured {
  readonly medianUs: number;
  readonly coreShare: number;
}

function print(measured: Measured): void {
  Deno.stdout.writeSync(
    new TextEncoder().encode(JSON.stringify(measured) + "\n"),
  );
}

function bare(): void {
  const env = (name: string) => Deno.env.get(name);
  const launcher = launcherOf(env)!;
  const { candidates, advice } = librarySearch(
    "auto",
    launcher,
    programsAbove(Deno.ppid),
  );
  const library = loadMpiLibrary(candidates, { purpose: "to measure", advice });
  const calls = new MpiCalls(library);
  calls.init();
  const { MPI_Barrier } = openLibrary(library.path, {
    MPI_Barrier: { parameters: ["usize"], result: "i32" },
  }).value!;
  const { commWorld } = library.abi;
  const timer = new ComputeTimer();
  const waits: number[] = [];
  for (let turn = 0; turn < WARM_TURNS + turns; turn++) {
    const computeMs = turn < WARM_TURNS ? 0 : stepUs / 1000;
    const startMs = timer.wait(performance.now(), computeMs, () => false);
    MPI_Barrier(commWorld);
    if (turn >= WARM_TURNS) waits.push((performance.now() - startMs) * 1000);
  }
  if (calls.rank() === 0) print({ medianUs: median(waits), coreShare: 1 });
  calls.finalize();
}

async function cluster(): Promise<void> {
  const link = await connectProcesses((name) => Deno.env.get(name), {
    mpi: null,
    peerTimeoutMs: null,
    sharesMemory: what === "memory",
  });
  const { shape, buffer } = new Region({
    accelerators: 1,
    readersPerAccelerator: 0,
    generators: 0,
    maxSteps: 1,
    barrierPlace: link.barrierPlace!,
  });
  const start = (turns: number, stepUs: number) => {
    const waits = new Float64Array(new SharedArrayBuffer(8 * (turns + 1)));
    const order: BarrierOrder = { shape, buffer, turns, stepUs, waits };
    const worker = new Worker(new URL("./barrier_worker.ts", import.meta.url), {
      type: "module",
    });
    const says = (word: string) =>
      new Promise<void>((resolve) =>
        worker.addEventListener("message", ({ data }) => {
          if (data === word) resolve();
        })
      );
    const [ready, done] = [says("ready"), says("done")];
    worker.postMessage(order);
    return { ready, done, waits };
  };
  await start(WARM_TURNS, 0).done;
  const { ready, done, waits } = start(turns, stepUs);
  await ready;
  const [startCpuMs, startMs] = [cpuMs(), performance.now()];
  await done;
  const ownMs = waits[turns]! / 1000;
  const coreShare = (cpuMs() - startCpuMs - ownMs) /
    (performance.now() - startMs);
  const medianUs = median([...waits.subarray(0, turns)]);
  if (link.cluster.rank === 0) print({ medianUs, coreShare });
  await link.close();
}

/** User and system time of this process. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

if (what === "bare") bare();
else await cluster();
Deno.exit(0);

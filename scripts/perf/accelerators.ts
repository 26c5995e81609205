/**
 * Many accelerators on one host: what they show where storage is no limit, and
 * what they cost. The limit of each row is 8 accelerators with threads of
 * their own, measured beside it.
 */
import type { AcceleratorCost } from "./accelerators_process.ts";
import { type Measure, type Measured, medianPair } from "./measure.ts";

const ROUND_COUNT = 3;
const STEPS = 300;
const COMPUTE_SECONDS = 0.01;
const CONTROL_ACCELERATORS = 8;
const OWN_THREADS = "reader.accelerators_per_thread=1";

/** Rows "accelerators.*". */
export const measures: readonly Measure[] = [
  ...[64, 256].flatMap((count): Measure[] => [
    {
      id: `accelerators.au_${count}`,
      run: () => besideControl("%", count, ({ auPercent }) => auPercent),
    },
    {
      id: `accelerators.cores_${count}`,
      run: () => besideControl("cores", count, ({ cores }) => cores),
    },
    {
      id: `accelerators.start_${count}`,
      run: () => besideControl("s", count, ({ startSeconds }) => startSeconds),
    },
  ]),
  { id: "accelerators.memory", run: measureMemory },
  { id: "accelerators.idle_1ms", run: measureIdle },
];

async function besideControl(
  unit: string,
  count: number,
  figure: (cost: AcceleratorCost) => number,
): Promise<Measured> {
  const pair = await medianPair(
    ROUND_COUNT,
    () => figure(costOf(count, COMPUTE_SECONDS, STEPS)),
    () =>
      figure(
        costOf(CONTROL_ACCELERATORS, COMPUTE_SECONDS, STEPS, OWN_THREADS),
      ),
  );
  return { unit, ...pair };
}

/** Resident memory of each accelerator beyond 64, with its two readers. */
function measureMemory(): Measured {
  const few = costOf(64, COMPUTE_SECONDS, STEPS).residentBytes;
  const many = costOf(256, COMPUTE_SECONDS, STEPS).residentBytes;
  return { unit: "MB", value: (many - few) / (256 - 64) / 1e6, limit: null };
}

/** Processors that an accelerator takes which computes for 1 ms a step. */
function measureIdle(): Measured {
  const { cores } = costOf(1, 0.001, 3000, "reader.data_loader=synthetic");
  return { unit: "cores", value: cores, limit: null };
}

function costOf(
  accelerators: number,
  computeSeconds: number,
  steps: number,
  ...settings: string[]
): AcceleratorCost {
  const script = new URL("./accelerators_process.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--no-check",
      script,
      ...[accelerators, computeSeconds, steps].map(String),
      ...settings,
    ],
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)) as AcceleratorCost;
}

/**
 * A run with any number of steps; ranks share their arrays, so that millions
 * of steps take the memory of one rank.
 */
import type { RunRecord } from "../../../lib/metrics/run_record.ts";
import {
  histogramOf,
  momentAt,
  phaseOf,
  runOf,
  workerOf,
} from "../../metrics/sample_run.ts";

const STEP_SECONDS = 0.01;
const LOAD_SECONDS = 0.001;

/**
 * Makes the run: every step loads for 1 ms, but for one in its middle.
 *
 * @param size Steps of each rank, and ranks.
 * @returns The record, and how long the slow step waited.
 */
export function longRun(
  { steps, ranks }: { readonly steps: number; readonly ranks: number },
): { readonly record: RunRecord; readonly slowMs: number } {
  const slowMs = 750;
  const loadSeconds = new Float64Array(steps).fill(LOAD_SECONDS);
  const computeSeconds = new Float64Array(steps).fill(
    STEP_SECONDS - LOAD_SECONDS,
  );
  const stepSeconds = new Float64Array(steps).fill(STEP_SECONDS);
  const middle = Math.floor(steps / 2);
  loadSeconds[middle] = slowMs / 1000;
  stepSeconds[middle] = STEP_SECONDS + slowMs / 1000;
  const durationSeconds = steps * STEP_SECONDS + slowMs / 1000;
  const phase = phaseOf({
    durationSeconds,
    end: momentAt(10 + durationSeconds),
    plannedSteps: steps,
    ranks: Array.from({ length: ranks }, (_, rank) => ({
      rank,
      host: "node-1",
      stepCount: steps,
      loadSeconds,
      computeSeconds,
      stepSeconds,
      computeRequestedSeconds: computeSeconds,
      doneSeconds: durationSeconds,
      blocks: [{
        firstStep: 0,
        stepCount: steps,
        startSeconds: 0,
        durationSeconds,
      }],
    })),
    workers: Array.from(
      { length: ranks },
      (_, rank) =>
        workerOf(rank, { bytes: steps * 2 ** 20, operations: steps }),
    ),
    latencies: { read: histogramOf([1, 2, 3, slowMs]) },
    bytesRequested: ranks * steps * 2 ** 20,
  });
  return { record: runOf([phase], { accelerators: ranks }), slowMs };
}

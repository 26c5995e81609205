/**
 * Whole runs whose readers have many reads in flight: the same order of
 * batches, every way to end, and no reader that is not noticed.
 */
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { InterruptedError } from "../../../lib/errors.ts";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import { findDeviceQueue } from "../../../lib/host/device_queue.ts";
import { HAS_URING } from "../../storage/has_uring.ts";
import { tempTakesDirect } from "../../storage/direct/takes_direct.ts";
import { inTempFolder, runSmall, smallWorkload } from "../engine_fixture.ts";

const ignore = !HAS_URING;

function sumOf(phase: PhaseRecord, key: "bytes" | "files" | "samples") {
  return phase.workers.reduce((sum, worker) => sum + worker[key], 0);
}

for (const readThreads of [0, 1, 3]) {
  Deno.test({
    name:
      `${readThreads} readers with reads in flight and preprocessing give every accelerator its batches, training and evaluation`,
    ignore,
    fn: () =>
      inTempFolder(async (folder) => {
        const totals = [];
        for (const engine of ["sync", "uring"] as const) {
          const { phases, error } = await runSmall(
            smallWorkload(folder, [
              `reader.io_engine=${engine}`,
              "reader.io_depth=5",
              `reader.read_threads=${readThreads}`,
              "reader.preprocess_time=0.002",
              "workflow.evaluation=true",
            ]),
            { accelerators: 2 },
          );
          assertEquals(error, null);
          const steps = phases.filter(({ kind }) => kind !== "generate");
          assertEquals(
            steps.map(({ hosts: [host] }) => host?.readEngine?.engine),
            steps.map(() => engine),
          );
          totals.push(steps.map((phase) => [
            phase.kind,
            sumOf(phase, "bytes"),
            sumOf(phase, "files"),
            sumOf(phase, "samples"),
            histogramTotals(phase.latencies.read as Float64Array).count,
            histogramTotals(phase.latencies.open as Float64Array).count,
            phase.ranks.map(({ stepCount }) => stepCount),
          ]));
        }
        assertGreater(totals[0]?.length ?? 0, 2);
        assertEquals(totals[1], totals[0]);
      }),
  });
}

Deno.test({
  name:
    "with O_DIRECT readers have in flight what this device's queue takes for each, at most 64; a given depth stays; results say why",
  ignore: ignore || !tempTakesDirect(),
  fn: () =>
    inTempFolder(async (folder) => {
      const { value: queue, reason } = findDeviceQueue(folder);
      for (const [readThreads, given] of [[1, null], [3, null], [3, 7]]) {
        const { phases, error } = await runSmall(
          smallWorkload(folder, [
            "reader.odirect=true",
            `reader.read_threads=${readThreads}`,
            ...(given === null ? [] : [`reader.io_depth=${given}`]),
          ]),
          { accelerators: 2 },
        );
        assertEquals(error, null);
        const readers = 2 * (readThreads ?? 0);
        const share = Math.floor((queue?.requests ?? Infinity) / readers);
        const auto = Math.min(64, Math.max(4, share));
        const train = phases.find(({ kind }) => kind === "train");
        const { depth, depthReason } = train?.hosts[0]?.readEngine ?? {};
        assertEquals(depth, given ?? auto);
        assertEquals(
          depthReason,
          given !== null
            ? "reader.io_depth = 7"
            : queue === null
            ? `auto: 64, as the device's queue is not known: ${reason}`
            : `auto: ${queue.device} takes ${queue.requests} requests / ` +
              `${readers} readers of this host, at most 64, at least 4`,
        );
      }
    }),
});

Deno.test({
  name:
    "a run that is stopped with reads in flight keeps what it measured and ends its threads",
  ignore,
  fn: () =>
    inTempFolder(async (folder) => {
      const settings = [
        "reader.io_engine=uring",
        "dataset.record_length_bytes=1000000",
        "reader.transfer_size=4096",
        "train.epochs=1000",
      ];
      const stop = new AbortController();
      const { phases, error } = await runSmall(
        smallWorkload(folder, settings),
        {},
        {
          signal: stop.signal,
          onPhaseBegin: ({ epoch }) => {
            if (epoch !== 3) return;
            setTimeout(() => stop.abort(new InterruptedError("SIGINT")), 5);
          },
        },
      );
      assert(error instanceof InterruptedError);
      const [, first, second] = phases;
      assertEquals([first?.complete, second?.complete], [true, true]);
      assertLess(phases.length, 1000);
    }),
});

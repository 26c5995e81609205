import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  metricBlock,
  stokerLines,
} from "../../../lib/report/text/metric_block.ts";
import { HISTOGRAM_SLOTS, recordMs } from "../../../lib/metrics/histogram.ts";
import { metricJson } from "../../../lib/results/metric_json.ts";
import { summarize } from "../../../lib/metrics/summary.ts";
import {
  CONTEXT,
  hostsOf,
  phaseOf,
  runOf,
  sampleRun,
  workerOf,
} from "../../metrics/sample_run.ts";
import {
  type Stage,
  stagedPhase,
  stagedSummary,
} from "../../metrics/verdict/staged_runs.ts";

Deno.test("metricBlock() has DLIO's block first, Stoker's lines after", () => {
  const lines = metricBlock(summarize(sampleRun(), CONTEXT)).split("\n");
  assertEquals(lines.pop(), "");
  const firstOwn = lines.findIndex((line) => line.startsWith("[STOKER] "));
  const dlio = lines.slice(0, firstOwn);
  assert(dlio.every((line) => line.startsWith("[METRIC] ")));
  assertEquals(dlio[0], dlio.at(-1));
  assertEquals(dlio.length, 13);
  assert(lines.slice(firstOwn).every((line) => line.startsWith("[STOKER] ")));
});

Deno.test("stokerLines() state bytes, latency, cache, slowest rank", () => {
  const lines = stokerLines(summarize(sampleRun(), CONTEXT));
  assertEquals(lines.slice(0, 6), [
    "Training sustained, all steps: AU 80.0 %, 22.40 samples/second",
    "Training time of accelerators: compute 80.0 %, waiting for batches " +
    "15.0 %, waiting for other accelerators 5.0 %, late compute 0.0 %, " +
    "between steps 0.0 %",
    "Training bytes really read: 168.00 MiB in 12.000 s (14.00 MiB/second)",
    "Training read latency (µs): p50 2022, p90 4000, p99 4000, " +
    "p99.9 4000, max 4000",
    "Training from device: 42.00 MiB of 168.00 MiB requested, " +
    "75.0 % from memory (/proc/self/io)",
    "Training slowest rank: 1; first done 2.000 s, last done 2.500 s",
  ]);
  assert(lines.includes(
    "Eval from device: not known (no permission for FFI)",
  ));
  assert(lines.includes(
    "Checkpoint save bytes really written: 1.00 GiB in 1.000 s " +
      "(1024.00 MiB/second)",
  ));
  assert(lines.includes("Checkpoint save: 0.0 % of the time in fsync"));
  assert(
    lines.some((line) => line.startsWith("Warning: Training took 75.0 %")),
  );
});

Deno.test("the last of Stoker's lines is the verdict, and what may help against the limit", () => {
  const stage = { load: [0.1, 0.1], inCalls: 0.96, onCpu: 0.02 };
  const last = (more: Partial<Stage>) =>
    stokerLines(stagedSummary([stagedPhase({ ...stage, ...more })])).slice(-2);
  const [verdict, help] = last({ deviceBusy: 0.3 });
  assertStringIncludes(verdict ?? "", "Verdict: No: sustained AU 50 %");
  assertStringIncludes(help ?? "", "What may help: more requests at a time");
  assertEquals(
    last({ deviceBusy: 0.99 })[1],
    "What may help: faster storage, or fewer accelerators",
  );
  assertEquals(
    last({ onCpu: 0.96 })[1],
    "What may help: fewer accelerators, a larger host, fewer other programs",
  );
  assertStringIncludes(last({ load: [0, 0] })[1] ?? "", "Verdict: Yes.");
});

Deno.test("what was copied to a shard cache is told apart from what was read, in text and JSON", () => {
  const counts = new Float64Array(HISTOGRAM_SLOTS);
  recordMs(counts, 20);
  recordMs(counts, 40);
  const phase = phaseOf({
    latencies: { shard_download: counts },
    workers: [workerOf(0, { bytes: 2 ** 20, downloadBytes: 2 ** 22 })],
  });
  const summary = summarize(runOf([phase]), CONTEXT);
  const lines = stokerLines(summary);
  assert(
    lines.includes(
      "Training shards downloaded to the cache: 4.00 MiB in 2 downloads",
    ),
    lines.join("\n"),
  );
  assert(
    lines.some((line) =>
      line.startsWith("Training download latency of a shard (µs): p50 ")
    ),
  );
  const metric = metricJson(summary);
  assertEquals(metric.train_bytes_read, 2 ** 20);
  assertEquals(metric.train_shard_download_bytes, 2 ** 22);
  assertEquals(metric.train_shards_downloaded, 2);
});

Deno.test("stokerLines() do not call holes memory", () => {
  const phase = phaseOf({
    bytesRequested: 2 ** 20,
    hosts: hostsOf({
      bytes: 2 ** 10,
      source: "O_DIRECT",
      shortfall: {
        isDirect: true,
        fileSystemType: "xfs",
        isMemory: false,
        compression: null,
        cachesDirect: null,
        sampledFiles: 1,
        sampledBytes: 100,
        holeBytes: 99,
      },
    }),
  });
  const lines = stokerLines(summarize(runOf([phase]), CONTEXT));
  assert(lines.includes(
    "Training from device: 1.00 KiB of 1.00 MiB requested, 99.9 % not from " +
      "the device (O_DIRECT)",
  ));
});

Deno.test("stokerLines() say that a run is not complete", () => {
  const summary = summarize(runOf([], { complete: false }), CONTEXT);
  assertEquals(stokerLines(summary), [
    "Incomplete: the run ended early, figures are partial",
  ]);
});

Deno.test("metricBlock() reads n/a where nothing was measured", () => {
  const block = metricBlock(summarize(runOf([phaseOf()]), CONTEXT));
  assertStringIncludes(
    block,
    "[METRIC] Training Accelerator Utilization [AU] (%): n/a (n/a)\n",
  );
  assert(!/NaN|undefined|null/.test(block), block);
});

Deno.test("metricBlock() of a scaled run has no line that begins as DLIO's", () => {
  const summary = summarize(sampleRun(), CONTEXT);
  const real = metricBlock(summary).split("\n");
  const scaled = metricBlock(summary, "SCALED").split("\n");
  assertEquals(scaled.filter((line) => line.includes("[METRIC]")), []);
  assertEquals(
    scaled.map((line) => line.replace("[SCALED]", "[METRIC]")),
    real,
  );
});

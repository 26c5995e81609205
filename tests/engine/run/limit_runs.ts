/**
 * Real runs in front of a known bottleneck, for `limit_run_test.ts`: each is so
 * tight, by sleeping and not by computing, that a busy host does not change
 * what the limit is.
 */
import { assert, assertEquals } from "@std/assert";
import type { Workload } from "../../../lib/config/workload.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import { type RunSummary, summarize } from "../../../lib/metrics/summary.ts";
import { CONTEXT, runOf } from "../../metrics/sample_run.ts";
import {
  type SeenRequest,
  startFaultProxy,
} from "../../storage/s3/fault_proxy.ts";
import { startS3rver } from "../../storage/s3/s3rver_server.ts";
import { runSmall, smallWorkload } from "../engine_fixture.ts";
import { s3Workload } from "../s3_workload.ts";

/** A workload on null storage: nothing is generated. */
function nullWorkload(overrides: readonly string[]): Workload {
  return smallWorkload("data", [
    "storage.storage_type=null",
    "workflow.generate_data=false",
    "train.epochs=1",
    ...overrides,
  ]);
}

/** Runs a workload; what its training comes to. */
async function judged(
  workload: Workload,
  accelerators = 1,
): Promise<{ summary: RunSummary; phase: PhaseRecord }> {
  const { error, phases } = await runSmall(workload, { accelerators });
  assertEquals(error, null);
  const training = phases.filter(({ kind }) => kind === "train");
  const [phase] = training;
  assert(phase !== undefined);
  const summary = summarize(runOf(training, { accelerators }), {
    ...CONTEXT,
    numFilesTrain: Number(workload.dataset.num_files_train),
  });
  return { summary, phase };
}

Deno.test("a storage that answers late is the limit: null storage with a latency", async () => {
  const { summary: { verdict }, phase } = await judged(nullWorkload([
    "storage.storage_options.latency=60ms",
    "train.computation_time=0.002",
    "dataset.num_files_train=80",
  ]));
  assertEquals(
    [verdict?.answer, verdict?.limit],
    ["no", "storage"],
    verdict?.text,
  );
  assert((verdict?.confidence ?? 0) > 0.8, verdict?.text);
  // 80 reads of 60 ms by two readers: 2.4 s.
  assertEquals(
    phase.series?.bytes.length,
    Math.max(2, Math.round(phase.durationSeconds)),
  );
});

Deno.test("a storage with too little bandwidth is the limit, and all threads together get that and no more", async () => {
  const bytesPerSecond = 400_000;
  const { summary: { verdict }, phase } = await judged(
    nullWorkload([
      `storage.storage_options.bytes_per_second=${bytesPerSecond}`,
      "train.computation_time=0.002",
      "dataset.num_files_train=120",
    ]),
    2,
  );
  assertEquals(verdict?.limit, "storage", verdict?.text);
  // A bucket is full when the phase begins.
  const most = bytesPerSecond * (phase.durationSeconds + 0.02);
  assert(phase.bytesRequested <= most, `${phase.bytesRequested} > ${most}`);
  assert(
    phase.bytesRequested >= most / 2,
    `${phase.bytesRequested} < ${most / 2}`,
  );
});

Deno.test("a storage with too few operations a second is the limit", async () => {
  const { summary: { verdict } } = await judged(nullWorkload([
    "storage.storage_options.operations_per_second=50",
    "train.computation_time=0.002",
    "dataset.num_files_train=80",
  ]));
  assertEquals(verdict?.limit, "storage", verdict?.text);
});

Deno.test("null storage without a limit keeps accelerators busy, and the verdict doubts it", async () => {
  const { summary: { verdict, kinds } } = await judged(nullWorkload([
    "train.computation_time=0.2",
    "dataset.num_files_train=20",
  ]));
  const au = kinds.get("train")?.steps?.sustainedAuPercent.mean ?? 0;
  assertEquals(verdict?.answer, au >= 90 ? "yes" : "no");
  assertEquals(verdict?.trust, "doubtful");
});

Deno.test("accelerators that wait for each other, not for storage: the barrier is the limit", async () => {
  const { summary: { verdict } } = await judged(
    nullWorkload([
      "train.computation_time={mean: 0.1, stdev: 0.05}",
      "dataset.num_files_train=80",
    ]),
    4,
  );
  assertEquals(
    [verdict?.answer, verdict?.limit],
    ["no", "barrier"],
    verdict?.text,
  );
});

/** A run on S3 behind proxies that answer late. */
function testS3(
  outcome: string,
  proxyCount: number,
  isLate: (request: SeenRequest, proxy: number) => boolean,
  check: (summary: RunSummary, addresses: readonly string[]) => void,
): void {
  Deno.test({
    name: outcome,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const server = await startS3rver();
      const proxies = Array.from(
        { length: proxyCount },
        () => startFaultProxy(server.endpoint),
      );
      const addresses = proxies.map(({ endpoint }) => endpoint);
      for (const [index, proxy] of proxies.entries()) {
        proxy.rule = (request) =>
          request.method === "GET" && request.target.includes(".npz") &&
            isLate(request, index)
            ? { kind: "late", delayMs: 250 }
            : null;
      }
      try {
        const { summary } = await judged(
          s3Workload(server, "data", addresses, [
            "reader.file_shuffle=off",
            "reader.sample_shuffle=off",
            "reader.read_threads=1",
            "reader.prefetch_size=1",
            "storage.storage_options.prefetch_window=1",
            "dataset.num_files_train=32",
            "reader.batch_size=1",
            "train.epochs=1",
            "train.computation_time=0.005",
          ]),
          2,
        );
        check(summary, addresses);
      } finally {
        await Promise.all(proxies.map((proxy) => proxy.stop()));
        await server.stop();
      }
    },
  });
}

testS3(
  "a slow S3 endpoint: the storage is the limit",
  1,
  () => true,
  ({ verdict }) => {
    assertEquals(
      [verdict?.answer, verdict?.limit],
      ["no", "storage"],
      verdict?.text,
    );
    assertEquals(
      verdict?.trustReasons.includes("how much came from memory"),
      false,
    );
  },
);

testS3(
  "one slow S3 endpoint of two: the storage is the limit, and the endpoint is named",
  2,
  (_request, proxy) => proxy === 1,
  ({ verdict }, addresses) => {
    assertEquals(verdict?.limit, "storage", verdict?.text);
    assert(verdict?.text.includes(`${addresses[1]} was slower`), verdict?.text);
  },
);

testS3(
  "one rank whose files are slow: that rank is the limit, the others wait at the barrier",
  1,
  // Without shuffling rank 1 reads the second half.
  ({ target }) => Number(/_(\d+)_of_/.exec(target)?.[1] ?? 0) >= 16,
  ({ verdict }) => {
    assertEquals(
      [verdict?.answer, verdict?.limit],
      ["no", "barrier"],
      verdict?.text,
    );
    assert(verdict?.text.includes("Rank 1 was the limit"), verdict?.text);
  },
);

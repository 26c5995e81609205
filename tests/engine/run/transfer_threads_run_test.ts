/**
 * Several threads that fetch for one reader: the same requests for the same
 * bytes as when it fetches alone, divided among threads that each have counters
 * of their own.
 */
import { assert, assertEquals } from "@std/assert";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import {
  type FaultProxy,
  startFaultProxy,
} from "../../storage/s3/fault_proxy.ts";
import {
  startS3rver,
  type TestServer,
} from "../../storage/s3/s3rver_server.ts";
import { prepareSmall, runSmall } from "../engine_fixture.ts";
import { s3Workload, totalOf } from "../s3_workload.ts";

/** One for each way in which files are read. */
const FORMATS = [
  ["npz", 1],
  ["indexed_binary", 4],
  ["tfrecord", 4],
  ["webdataset", 4],
] as const;

const FILES = 12;

Deno.test({
  name: "transfer threads make the same requests as a reader alone, once each",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (test) => {
    const server = await startS3rver();
    const proxy = startFaultProxy(server.endpoint);
    try {
      for (const [format, samples] of FORMATS) {
        const given = [
          `dataset.format=${format}`,
          `dataset.num_files_train=${FILES}`,
          `dataset.num_samples_per_file=${samples}`,
          "reader.batch_size=4",
          "reader.read_threads=1",
          "reader.prefetch_size=4",
          "reader.preprocess_time=0.0001",
        ];
        await test.step(format, () => compare(server, proxy, given));
      }
    } finally {
      await proxy.stop();
      await server.stop();
    }
  },
});

async function compare(
  server: TestServer,
  proxy: FaultProxy,
  given: readonly string[],
): Promise<void> {
  const runWith = async (threads: number) => {
    const before = proxy.seen.length;
    const { phases, error } = await runSmall(
      s3Workload(server, given[0] ?? "", [proxy.endpoint], [
        ...given,
        `workflow.generate_data=${threads === 0}`,
        `workflow.train=${threads > 0}`,
        `storage.storage_options.transfer_threads=${Math.max(1, threads)}`,
      ]),
    );
    assertEquals(error, null);
    const trained = phases.filter(({ kind }) => kind === "train");
    return {
      trained,
      requests: proxy.seen.slice(before)
        .filter((each) => /^(GET|HEAD) \S*\/train\//.test(each)).toSorted(),
    };
  };
  await runWith(0);
  const alone = await runWith(1);
  const shared = await runWith(3);
  assertEquals(shared.requests, alone.requests);
  // Two epochs.
  assert(shared.requests.length >= 2 * FILES);
  assertEquals(shared.trained.map(totals), alone.trained.map(totals));
  for (const phase of shared.trained) assertDivided(phase);
}

/** What of a phase must not depend on who fetches. */
function totals(phase: PhaseRecord) {
  return {
    bytes: totalOf(phase, "bytes"),
    files: totalOf(phase, "files"),
    samples: totalOf(phase, "samples"),
    requested: phase.bytesRequested,
    endpoint: phase.endpoints?.map(({ requests, bytes }) => [requests, bytes]),
    latencies: Object.entries(phase.latencies).map(([operation, counts]) => [
      operation,
      histogramTotals(counts as Float64Array).count,
    ]),
  };
}

/** Everybody has read, and the reader's own thread has the samples. */
function assertDivided({ workers, hosts }: PhaseRecord): void {
  const readers = workers.filter(({ role }) => role === "reader");
  assertEquals(readers.map(({ rank, thread }) => [rank, thread]), [
    [0, 0],
    [0, 1],
    [0, 2],
  ]);
  for (const { bytes, operations } of readers) {
    assert(bytes > 0 && operations > 0);
  }
  const [own, ...others] = readers.map(({ samples }) => samples);
  assert((own ?? 0) > 0);
  assertEquals(others, [0, 0]);
  const role = hosts[0]?.roles?.find(({ role }) => role === "reader");
  assertEquals(role?.threadCount, 3);
}

Deno.test({
  name: "every reader of every accelerator has its transfer threads",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const server = await startS3rver();
    try {
      const workload = s3Workload(server, "data", [server.endpoint], [
        "dataset.num_files_train=24",
        "reader.batch_size=1",
        "train.epochs=1",
        "storage.storage_options.transfer_threads=2",
      ]);
      const { phases, error } = await runSmall(workload, { accelerators: 2 });
      assertEquals(error, null);
      const [, train] = phases;
      assertEquals(
        train?.workers.filter(({ role }) => role === "reader")
          .map(({ rank, thread, files }) => [rank, thread, files]),
        // Six files of each reader, in turns.
        [0, 1].flatMap((rank) => [0, 1].map((thread) => [rank, thread, 3]))
          .concat(
            [0, 1].flatMap((rank) => [2, 3].map((thread) => [rank, thread, 3])),
          ),
      );
      assertEquals(totalOf(train, "samples"), 24);
      await using run = await prepareSmall(workload, { accelerators: 2 });
      assertEquals(run.plan.loader.transferThreads, 2);
    } finally {
      await server.stop();
    }
  },
});

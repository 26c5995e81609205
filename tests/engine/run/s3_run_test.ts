/**
 * The engine on S3: many reads in flight, in order, counted, stopped.
 */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { InterruptedError, StorageError } from "../../../lib/errors.ts";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import {
  type FaultProxy,
  firstOf,
  s3Error,
  type SeenRequest,
  startFaultProxy,
} from "../../storage/s3/fault_proxy.ts";
import {
  startS3rver,
  type TestServer,
} from "../../storage/s3/s3rver_server.ts";
import { runSmall, TINY_MODEL } from "../engine_fixture.ts";
import { s3Workload, totalOf } from "../s3_workload.ts";

/** A server, what is between it and Stoker, and settings of the case. */
type S3Case = (
  server: TestServer,
  proxies: readonly FaultProxy[],
  settings: readonly string[],
) => Promise<void>;

/** Once with a reader that fetches alone, and once with three threads for it. */
function testReading(outcome: string, proxyCount: number, run: S3Case): void {
  for (const threads of [1, 3]) {
    const settings = [`storage.storage_options.transfer_threads=${threads}`];
    testS3(
      `${outcome}, ${threads} transfer threads`,
      proxyCount,
      (server, proxies) => run(server, proxies, settings),
    );
  }
}

/** A test with a server behind some proxies. */
function testS3(
  outcome: string,
  proxyCount: number,
  run: (server: TestServer, proxies: readonly FaultProxy[]) => Promise<void>,
): void {
  Deno.test({
    name: `runWorkload() on s3 ${outcome}`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const server = await startS3rver();
      const proxies = Array.from(
        { length: proxyCount },
        () => startFaultProxy(server.endpoint),
      );
      try {
        await run(server, proxies);
      } finally {
        await Promise.all(proxies.map((proxy) => proxy.stop()));
        await server.stop();
      }
    },
  });
}

const addresses = (proxies: readonly FaultProxy[]) =>
  proxies.map(({ endpoint }) => endpoint);
const isData = ({ method, target }: SeenRequest) =>
  method === "GET" && target.endsWith(".npz");

/** Lets reads take long. @returns How many were under way at most. */
function watchReads(proxy: FaultProxy | undefined): () => number {
  let most = 0;
  let underWay = 0;
  if (proxy !== undefined) {
    proxy.rule = (request) => {
      if (!isData(request)) return null;
      most = Math.max(most, ++underWay);
      setTimeout(() => underWay--, 40);
      return { kind: "late", delayMs: 60 };
    };
  }
  return () => most;
}

testReading(
  "has many reads in flight, no more than allowed",
  1,
  async (server, proxies, settings) => {
    const [proxy] = proxies;
    const overrides = (window: number) => [
      "dataset.num_files_train=24",
      "reader.read_threads=1",
      "reader.prefetch_size=24",
      "train.epochs=1",
      `storage.storage_options.prefetch_window=${window}`,
      ...settings,
    ];
    for (const window of [3, 8]) {
      const mostUnderWay = watchReads(proxy);
      const { error, phases } = await runSmall(
        s3Workload(server, "data", addresses(proxies), overrides(window)),
      );
      assertEquals(error, null);
      assertEquals(totalOf(phases[1], "samples"), 24);
      // The proxy hears of an end a little late.
      const most = mostUnderWay();
      assert(most >= window - 1 && most <= window, `${most} of ${window}`);
    }
  },
);

testReading(
  "never runs ahead of its queue",
  1,
  async (server, proxies, settings) => {
    const [proxy] = proxies;
    const mostUnderWay = watchReads(proxy);
    const { error } = await runSmall(
      s3Workload(server, "data", addresses(proxies), [
        "dataset.num_files_train=24",
        "reader.read_threads=1",
        "reader.prefetch_size=2",
        "train.epochs=1",
        ...settings,
      ]),
    );
    assertEquals(error, null);
    // Two batches of two ahead, and what the accelerator has just taken.
    assert(mostUnderWay() <= 6, `${mostUnderWay()}`);
  },
);

testS3(
  "reads in the accelerator with read_threads 0",
  1,
  async (server, proxies) => {
    const { error, phases } = await runSmall(
      s3Workload(server, "data", addresses(proxies), ["reader.read_threads=0"]),
      { accelerators: 2 },
    );
    assertEquals(error, null);
    assertEquals(
      phases.slice(1).map((phase) => totalOf(phase, "samples")),
      [12, 12],
    );
  },
);

testReading(
  "counts retries with the worker and the endpoint",
  1,
  async (server, proxies, settings) => {
    const [proxy] = proxies;
    if (proxy !== undefined) {
      proxy.rule = firstOf(3, isData, {
        kind: "answer",
        ...s3Error(503, "SlowDown"),
      });
    }
    const { error, phases } = await runSmall(
      s3Workload(server, "data", addresses(proxies), settings),
    );
    assertEquals(error, null);
    const train = phases[1];
    assertEquals([totalOf(train, "retries"), totalOf(train, "errors")], [3, 0]);
    assertEquals(train?.endpoints?.[0]?.retries, 3);
    assertEquals(totalOf(train, "bytes"), train?.bytesRequested);
    assertEquals(totalOf(train, "bytes"), totalOf(phases[2], "bytes"));
  },
);

testReading(
  "ends with the object's name when one is gone",
  1,
  async (server, proxies, settings) => {
    const [proxy] = proxies;
    if (proxy !== undefined) {
      proxy.rule = (request) =>
        isData(request) && request.target.includes("_07_")
          ? { kind: "answer", ...s3Error(404, "NoSuchKey") }
          : null;
    }
    const { error, phases } = await runSmall(
      s3Workload(server, "data", addresses(proxies), settings),
    );
    assertStringIncludes(error?.message ?? "", "img_07_of_12.npz");
    assertStringIncludes(error?.message ?? "", "of rank 0]");
    assertEquals(phases.map(({ complete }) => complete), [true, false]);
    assertEquals(totalOf(phases[1], "errors"), 1);
  },
);

testReading(
  "never takes an object of another length",
  1,
  async (server, proxies, settings) => {
    const [proxy] = proxies;
    if (proxy !== undefined) {
      proxy.rule = (request) =>
        isData(request) && request.target.includes("_03_")
          ? { kind: "answer", status: 200, body: "short" }
          : null;
    }
    const { error } = await runSmall(
      s3Workload(server, "data", addresses(proxies), settings),
    );
    assertStringIncludes(error?.message ?? "", "it has 5 bytes");
    assertStringIncludes(error?.message ?? "", "img_03_of_12.npz");
  },
);

testReading(
  "stops at once while bodies stall",
  1,
  async (server, proxies, settings) => {
    const [proxy] = proxies;
    const stop = new AbortController();
    if (proxy !== undefined) {
      proxy.rule = (request) => {
        if (!isData(request)) return null;
        setTimeout(() => stop.abort(new InterruptedError("stop")), 50);
        return { kind: "stall", bodyBytes: 100 };
      };
    }
    let stoppedMs = 0;
    stop.signal.onabort = () => stoppedMs = performance.now();
    const { error, phases } = await runSmall(
      s3Workload(server, "data", addresses(proxies), settings),
      {},
      { signal: stop.signal },
    );
    assertEquals(error?.message, "stop");
    assertEquals(phases.at(-1)?.complete, false);
    assert(performance.now() - stoppedMs < 10_000);
    assertEquals(totalOf(phases.at(-1), "bytes"), 0);
  },
);

testReading(
  "names the operation that stalls",
  1,
  async (server, proxies, settings) => {
    const [proxy] = proxies;
    if (proxy !== undefined) {
      proxy.rule = (request) =>
        isData(request) ? { kind: "stall", bodyBytes: 100 } : null;
    }
    const { error } = await runSmall(
      s3Workload(server, "data", addresses(proxies), settings),
      {},
      { stallTimeoutMs: 300 },
    );
    assertStringIncludes(error?.message ?? "", "the read of");
    assertStringIncludes(error?.message ?? "", "has not ended");
  },
);

for (const count of [2, 4]) {
  for (const selection of ["per_rank", "round_robin", "least_in_flight"]) {
    testS3(
      `spreads ${selection} over ${count} endpoints evenly`,
      count,
      async (server, proxies) => {
        const { error, phases } = await runSmall(
          s3Workload(server, "data", addresses(proxies), [
            "dataset.num_files_train=200",
            "reader.batch_size=5",
            "reader.read_threads=1",
            "reader.write_threads=4",
            "train.epochs=1",
            `storage.storage_options.endpoint_selection=${selection}`,
          ]),
          { accelerators: 4 },
        );
        assertEquals(error, null);
        const [, train] = phases;
        const endpoints = train?.endpoints ?? [];
        assertEquals(
          endpoints.map(({ address }) => address),
          addresses(proxies),
        );
        const share = 200 / count;
        for (const { requests, latency, errors } of endpoints) {
          const tolerance = selection === "least_in_flight" ? 0.1 : 0.01;
          assert(
            Math.abs(requests - share) <= tolerance * share,
            `${requests}`,
          );
          assertEquals(histogramTotals(latency).count, requests);
          assertEquals(errors, 0);
        }
      },
    );
  }
}

testS3(
  "removes the listed objects and no others",
  1,
  async (server, proxies) => {
    const [proxy] = proxies;
    const workload = s3Workload(server, "data", addresses(proxies), [
      "dataset.keep_files=false",
    ]);
    assertEquals((await runSmall(workload)).error, null);
    const removed = (proxy?.seen ?? []).filter((each) =>
      each.startsWith("DELETE") && !each.includes("preflight")
    );
    // Twelve files, four of evaluation, the manifest.
    assertEquals(removed.length, 17);
  },
);

testS3("saves and loads checkpoints", 1, async (server, proxies) => {
  const { error, phases } = await runSmall(
    s3Workload(server, "data", addresses(proxies), [
      "workflow.generate_data=false",
      "workflow.train=false",
      "workflow.checkpoint=true",
      "checkpoint.checkpoint_folder=ck",
      "checkpoint.num_checkpoints_write=2",
      "checkpoint.num_checkpoints_read=1",
      "checkpoint.verify=true",
      ...TINY_MODEL,
    ]),
    { accelerators: 2 },
  );
  assertEquals(error, null);
  assertEquals(phases.map(({ kind }) => kind), [
    "save_checkpoint",
    "save_checkpoint",
    "load_checkpoint",
  ]);
  const writes = (proxies[0]?.seen ?? []).filter((each) => /^PUT/.test(each));
  // What is tried before the run is tried where the run writes.
  assert(writes.every((each) => each.startsWith("PUT /bucket/ck/")));
  assert(phases[0]?.latencies.put !== undefined);
  assert((phases[2]?.endpoints?.[0]?.requests ?? 0) > 0);
});

testS3(
  "fails at once with the step of the preflight",
  2,
  async (server, proxies) => {
    const [, second] = proxies;
    if (second !== undefined) {
      second.rule = firstOf(99, ({ method }) => method === "PUT", {
        kind: "answer",
        ...s3Error(403, "AccessDenied"),
      });
    }
    const error = await assertRejects(
      () => runSmall(s3Workload(server, "data", addresses(proxies))),
      StorageError,
    );
    assertStringIncludes(error.message, "preflight: put");
    assertStringIncludes(
      error.message,
      `${second?.endpoint} answered HTTP 403`,
    );
    assertStringIncludes(error.message, "check the rights");
  },
);

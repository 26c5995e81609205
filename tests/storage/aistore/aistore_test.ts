/**
 * AIStore: the contract of storages and what is its own, against a gateway
 * and target in this process; then a run.
 */
import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { StorageError } from "../../../lib/errors.ts";
import { readCheckpointFile } from "../../../lib/checkpoint/read_file.ts";
import { aistoreKind } from "../../../lib/storage/aistore/aistore.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { runSmall, smallWorkload } from "../../engine/engine_fixture.ts";
import {
  contentOf,
  getFile,
  putFile,
  storageContract,
} from "../storage_contract.ts";
import { checkedOptions } from "../checked_options.ts";
import { ReadRecorder } from "../read_recorder.ts";
import { type FakeCluster, startFakeAistore } from "./fake_aistore.ts";

/** Objects of more than 5 MiB are appended. */
const PARTS = { multipart_threshold: "5MiB", multipart_part_size: "5MiB" };

async function connect(
  cluster: FakeCluster,
  options: Readonly<Record<string, unknown>> = {},
  root = "bucket",
): Promise<Storage> {
  const settings = {
    kind: "aistore",
    root,
    options: checkedOptions("aistore", {
      endpoint_url: cluster.endpoint,
      ...options,
    }),
  };
  const problems = aistoreKind.problems(settings);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return await aistoreKind.connect(settings);
}

storageContract("aistore", async () => {
  const cluster = await startFakeAistore();
  cluster.buckets.set("bucket", new Map());
  const storage = await connect(cluster);
  return {
    storage,
    dispose: async () => {
      storage.close?.();
      await cluster.stop();
    },
  };
}, { hasFolders: false, usesBuffer: false });

function withCluster(
  test: (cluster: FakeCluster) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const cluster = await startFakeAistore();
    try {
      await test(cluster);
    } finally {
      await cluster.stop();
    }
  };
}

async function namesIn(storage: Storage, folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFolder } of storage.list(folder)) {
    names.push(isFolder ? `${name}/` : name);
  }
  return names;
}

Deno.test(
  "aistore: reads find nothing in a bucket that is not there, a write makes it",
  withCluster(async (cluster) => {
    const storage = await connect(cluster);
    assertEquals(await storage.sizeOf("x"), null);
    assertEquals(await storage.readText("x"), null);
    assertEquals(cluster.buckets.size, 0);
    await putFile(storage, "a/x", contentOf(10));
    assertEquals([...cluster.buckets.get("bucket")?.keys() ?? []], ["a/x"]);
    storage.close?.();
  }),
);

Deno.test(
  "aistore: long objects are appended part by part, in order",
  withCluster(async (cluster) => {
    const storage = await connect(cluster, PARTS);
    const content = contentOf(13 * 2 ** 20 + 5);
    await putFile(storage, "x", content);
    const found = cluster.buckets.get("bucket")?.get("x");
    assertEquals(found?.length, content.length);
    assert(content.every((byte, index) => byte === found?.[index]));
    storage.close?.();
  }),
);

Deno.test(
  "aistore: a long object replaces the one that was there",
  withCluster(async (cluster) => {
    const storage = await connect(cluster, PARTS);
    await putFile(storage, "x", contentOf(1000));
    const content = contentOf(6 * 2 ** 20);
    await putFile(storage, "x", content);
    assertEquals(cluster.buckets.get("bucket")?.get("x")?.length, 6 * 2 ** 20);
    storage.close?.();
  }),
);

for (const status of [200, 206] as const) {
  Deno.test(
    `aistore: a range that comes with HTTP ${status} is read`,
    withCluster(async (cluster) => {
      cluster.rangeStatus = status;
      const storage = await connect(cluster);
      const content = contentOf(10_000);
      await putFile(storage, "x", content);
      const file = await storage.open("x");
      const view = new Uint8Array(100);
      assertEquals(await file.readInto(view, 4097), 100);
      assertEquals(view, content.subarray(4097, 4197));
      storage.close?.();
    }),
  );
}

for (const status of [200, 206] as const) {
  Deno.test(
    `aistore: a checkpoint comes in ranges with HTTP ${status}`,
    withCluster(async (cluster) => {
      cluster.rangeStatus = status;
      const storage = await connect(cluster, PARTS);
      const fileBytes = 11 * 2 ** 20;
      await putFile(storage, "x", contentOf(fileBytes));
      const meter = new ReadRecorder();
      const buffer = new Uint8Array(0);
      const parts = { storage, buffer, meter };
      await readCheckpointFile("x", fileBytes, parts);
      assertEquals(meter.reads.toSorted((a, b) => b - a), [
        5 * 2 ** 20,
        5 * 2 ** 20,
        2 ** 20,
      ]);
      storage.close?.();
    }),
  );
}

for (const range of ["bytes 0-99/10000", null]) {
  Deno.test(
    `aistore: a range answered with ${range ?? "the whole"} is an error`,
    withCluster(async (cluster) => {
      cluster.rangeHeader = range;
      const storage = await connect(cluster, { s3_max_attempts: 1 });
      await putFile(storage, "x", contentOf(10_000));
      const file = await storage.open("x");
      const error = await assertRejects(
        async () => await file.readInto(new Uint8Array(100), 4097),
        StorageError,
      );
      assertStringIncludes(error.message, "IgnoredRange");
      assertStringIncludes(error.message, range ?? "the whole object");
      storage.close?.();
    }),
  );
}

Deno.test(
  "aistore: requests to a busy gateway are retried, also amid an append",
  withCluster(async (cluster) => {
    const storage = await connect(cluster, PARTS);
    const writer = await storage.create("x", {
      expectedBytes: null,
      atomic: true,
      fsync: false,
    });
    await writer.write(contentOf(6 * 2 ** 20));
    while (!cluster.counts.has("PUT target")) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    cluster.gatewayFailures.push(429, 503);
    await writer.write(contentOf(6 * 2 ** 20));
    await writer.commit();
    assertEquals(cluster.gatewayFailures, []);
    assertEquals(cluster.buckets.get("bucket")?.get("x")?.length, 12 * 2 ** 20);
    storage.close?.();
  }),
);

Deno.test(
  "aistore: the error says why a gateway refuses a put",
  withCluster(async (cluster) => {
    const storage = await connect(cluster);
    cluster.gatewayFailures.push(403);
    const error = await assertRejects(
      () => putFile(storage, "x", contentOf(5)),
      StorageError,
    );
    assertStringIncludes(error.message, "HTTP 403");
    assertStringIncludes(error.message, "failing on purpose");
    storage.close?.();
  }),
);

Deno.test(
  "aistore: a target that is down is named, not its gateway",
  withCluster(async (cluster) => {
    const storage = await connect(cluster, { s3_max_attempts: 2 });
    await putFile(storage, "x", contentOf(5));
    await cluster.stopTarget();
    for (
      const act of [
        () => getFile(storage, "x"),
        () => putFile(storage, "y", contentOf(5)),
      ]
    ) {
      const error = await assertRejects(act, StorageError);
      assertStringIncludes(error.message, "TargetRefused");
      assertStringIncludes(error.message, `the target ${cluster.target}`);
      assertStringIncludes(error.message, "after 2 attempts");
    }
    storage.close?.();
  }),
);

Deno.test(
  "aistore: where a cluster signs, whole objects and parts are signed for",
  withCluster(async (cluster) => {
    cluster.isSigning = true;
    cluster.token = "top-secret";
    const options = { ...PARTS, auth_token: "top-secret" };
    const storage = await connect(cluster, options);
    for (const byteCount of [0, 5, 6 * 2 ** 20, 11 * 2 ** 20]) {
      await putFile(storage, `${byteCount}`, contentOf(byteCount));
      assertEquals(await storage.sizeOf(`${byteCount}`), byteCount);
    }
    assertEquals(await getFile(storage, "5"), contentOf(5));
    storage.close?.();
  }),
);

Deno.test(
  "aistore: an append that failed halfway is not retried but an error",
  withCluster(async (cluster) => {
    const storage = await connect(cluster, PARTS);
    await putFile(storage, "other", contentOf(1));
    cluster.failures.push(503);
    const error = await assertRejects(
      () => putFile(storage, "x", contentOf(11 * 2 ** 20)),
      StorageError,
    );
    assertStringIncludes(error.message, "cannot be retried");
    assertStringIncludes(error.message, "ais://bucket/x");
    assertEquals(cluster.buckets.get("bucket")?.has("x"), false);
    storage.close?.();
  }),
);

Deno.test(
  "aistore: other requests are repeated after 503",
  withCluster(async (cluster) => {
    const storage = await connect(cluster);
    const content = contentOf(1000);
    await putFile(storage, "x", content);
    cluster.failures.push(503, 500);
    assertEquals(await getFile(storage, "x"), content);
    cluster.failures.push(503);
    await putFile(storage, "y", content);
    assertEquals(await storage.sizeOf("y"), 1000);
    storage.close?.();
  }),
);

for (const knowsFolders of [true, false]) {
  Deno.test(
    `aistore: pages of a listing name each folder once, ${
      knowsFolders ? "with" : "without"
    } the server's help`,
    withCluster(async (cluster) => {
      const objects = new Map<string, Uint8Array>();
      for (let sub = 0; sub < 3; sub++) {
        for (let i = 0; i < 5; i++) {
          objects.set(`d/${sub}/${i}.npz`, contentOf(1));
        }
      }
      for (let i = 0; i < 4; i++) objects.set(`d/z${i}`, contentOf(1));
      objects.set("dd", contentOf(1));
      cluster.buckets.set("bucket", objects);
      cluster.knowsFolders = knowsFolders;
      cluster.pageSize = 2;
      const storage = await connect(cluster);
      assertEquals(await namesIn(storage, "d"), [
        "0/",
        "1/",
        "2/",
        ...[0, 1, 2, 3].map((i) => `z${i}`),
      ]);
      assertEquals((await namesIn(storage, "d/1")).length, 5);
      assertGreater(cluster.counts.get("GET gateway") ?? 0, 3);
      storage.close?.();
    }),
  );
}

Deno.test(
  "aistore: a token goes to gateway and target and into no message",
  withCluster(async (cluster) => {
    cluster.token = "top-secret";
    const good = await connect(cluster, { auth_token: "top-secret" });
    await putFile(good, "x", contentOf(5));
    assertEquals(await namesIn(good, ""), ["x"]);
    good.close?.();
    const bad = await connect(cluster, { auth_token: "wrong-secret" });
    const error = await assertRejects(
      async () => await bad.sizeOf("x"),
      StorageError,
    );
    assertStringIncludes(error.message, "HTTP 401");
    assertEquals(error.message.includes("wrong-secret"), false);
    bad.close?.();
  }),
);

Deno.test("aistoreKind.problems() names what is no bucket", () => {
  const problemsOf = (options: Record<string, unknown>, root = "bucket") =>
    aistoreKind.problems({ kind: "aistore", root, options });
  assertEquals(problemsOf({}), []);
  assertEquals(problemsOf({ storage_library: "s3dlio" }, "ais://bucket"), []);
  assertStringIncludes(problemsOf({}, "/data")[0] ?? "", "aistore");
});

Deno.test(
  "aistore: a run generates, trains and reads every byte once",
  withCluster(async (cluster) => {
    for (const format of ["npz", "tfrecord"]) {
      const workload = smallWorkload(format, [
        `dataset.format=${format}`,
        "dataset.num_samples_per_file=3",
        "storage.storage_type=aistore",
        "storage.storage_root=training",
        `storage.storage_options.endpoint_url=${cluster.endpoint}`,
      ]);
      const { phases, error } = await runSmall(workload);
      assertEquals(error, null);
      const [generate, train] = phases;
      assertGreater(generate?.bytesRequested ?? 0, 0);
      assertEquals(train?.ranks[0]?.stepCount, 18);
      const objects = cluster.buckets.get("training") ?? new Map();
      const trainBytes = [...objects]
        .filter(([key]) => key.startsWith(`${format}/train/`))
        .reduce((sum, [, bytes]) => sum + bytes.length, 0);
      if (format === "npz") assertEquals(train?.bytesRequested, trainBytes);
      assertEquals(
        [...objects.keys()].filter((key) => key.includes("preflight")),
        [],
      );
    }
  }),
);

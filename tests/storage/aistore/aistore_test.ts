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
import { aistoreKind } from "../../../lib/storage/aistore/aistore.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { runSmall, smallWorkload } from "../../engine/engine_fixture.ts";
import {
  contentOf,
  getFile,
  putFile,
  storageContract,
} from "../storage_contract.ts";
import { type FakeCluster, startFakeAistore } from "./fake_aistore.ts";

async function connect(
  cluster: FakeCluster,
  options: Readonly<Record<string, unknown>> = {},
  root = "bucket",
): Promise<Storage> {
  const settings = {
    kind: "aistore",
    root,
    options: { endpoint_url: cluster.endpoint, ...options },
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
    const storage = await connect(cluster, {
      multipart_threshold: "5MiB",
      multipart_part_size: "5MiB",
    });
    const content = contentOf(13 * 2 ** 20 + 5);
    await putFile(storage, "x", content);
    const found = cluster.buckets.get("bucket")?.get("x");
    assertEquals(found?.length, content.length);
    assert(content.every((byte, index) => byte === found?.[index]));
    storage.close?.();
  }),
);

Deno.test(
  "aistore: an append that broke off is not repeated but an error",
  withCluster(async (cluster) => {
    const storage = await connect(cluster, {
      multipart_threshold: "5MiB",
      multipart_part_size: "5MiB",
    });
    await putFile(storage, "other", contentOf(1));
    cluster.failures.push(503);
    const error = await assertRejects(
      () => putFile(storage, "x", contentOf(11 * 2 ** 20)),
      StorageError,
    );
    assertStringIncludes(error.message, "cannot be repeated");
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

Deno.test("aistoreKind.problems() names what AIStore does not have", () => {
  const problemsOf = (options: Record<string, unknown>, root = "bucket") =>
    aistoreKind.problems({ kind: "aistore", root, options });
  assertEquals(problemsOf({}), []);
  assertEquals(problemsOf({ storage_library: "s3dlio" }, "ais://bucket"), []);
  assertStringIncludes(
    problemsOf({ access_key_id: "x" })[0] ?? "",
    "storage_options.access_key_id with storage.storage_type = aistore",
  );
  assertStringIncludes(
    problemsOf({ endpoint_urll: "x" })[0] ?? "",
    "no such option of aistore",
  );
  assertStringIncludes(problemsOf({ verify: "checksum" })[0] ?? "", "verify");
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

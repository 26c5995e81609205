/**
 * Checkpoints on S3 while the data is on files or in another bucket.
 */
import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
} from "@std/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { parseOverrides } from "../../../lib/config/overrides.ts";
import { resolveWorkload } from "../../../lib/config/resolve.ts";
import type { Workload } from "../../../lib/config/workload.ts";
import { checkpointStorage } from "../../../lib/engine/plan/describe_dataset.ts";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import {
  type FaultProxy,
  startFaultProxy,
} from "../../storage/s3/fault_proxy.ts";
import {
  startS3rver,
  type TestServer,
} from "../../storage/s3/s3rver_server.ts";
import { inTempFolder, runSmall, smallWorkload } from "../engine_fixture.ts";
import { s3Workload } from "../s3_workload.ts";

function testPlace(
  outcome: string,
  run: (server: TestServer, proxy: FaultProxy) => Promise<void>,
): void {
  Deno.test({
    name: `checkpoints on s3 ${outcome}`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const server = await startS3rver();
      const proxy = startFaultProxy(server.endpoint);
      try {
        await run(server, proxy);
      } finally {
        await proxy.stop();
        await server.stop();
      }
    },
  });
}

const saving = ({ otherBucket }: TestServer) => [
  "workflow.checkpoint=true",
  `checkpoint.checkpoint_folder=s3://${otherBucket}/runs/ck`,
  "model.model_size_bytes=100000",
  "train.epochs=2",
];

/** Buckets that something was put into. */
function bucketsIn({ seen }: FaultProxy): string[] {
  const buckets = seen.filter((each) => each.startsWith("PUT"))
    .map((each) => each.split("/")[1] ?? "");
  return [...new Set(buckets)].sort();
}

async function savesOf(workload: Workload) {
  const { error, phases } = await runSmall(workload);
  assertEquals(error, null);
  return phases.filter(({ kind }) => kind === "save_checkpoint");
}

testPlace("go into another bucket than the data", async (server, proxy) => {
  const saves = await savesOf(
    s3Workload(server, "data", [proxy.endpoint], saving(server)),
  );
  assertEquals(saves.map(({ bytesRequested }) => bytesRequested), [
    100_000,
    100_000,
  ]);
  assertEquals(bucketsIn(proxy), [server.bucket, server.otherBucket]);
});

testPlace("go there while the data is on files", async (server, proxy) => {
  await inTempFolder(async (folder) => {
    const options = "storage.storage_options";
    const saves = await savesOf(smallWorkload(`${folder}/data`, [
      ...saving(server),
      `${options}.endpoint_url=${proxy.endpoint}`,
      `${options}.access_key_id=${server.accessKeyId}`,
      `${options}.secret_access_key=${server.secretAccessKey}`,
    ]));
    assertEquals(saves.length, 2);
    const [endpoint] = saves[0]?.endpoints ?? [];
    assertEquals(endpoint?.address, proxy.endpoint);
    assertGreater(endpoint?.requests ?? 0, 0);
    assertEquals(bucketsIn(proxy), [server.otherBucket]);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [
      "data",
    ]);
  });
});

testPlace("are loaded with several ranges in flight", async (server, proxy) => {
  let underWay = 0;
  let most = 0;
  proxy.rule = ({ method, target }) => {
    if (method !== "GET" || !target.includes(".pt")) return null;
    most = Math.max(most, ++underWay);
    setTimeout(() => underWay--, 100);
    return { kind: "late", delayMs: 100 };
  };
  const options = "storage.storage_options";
  const { error, phases } = await runSmall(
    s3Workload(server, "data", [proxy.endpoint], [
      ...saving(server),
      "workflow.train=false",
      "workflow.generate_data=false",
      "model.model_size_bytes=12000000",
      "checkpoint.num_checkpoints_write=1",
      "checkpoint.num_checkpoints_read=1",
      `${options}.multipart_part_size=5MiB`,
      `${options}.range_gets_in_flight=2`,
    ]),
  );
  assertEquals(error, null);
  const [save, load] = phases;
  assert(load !== undefined);
  assertEquals(load.bytesRequested, save?.bytesRequested);
  for (const operation of ["read", "get", "first_byte"] as const) {
    const latencies = load.latencies[operation];
    assert(latencies !== undefined, operation);
    assertEquals(histogramTotals(latencies).count, 3);
  }
  assertEquals(most, 2);
});

Deno.test("checkpoints on s3 without credentials say what to set", async () => {
  await inTempFolder(async (folder) => {
    const error = await assertRejects(
      () =>
        runSmall(smallWorkload(`${folder}/data`, [
          "workflow.checkpoint=true",
          "model.model_size_bytes=100000",
          "checkpoint.checkpoint_folder=s3://bucket/ck",
        ])),
      ConfigError,
    );
    assertEquals(error.problems.length, 2);
    assertEquals(error.problems[0]?.includes("AWS_ACCESS_KEY_ID"), true);
  });
});

Deno.test("checkpointStorage() has the environment's options for s3 alone", () => {
  const placeOf = (checkpointFolder: string, storageType = "local_fs") =>
    checkpointStorage(
      resolveWorkload({
        yaml: {
          path: "w.yaml",
          text: `checkpoint: {checkpoint_folder: "${checkpointFolder}"}`,
        },
        overrides: parseOverrides([`storage.storage_type=${storageType}`])
          .overrides,
        environment: { AWS_REGION: "eu-west-1", DLIO_BUCKET: "nobody" },
      }, { cpuCount: 2 }).workload,
    );
  assertEquals(placeOf("s3://bucket/ck"), {
    kind: "s3",
    root: "bucket",
    options: { region: "eu-west-1" },
  });
  assertEquals(placeOf("s3://bucket/ck", "aistore"), {
    kind: "aistore",
    root: "nobody",
    options: {},
  });
  assertEquals(placeOf("/ck"), { kind: "local_fs", root: "./", options: {} });
});

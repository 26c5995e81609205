/**
 * Samples that are read from copies of their shards: what is copied, what is
 * read, and that both are counted apart.
 */
import {
  assert,
  assertEquals,
  assertGreater,
  assertLessOrEqual,
  assertStringIncludes,
} from "@std/assert";
import { StokerError } from "../../../lib/errors.ts";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import { startS3rver } from "../../storage/s3/s3rver_server.ts";
import { inTempFolder, runSmall, smallWorkload } from "../engine_fixture.ts";
import { s3Workload, totalOf } from "../s3_workload.ts";

/** Eight shards of 25 samples and one accelerator: 100 batches. */
const MDS = [
  "dataset.format=mds",
  "dataset.num_files_train=8",
  "dataset.num_files_eval=0",
  "dataset.num_samples_per_file=25",
  "workflow.train=true",
];

function downloadedBytes(phase: PhaseRecord | undefined): number {
  return (phase?.workers ?? [])
    .reduce((sum, each) => sum + (each.downloadBytes ?? 0), 0);
}

function downloadCount(phase: PhaseRecord | undefined): number {
  const counts = phase?.latencies.shard_download;
  return counts === undefined ? 0 : histogramTotals(counts).count;
}

function bytesBelow(folder: string): number {
  return [...Deno.readDirSync(folder)]
    .filter(({ name }) => name.endsWith(".mds"))
    .reduce(
      (sum, { name }) => sum + Deno.statSync(`${folder}/${name}`).size,
      0,
    );
}

/** What an action gives; null where its file or folder is gone by then. */
function unlessGone<T>(action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Bytes of the files of a folder from which others remove files meanwhile. */
function bytesOfMovingFolder(folder: string): number {
  const names = unlessGone(() => [...Deno.readDirSync(folder)]) ?? [];
  return names.reduce(
    (sum, { name }) =>
      sum + (unlessGone(() => Deno.statSync(`${folder}/${name}`))?.size ?? 0),
    0,
  );
}

for (const readThreads of [0, 1, 3]) {
  Deno.test(`each shard is copied once and read from its copy in every epoch, with ${readThreads} readers`, () =>
    inTempFolder(async (folder) => {
      const words = [...MDS, `reader.read_threads=${readThreads}`];
      const plain = await runSmall(
        smallWorkload(`${folder}/data`, words),
        { accelerators: 2 },
      );
      assertEquals(plain.error, null);
      const { phases, error } = await runSmall(
        smallWorkload(`${folder}/data`, [
          ...words,
          "workflow.generate_data=false",
          `reader.shard_cache_folder=${folder}/copies`,
        ]),
        { accelerators: 2 },
      );
      assertEquals(error, null);
      const [first, second] = phases;
      assertEquals(downloadedBytes(first), bytesBelow(`${folder}/data/train`));
      assertEquals(downloadCount(first), 8);
      assertEquals([downloadedBytes(second), downloadCount(second)], [0, 0]);
      for (const phase of phases) assertEquals(totalOf(phase, "samples"), 200);
      // Of the samples alone: what is read again is each shard's offsets.
      const plainBytes = totalOf(plain.phases[2], "bytes");
      assertEquals(totalOf(second, "bytes"), plainBytes);
      assertEquals([...Deno.readDirSync(`${folder}/copies`)], []);
    }));
}

Deno.test("a limit has shards copied again, and is never exceeded", () =>
  inTempFolder(async (folder) => {
    const generated = await runSmall(
      smallWorkload(`${folder}/data`, [...MDS, "workflow.train=false"]),
    );
    assertEquals(generated.error, null);
    const shardBytes = bytesBelow(`${folder}/data/train`) / 8;
    const copies = `${folder}/copies`;
    let mostBytes = 0;
    const { phases, error } = await runSmall(
      smallWorkload(`${folder}/data`, [
        ...MDS,
        "workflow.generate_data=false",
        `reader.shard_cache_folder=${copies}`,
        `reader.shard_cache_bytes=${3 * shardBytes}`,
      ]),
      {},
      {
        onProgress() {
          for (const { name } of Deno.readDirSync(copies)) {
            const bytes = bytesOfMovingFolder(`${copies}/${name}`);
            mostBytes = Math.max(mostBytes, bytes);
          }
        },
      },
    );
    assertEquals(error, null);
    assertLessOrEqual(mostBytes, 3 * shardBytes);
    assertGreater(downloadCount(phases[1]), 0);
    for (const phase of phases) {
      assertGreater(downloadedBytes(phase), 4 * shardBytes);
      assertEquals(totalOf(phase, "samples"), 200);
    }
  }));

Deno.test("a limit below a shard ends the run by the shard's name, and leaves no copy", () =>
  inTempFolder(async (folder) => {
    const { error } = await runSmall(smallWorkload(`${folder}/data`, [
      ...MDS,
      `reader.shard_cache_folder=${folder}/copies`,
      "reader.shard_cache_bytes=1000",
    ]));
    assert(error instanceof StokerError);
    assertStringIncludes(
      error.message,
      "as reader.shard_cache_bytes must hold at least this shard of",
    );
    assertEquals([...Deno.readDirSync(`${folder}/copies`)], []);
  }));

Deno.test({
  name:
    "shards of an object store are copied by GETs that are counted by endpoint, apart from reads",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    inTempFolder(async (folder) => {
      const server = await startS3rver();
      try {
        const { phases, error } = await runSmall(
          s3Workload(server, "data", [server.endpoint], [
            ...MDS,
            `reader.shard_cache_folder=${folder}/copies`,
          ]),
        );
        assertEquals(error, null);
        const [, train] = phases;
        assertEquals(downloadCount(train), 8);
        assertEquals(train?.latencies.get, undefined);
        assert(train?.latencies.read !== undefined);
        const [endpoint] = train?.endpoints ?? [];
        assertGreater(endpoint?.requests ?? 0, 7);
        assertEquals(endpoint?.bytes, downloadedBytes(train));
      } finally {
        await server.stop();
      }
    }),
});

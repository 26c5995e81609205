/**
 * Runs with `reader.odirect`: every format is generated, read and verified
 * past the page cache, with the same bytes as through it.
 */
import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertStringIncludes,
} from "@std/assert";
import { verifyDataset } from "../../../lib/engine/dataset/verify_dataset.ts";
import { FORMATS } from "../../../lib/formats/registry.ts";
import { PageCache } from "../../../lib/host/page_cache.ts";
import {
  hashesOf,
  inTempFolder,
  prepareSmall,
  quietHooks,
  runSmall,
  smallWorkload,
} from "../engine_fixture.ts";
import { tempTakesDirect } from "../../storage/direct/takes_direct.ts";

const ignore = !tempTakesDirect();

for (const format of Object.keys(FORMATS)) {
  const isOneSample = ["jpeg", "png", "raw"].includes(format);
  Deno.test({
    name: `${format} with O_DIRECT is the same dataset, read byte for byte`,
    ignore,
    fn: () =>
      inTempFolder(async (folder) => {
        const workloadIn = (name: string, isDirect: boolean) =>
          smallWorkload(`${folder}/${name}`, [
            `dataset.format=${format}`,
            `dataset.num_samples_per_file=${isOneSample ? 1 : 3}`,
            // No multiple of any block, so that every file has a tail.
            "dataset.record_length_bytes=9001",
            "dataset.parquet.row_group_size=2",
            `reader.odirect=${isDirect}`,
          ]);
        const buffered = await runSmall(workloadIn("a", false));
        const workload = workloadIn("b", true);
        const direct = await runSmall(workload);
        assertEquals([buffered.error, direct.error], [null, null]);
        // Cutting a file inside of a block leaves that block in memory.
        assertLessOrEqual(mostResidentBytes(`${folder}/b/train`), 4096);
        assertEquals(
          await hashesOf(`${folder}/b`),
          await hashesOf(`${folder}/a`),
        );
        // What blocks hold beyond the samples is read, but was not asked for.
        const asked = (phases: typeof direct.phases) =>
          phases.map((phase) => phase.bytesRequested);
        assertEquals(asked(direct.phases), asked(buffered.phases));
        // The kernel counts what was written apart from what was read.
        const sources = direct.phases.map(({ hosts }) =>
          hosts[0]?.device.source ?? ""
        );
        assert(sources.every((source) => source.includes("/proc/self/io")));
        await using run = await prepareSmall(workload);
        const verified = await verifyDataset(
          run,
          quietHooks(),
          { threads: 2, sampleCount: null },
        );
        assertEquals([verified.error, verified.damages], [null, []]);
      }),
  });
}

/** Most bytes of any of a folder's files that the page cache holds. */
function mostResidentBytes(folder: string): number {
  const { value: cache } = PageCache.connect();
  assert(cache !== null);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  return Math.max(
    ...names.map((name) =>
      cache.residentBytes(`${folder}/${name}`).value ?? Infinity
    ),
  );
}

Deno.test({
  name: "a run with O_DIRECT is refused on tmpfs, with one clear error",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = Deno.makeTempDirSync({ dir: "/dev/shm" });
    try {
      const { error } = await runSmall(
        smallWorkload(`${folder}/d`, ["reader.odirect=true"]),
      ).catch((error: Error) => ({ error }));
      assertStringIncludes(error?.message ?? "", "O_DIRECT");
      assertStringIncludes(error?.message ?? "", "tmpfs");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

/** Tests of lib/engine/dataset/queued_files.ts in runs. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import { tempTakesDirect } from "../../storage/direct/takes_direct.ts";
import { HAS_URING } from "../../storage/has_uring.ts";
import {
  hashesOf,
  inTempFolder,
  runSmall,
  smallWorkload,
} from "../engine_fixture.ts";

/** What is written in a way of its own; lengths around a write of 1 MiB. */
const CASES = [
  ["npz", []],
  ["npz", ["dataset.record_length_bytes=3000000"]],
  ["jpeg", ["dataset.record_length_bytes=1048576"]],
  // One write, whole blocks and not; files of several folders.
  ["jpeg", ["dataset.record_length_bytes=147456"]],
  ["jpeg", [
    "dataset.record_length_bytes=10000",
    "dataset.num_subfolders_train=2",
  ]],
  // Only encoding shows the length.
  ["npz", ["dataset.record_length_bytes=3000000", "dataset.compression=zip"]],
  // A second file with each; a file that each split has once.
  ["tfrecord", []],
  ["mds", ["dataset.num_samples_per_file=3"]],
] as const;

for (const odirect of [false, true]) {
  const way = odirect ? "past the page cache" : "through the page cache";
  Deno.test({
    name:
      `datasets written ${way} have the same bytes, files and samples with io_uring as by single calls`,
    ignore: !HAS_URING || (odirect && !tempTakesDirect()),
    fn: () =>
      inTempFolder(async (folder) => {
        for (const [format, settings] of CASES) {
          const counts = [];
          for (const engine of ["sync", "uring"]) {
            const workload = smallWorkload(`${folder}/${engine}`, [
              "workflow.train=false",
              `dataset.format=${format}`,
              "dataset.num_files_train=5",
              "dataset.num_files_eval=1",
              "reader.write_threads=1",
              `reader.odirect=${odirect}`,
              `reader.io_engine=${engine}`,
              ...settings,
            ]);
            const { phases, error } = await runSmall(workload, {
              force: true,
            });
            assertEquals(error, null, `${error}`);
            const [phase] = phases;
            const used = phase?.hosts[0]?.writeEngine;
            assertEquals(used?.engine, engine);
            assertEquals(used?.depth, engine === "sync" ? 1 : 32);
            assert(phase?.latencies.write !== undefined);
            assert(phase.latencies.open !== undefined);
            const { workers } = phase;
            counts.push([
              phase.bytesRequested,
              workers.reduce((sum, { files }) => sum + files, 0),
              workers.reduce((sum, { samples }) => sum + samples, 0),
              histogramTotals(phase.latencies.open).count,
              await hashesOf(`${folder}/${engine}`),
            ]);
          }
          assertEquals(counts[1], counts[0], format);
        }
      }),
  });
}

Deno.test({
  name:
    "a generation with io_uring keeps files in full length, writes others, those that are too long as well",
  ignore: !HAS_URING || !tempTakesDirect(),
  fn: () =>
    inTempFolder(async (folder) => {
      const workload = smallWorkload(folder, [
        "workflow.train=false",
        "dataset.record_length_bytes=3000000",
        "reader.odirect=true",
        "reader.io_engine=uring",
      ]);
      await runSmall(workload);
      const before = await hashesOf(folder);
      const pathOf = (file: number) =>
        `${folder}/train/img_${`${file}`.padStart(2, "0")}_of_12.npz`;
      const { size, mtime } = Deno.statSync(pathOf(3));
      Deno.truncateSync(pathOf(1), size + 4096);
      Deno.truncateSync(pathOf(2), size - 1);
      Deno.removeSync(pathOf(4));
      const { phases, error } = await runSmall(workload);
      assertEquals(error, null);
      assertEquals(await hashesOf(folder), before);
      assertEquals(Deno.statSync(pathOf(3)).mtime, mtime);
      const samples = phases[0]?.workers
        .reduce((sum, { samples }) => sum + samples, 0);
      assertEquals([samples, phases[0]?.bytesRequested], [3, 3 * size]);
    }),
});

/** A format module, of which `told` bytes of 10,001 are told. */
function piecesModule(told: number): string {
  const text = `export const format = {
    name: "pieces", reading: "whole_file", codecs: [],
    problems: () => [],
    fileBytes: () => ${told},
    *encode({ fileIndex }, { pages }) {
      // Against the rule, a work buffer is handed out before it is full.
      for (let offset = 0; offset < 10001; offset += 998) {
        const byteCount = Math.min(998, 10001 - offset);
        yield pages.subarray(0, byteCount).fill(fileIndex + offset);
      }
    },
  };`;
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

for (const engine of ["sync", "uring"]) {
  Deno.test({
    name:
      `${engine}: a format module may encode in small pieces, but no other length than it tells`,
    ignore: engine === "uring" && !HAS_URING,
    fn: () =>
      inTempFolder(async (folder) => {
        const wanted = new Uint8Array(10001);
        for (let offset = 0; offset < 10001; offset += 998) {
          wanted.fill(1 + offset, offset, offset + 998);
        }
        for (
          const [told, encoded] of [[10001, null], [10000, "more"], [
            10002,
            "10001",
          ]] as const
        ) {
          const { error } = await runSmall(smallWorkload(`${folder}/${told}`, [
            "workflow.train=false",
            `dataset.format_module=${piecesModule(told)}`,
            `reader.io_engine=${engine}`,
          ]));
          const name = "train/img_01_of_12.pieces";
          if (encoded === null) {
            assertEquals(error, null);
            assertEquals(
              Deno.readFileSync(`${folder}/${told}/${name}`),
              wanted,
            );
            continue;
          }
          assertStringIncludes(
            `${error}`,
            `its fileBytes tells: it tells ${told} and encodes ${encoded}`,
          );
        }
      }),
  });
}

/** Tests of lib/checkpoint/queued_load.ts, alone and in a run. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { QueuedLoad } from "../../lib/checkpoint/queued_load.ts";
import { DatasetError, StorageError } from "../../lib/errors.ts";
import { histogramTotals } from "../../lib/metrics/histogram.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import {
  inTempFolder,
  runSmall,
  smallWorkload,
  TINY_MODEL,
} from "../engine/engine_fixture.ts";
import { HAS_URING } from "../storage/has_uring.ts";
import { tempTakesDirect } from "../storage/direct/takes_direct.ts";
import { CountingMeter } from "./storage_doubles.ts";

const CHUNK_BYTES = 8192;
const FILE_BYTES = 3 * CHUNK_BYTES + 77;
const WHOLE = { offset: 0, endOffset: FILE_BYTES };

async function withLoad(
  fileBytes: number,
  test: (load: QueuedLoad, meter: CountingMeter) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    Deno.writeFileSync(`${folder}/x.pt`, new Uint8Array(fileBytes));
    const load = await QueuedLoad.open(new LocalStorage(folder), {
      depth: 2,
      registersBuffers: false,
      readBytes: CHUNK_BYTES,
    });
    assert(load !== null);
    try {
      await test(load, new CountingMeter());
    } finally {
      load.close();
    }
  });
}

Deno.test({
  name: "QueuedLoad reads a file or a part of it once, file after file",
  ignore: !HAS_URING,
  fn: () =>
    withLoad(FILE_BYTES, async (load, meter) => {
      const whole = await load.read("x.pt", FILE_BYTES, { part: WHOLE, meter });
      assertEquals([whole.byteCount, whole.isComplete], [FILE_BYTES, true]);
      assertEquals([meter.readBytes, meter.openedCount], [FILE_BYTES, 1]);
      const part = { offset: CHUNK_BYTES, endOffset: FILE_BYTES };
      const rest = await load.read("x.pt", FILE_BYTES, { part, meter });
      assertEquals(rest.byteCount, FILE_BYTES - CHUNK_BYTES);
    }),
});

for (const fileBytes of [0, CHUNK_BYTES, FILE_BYTES - 1, FILE_BYTES + 1]) {
  Deno.test({
    name:
      `QueuedLoad refuses a file of ${fileBytes} instead of ${FILE_BYTES} bytes, one that is gone as well`,
    ignore: !HAS_URING,
    fn: () =>
      withLoad(fileBytes, async (load, meter) => {
        await assertRejects(
          () => load.read("x.pt", FILE_BYTES, { part: WHOLE, meter }),
          DatasetError,
          `"x.pt": it must have ${FILE_BYTES} bytes, but has ${fileBytes}`,
        );
        await assertRejects(
          () => load.read("gone", FILE_BYTES, { part: WHOLE, meter }),
          StorageError,
          "ENOENT",
        );
      }),
  });
}

for (const odirect of [false, true]) {
  const way = odirect ? "past the page cache" : "through the page cache";
  Deno.test({
    name:
      `checkpoints ${way} are loaded through io_uring as by single calls: the same bytes, files and reads`,
    ignore: !HAS_URING || (odirect && !tempTakesDirect()),
    fn: () =>
      inTempFolder(async (folder) => {
        const counts = [];
        for (const engine of ["sync", "uring"]) {
          const workload = smallWorkload(folder, [
            `checkpoint.checkpoint_folder=${folder}/ck`,
            ...TINY_MODEL,
            "workflow.generate_data=false",
            "workflow.train=false",
            "workflow.checkpoint=true",
            "checkpoint.num_checkpoints_write=1",
            "checkpoint.num_checkpoints_read=1",
            "checkpoint.chunk_size=4096",
            `reader.odirect=${odirect}`,
            `reader.io_engine=${engine}`,
          ]);
          const { phases, error } = await runSmall(workload, {
            accelerators: 2,
          });
          assertEquals(error, null);
          const [save, load] = phases;
          assertEquals(save?.hosts[0]?.readEngine, undefined);
          assertEquals(save?.hosts[0]?.writeEngine?.engine, engine);
          assertEquals(load?.hosts[0]?.readEngine?.engine, engine);
          assertEquals(load?.bytesRequested, save?.bytesRequested);
          assert(load?.latencies.read !== undefined);
          assert(load.latencies.open !== undefined);
          counts.push([
            load.bytesRequested,
            load.workers.map(({ files, bytes }) => [files, bytes]),
            histogramTotals(load.latencies.read).count,
            histogramTotals(load.latencies.open).count,
          ]);
        }
        const [sync, uring] = counts;
        assertEquals(uring?.slice(0, 3), sync?.slice(0, 3));
      }),
  });
}

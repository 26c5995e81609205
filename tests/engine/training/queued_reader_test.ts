/**
 * Reading through io_uring is reading: whatever the format, the bytes, files,
 * samples and operations of an epoch are those of a reader that makes one call
 * after another.
 */
import { assert, assertEquals } from "@std/assert";
import { tempTakesDirect } from "../../storage/direct/takes_direct.ts";
import { HAS_URING } from "../../storage/has_uring.ts";
import { inTempFolder, smallWorkload } from "../engine_fixture.ts";
import { KINDS, Reading, settingsOf, titleOf } from "./reading_fixture.ts";

for (const odirect of [false, true]) {
  const way = odirect ? "past the page cache" : "through the page cache";
  for (const kind of KINDS) {
    for (const transferSize of [4096, 524288]) {
      Deno.test({
        name: `${
          titleOf(kind)
        } ${way}, ${transferSize} bytes a read: io_uring counts what single calls count`,
        ignore: !HAS_URING || (odirect && !tempTakesDirect()),
        fn: () =>
          inTempFolder(async (folder) => {
            const counts = [];
            for (const engine of ["sync", "uring"]) {
              const workload = smallWorkload(folder, [
                ...settingsOf(kind),
                "dataset.record_length_bytes=9000",
                `reader.transfer_size=${transferSize}`,
                `reader.odirect=${odirect}`,
                `reader.io_engine=${engine}`,
              ]);
              const reading = await Reading.of(workload, kind);
              counts.push([await reading.counted(1), await reading.counted(2)]);
            }
            const [sync, uring] = counts;
            assert((sync?.[0]?.bytes ?? 0) > 0);
            // Its reader is made anew, so each epoch is like the first.
            assertEquals(uring?.[0], sync?.[0]);
          }),
      });
    }
  }
}

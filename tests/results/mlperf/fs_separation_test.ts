/** Tests of lib/results/mlperf/fs_separation.ts. */
import { assertEquals } from "@std/assert";
import { fsSeparationJson } from "../../../lib/results/mlperf/fs_separation.ts";

Deno.test("fsSeparationJson() has the keys that the field's checker reads", () => {
  assertEquals(
    fsSeparationJson({
      dataPath: "data",
      resultsPath: "results/x",
      dataRealPath: "/mnt/data",
      resultsRealPath: "/home/results/x",
      isSameFileSystem: false,
      probedAtMs: Date.UTC(2026, 6, 24, 12, 32, 43, 999),
      hostname: "client-1",
    }),
    {
      version: 1,
      method: "link_exdev",
      data_or_chkpt_path: "data",
      results_path: "results/x",
      data_or_chkpt_realpath: "/mnt/data",
      results_realpath: "/home/results/x",
      same_filesystem: false,
      probed_at: "2026-07-24T12:32:43Z",
      probed_by_rank: 0,
      probed_by_host: "client-1",
    },
  );
});

/**
 * The workload that `stoker inspect -o` writes: for datasets of Stoker's own
 * of every format it must resolve and run, and fit their manifest.
 */
import { assertEquals } from "@std/assert";
import { inspectedWorkload } from "../../../lib/cli/facts/inspect_workload.ts";
import { parseOverrides } from "../../../lib/config/overrides.ts";
import { resolveWorkload } from "../../../lib/config/resolve.ts";
import { countDataset } from "../../../lib/engine/dataset/count_dataset.ts";
import { inspectDataset } from "../../../lib/engine/dataset/inspect_dataset.ts";
import { locateDataset } from "../../../lib/engine/dataset/locate_dataset.ts";
import { judgedParts } from "../../../lib/config/judged_parts.ts";
import { loadFormats } from "../../../lib/formats/registry.ts";
import {
  inTempFolder,
  quietHooks,
  runSmall,
  smallWorkload,
} from "../../engine/engine_fixture.ts";

/** Formats of one sample in a file. */
const SINGLE = ["jpeg", "png", "raw"];

const READABLE = Object.values(await loadFormats())
  .filter(({ reading }) => reading !== "nothing");

for (const { name: format } of READABLE) {
  Deno.test(`inspect of ${format} of Stoker's own proposes a workload that runs and reads every sample`, () =>
    inTempFolder(async (folder) => {
      const data = `${folder}/data`;
      const samples = SINGLE.includes(format) ? 1 : 6;
      const made = await runSmall(smallWorkload(data, [
        `dataset.format=${format}`,
        `dataset.num_samples_per_file=${samples}`,
        "dataset.num_files_train=3",
        "dataset.num_files_eval=0",
        "dataset.record_dims=[16,16]",
        ...(format === "megatron"
          ? ["dataset.record_element_type=uint16"]
          : []),
        "workflow.train=false",
      ]));
      assertEquals(made.error, null);
      const hooks = quietHooks();
      const looking = resolveWorkload({
        overrides: parseOverrides([
          `dataset.data_folder=${data}`,
          "framework=pytorch",
          "workflow.generate_data=false",
        ]).overrides,
      }, { cpuCount: 2, findsFiles: true }).workload;
      const found = await inspectDataset(looking, {
        hooks,
        sampleFiles: null,
        formatIsGiven: false,
        sampleSizeIsGiven: false,
      });
      assertEquals(found.format.name, format);
      assertEquals(found.splits[0]?.samples.total, 3 * samples);
      const text = inspectedWorkload(found, looking, []);
      const { workload } = resolveWorkload({
        yaml: { path: "my.yaml", text },
        overrides: parseOverrides([
          "reader.batch_size=1",
          "train.epochs=1",
        ]).overrides,
      }, { cpuCount: 2, findsFiles: true });
      const asked = { accelerators: 1, judged: judgedParts(workload, "run") };
      const located = await countDataset(
        await locateDataset(workload, { ...asked, signal: hooks.signal }),
        { ...asked, hooks },
      );
      const { phases, error } = await runSmall(located.workload, {
        found: located.found,
      });
      assertEquals(error, null);
      const read = phases.flatMap(({ workers }) =>
        workers.map((worker) => worker.samples)
      );
      assertEquals(read.reduce((sum, each) => sum + each, 0), 3 * samples);
    }));
}

/**
 * Generating every registered format into storage against a plain loop that
 * writes as many bytes with as many threads.
 */
import { loadFormats } from "../../lib/formats/registry.ts";
import { inTempFolder, runEngine, workloadOf } from "./engine_run.ts";
import { type Measure, type Measured, medianPair } from "./measure.ts";
import { plainLoop } from "./plain_loop.ts";

const FORMATS = await loadFormats();

const THREADS = 2;
const FILE_COUNT = 8;
const RECORD_BYTES = 32 * 2 ** 20;
const ROUND_COUNT = 5;
/** The engine's own write size. */
const BUFFER_BYTES = 2 ** 20;

/** What no file of a format is without. */
const USUAL_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  // Tokens are numbers of words: in a byte there is no vocabulary.
  megatron: ["dataset.record_element_type=int32"],
};

/** Rows "write.*". */
export const measures: readonly Measure[] = Object.values(FORMATS)
  .filter((format) => format.reading !== "nothing")
  .map(({ name }) => ({
    id: `write.${name}`,
    run: () => measureFormat(name),
  }));

function measureFormat(format: string): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const workload = workloadOf([
      "workflow.generate_data=true",
      "workflow.train=false",
      `dataset.format=${format}`,
      `dataset.data_folder=${folder}/data`,
      `dataset.num_files_train=${FILE_COUNT}`,
      `dataset.record_length_bytes=${RECORD_BYTES}`,
      `reader.write_threads=${THREADS}`,
      ...USUAL_SETTINGS[format] ?? [],
    ]);
    const paths = Array.from(
      { length: FILE_COUNT },
      (_, index) => `${folder}/plain_${index}`,
    );
    // The first round makes the files, the others write over them.
    let bytes = 0;
    const pair = await medianPair(ROUND_COUNT, async () => {
      const [phase] = await runEngine(workload);
      if (phase === undefined) throw new Error("nothing was generated");
      bytes = phase.bytesRequested;
      return bytes / 1e9 / phase.durationSeconds;
    }, async () => {
      const seconds = await plainLoop(paths, {
        threads: THREADS,
        bufferBytes: BUFFER_BYTES,
        writeBytes: Math.round(bytes / FILE_COUNT),
      });
      return bytes / 1e9 / seconds;
    });
    return { unit: "GB/s", ...pair };
  });
}

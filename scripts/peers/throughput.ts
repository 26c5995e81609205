/**
 * Samples per second and CPU seconds per sample of both tools, reading the
 * same files from the page cache without computing.
 *
 * CPU time per sample is the difference of a long and a short run over the
 * samples that the long one reads more: starting the program and its readers
 * is in both. Samples per second are the tool's own, without the first epoch.
 */
import { median } from "../perf/measure.ts";
import type { Answer, Question, Setting } from "./question.ts";
import { mean, reportedRates } from "./results.ts";
import { runToEnd, type Tool } from "./tool.ts";

/** Files of one format. */
interface Files {
  readonly format: string;
  readonly recordBytes: number;
  readonly fileCount: number;
  readonly samplesPerFile: number;
  /** By DLIO where 2.0.0 cannot read the layout of later releases. */
  readonly writtenBy: Tool["name"];
}

const COMPARED_FILES: readonly Files[] = [
  whole("jpeg", 150_000, "stoker"),
  whole("npz", 150_000, "stoker"),
  whole("hdf5", 150_000, "dlio"),
  whole("csv", 2_500, "dlio"),
  {
    format: "indexed_binary",
    recordBytes: 150_000,
    fileCount: 16,
    samplesPerFile: 16,
    writtenBy: "stoker",
  },
];

/** Epochs of Stoker's long run: enough to last some tenths of a second. */
const STOKER_EPOCHS = 41;
const DLIO_EPOCHS = 6;
/** Stoker and DLIO in turns, so that other load on the machine hits both. */
const ROUND_COUNT = 2;

/** Stoker's samples per CPU second wanted, over DLIO's. */
const WANTED_RATIO = 10;

/** Question "throughput". */
export const throughput: Question = {
  id: "throughput",
  title: "Samples/s from page cache, computation_time 0, same files",
  answer: compareThroughput,
};

function whole(
  format: string,
  recordBytes: number,
  writtenBy: Tool["name"],
): Files {
  return {
    format,
    recordBytes,
    fileCount: 256,
    samplesPerFile: 1,
    writtenBy,
  };
}

async function compareThroughput(setting: Setting): Promise<Answer> {
  const commands: string[] = [];
  const rows: string[][] = [];
  const ratios: number[] = [];
  for (const files of COMPARED_FILES) {
    const dataset = datasetSettings(files, setting.folder);
    const { stoker, dlio } = setting;
    const writer = files.writtenBy === "stoker" ? stoker : dlio;
    const generation = [
      ...dataset,
      "++workload.workflow.generate_data=True",
      "++workload.workflow.train=False",
    ];
    commands.push(writer.commandLine(generation));
    runToEnd(writer, generation, `${setting.folder}/${files.format}_made`);
    const stokerPaces: Pace[] = [];
    const dlioPaces: Pace[] = [];
    for (let round = 0; round < ROUND_COUNT; round++) {
      stokerPaces.push(paceOf(setting, stoker, files, round));
      dlioPaces.push(paceOf(setting, dlio, files, round));
    }
    const stokerPace = meanPace(stokerPaces);
    const dlioPace = meanPace(dlioPaces);
    commands.push(
      stoker.commandLine(epochSettings(dataset, STOKER_EPOCHS)),
      dlio.commandLine(epochSettings(dataset, DLIO_EPOCHS)),
    );
    const ratio = dlioPace.cpuSeconds / stokerPace.cpuSeconds;
    ratios.push(ratio);
    rows.push([
      files.format,
      files.writtenBy,
      figure(stokerPace.samplesPerSecond),
      figure(dlioPace.samplesPerSecond),
      figure(stokerPace.samplesPerSecond / dlioPace.samplesPerSecond),
      figure(stokerPace.cpuSeconds * 1e6),
      figure(dlioPace.cpuSeconds * 1e6),
      figure(ratio),
    ]);
  }
  return {
    commands,
    table: [HEAD, ...rows],
    notes: [
      `Means of ${ROUND_COUNT} rounds. Wanted: ${WANTED_RATIO} times the ` +
      `samples per CPU second: ${
        ratios.every((ratio) => ratio >= WANTED_RATIO) ? "yes" : "NO"
      }`,
      await mapNote(setting),
    ],
  };
}

const HEAD = [
  "format",
  "files by",
  "Stoker /s",
  "DLIO /s",
  "ratio",
  "Stoker CPU us",
  "DLIO CPU us",
  "per-core ratio",
];

/** How one tool reads one dataset. */
interface Pace {
  readonly samplesPerSecond: number;
  /** Per sample. */
  readonly cpuSeconds: number;
}

function paceOf(
  { folder }: Setting,
  tool: Tool,
  files: Files,
  round: number,
): Pace {
  const dataset = datasetSettings(files, folder);
  const epochCount = tool.name === "stoker" ? STOKER_EPOCHS : DLIO_EPOCHS;
  const sampleCount = files.fileCount * files.samplesPerFile;
  const results = `${folder}/${files.format}_${tool.name}_${round}`;
  const short = runToEnd(tool, epochSettings(dataset, 1), `${results}_1`);
  const long = runToEnd(tool, epochSettings(dataset, epochCount), results);
  const moreSamples = (epochCount - 1) * sampleCount;
  return {
    samplesPerSecond: median(reportedRates(results).slice(1)),
    cpuSeconds: (long.cpuSeconds - short.cpuSeconds) / moreSamples,
  };
}

function meanPace(paces: readonly Pace[]): Pace {
  return {
    samplesPerSecond: mean(paces.map((pace) => pace.samplesPerSecond)),
    cpuSeconds: mean(paces.map((pace) => pace.cpuSeconds)),
  };
}

function datasetSettings(files: Files, folder: string): string[] {
  return [
    `++workload.dataset.data_folder=${folder}/${files.format}`,
    `++workload.dataset.format=${files.format}`,
    `++workload.dataset.num_files_train=${files.fileCount}`,
    `++workload.dataset.num_samples_per_file=${files.samplesPerFile}`,
    `++workload.dataset.record_length=${files.recordBytes}`,
    `++workload.dataset.record_length_bytes=${files.recordBytes}`,
    // DLIO draws this much for every hdf5 file, by default 2 GiB.
    `++workload.dataset.generation_buffer_size=${files.recordBytes}`,
    "++workload.reader.batch_size=4",
    "++workload.reader.read_threads=2",
  ];
}

function epochSettings(dataset: readonly string[], epochCount: number) {
  return [
    ...dataset,
    "++workload.train.computation_time=0.0",
    `++workload.train.epochs=${epochCount}`,
  ];
}

/**
 * DLIO 2.0.0 formats its whole list of samples as text before each sample,
 * for a debug line that is not written (reader_handler.py, read_index). Told
 * apart, because it grows with the dataset and has nothing to do with files.
 */
async function mapNote({ python, folder }: Setting): Promise<string> {
  const sampleCount = 256;
  const program = `import timeit
m = {i: ("${folder}/npz/train/img_%03d_of_256.npz" % i, 0)
     for i in range(${sampleCount})}
print(timeit.timeit(lambda: f"{m}", number=1000) * 1000)`;
  const { stdout } = await new Deno.Command(python, { args: ["-c", program] })
    .output();
  const microseconds = Number(new TextDecoder().decode(stdout));
  return `Of DLIO's CPU time per sample, ${figure(microseconds)} us format ` +
    `its list of ${sampleCount} samples as text for a debug line`;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/**
 * Each tool reads what the other has generated, in every format that DLIO
 * 2.0.0 generates without TensorFlow.
 */
import type { Answer, Question, Setting } from "./question.ts";
import type { Ended, Tool } from "./tool.ts";

const FORMATS = [
  "npz",
  "npy",
  "jpeg",
  "png",
  "hdf5",
  "csv",
  "indexed_binary",
  "mmap_indexed_binary",
  "synthetic",
];

const DONE = "done";

/** Question "exchange". */
export const exchange: Question = {
  id: "exchange",
  title: "Each reads what the other generated",
  answer: exchangeDatasets,
};

function exchangeDatasets(setting: Setting): Answer {
  const { stoker, dlio } = setting;
  const rows = FORMATS.map((format) => {
    const byStoker = attempt(setting, stoker, "generate", format, stoker);
    const byDlio = attempt(setting, dlio, "both", format, dlio);
    return [
      format,
      byStoker === DONE
        ? attempt(setting, dlio, "train", format, stoker)
        : `not generated: ${byStoker}`,
      byDlio === DONE
        ? attempt(setting, stoker, "train", format, dlio)
        : `not generated: ${byDlio}`,
    ];
  });
  return {
    commands: [
      stoker.commandLine(settingsOf(setting, "generate", "npz", stoker)),
      dlio.commandLine(settingsOf(setting, "train", "npz", stoker)),
      dlio.commandLine(settingsOf(setting, "both", "npz", dlio)),
      stoker.commandLine(settingsOf(setting, "train", "npz", dlio)),
    ],
    table: [
      ["format", "Stoker reads DLIO's", "DLIO reads Stoker's"],
      ...rows.map(([format, ofStoker, ofDlio]) => [
        format!,
        ofDlio!,
        ofStoker!,
      ]),
    ],
    notes: [
      "The commands are npz's; the other formats differ in dataset.format",
      "Stoker writes hdf5 and csv as later releases of DLIO do, which 2.0.0 " +
      "cannot read: dataset records_0 (2.0.0 wants records), no header line " +
      "(2.0.0 takes the first sample for one)",
      "tfrecord is left out: DLIO generates it through TensorFlow and does " +
      "not read it through PyTorch",
    ],
  };
}

type Phase = "generate" | "train" | "both";

/** Runs one phase; "done", or what went wrong in one line. */
function attempt(
  setting: Setting,
  tool: Tool,
  phase: Phase,
  format: string,
  writer: Tool,
): string {
  const results = `${setting.folder}/${format}_${writer.name}_${tool.name}` +
    `_${phase}`;
  const ended = tool.run(settingsOf(setting, phase, format, writer), results);
  return ended.isDone ? DONE : reasonOf(ended);
}

/** The last line of a log that names an error. */
function reasonOf({ log }: Ended): string {
  const lines = log.split("\n").filter((line) =>
    /^(\w+\.)*\w*(Error|Exception)\b|^error:/.test(line)
  );
  return lines.at(-1) ?? log.trim().slice(-120).replaceAll("\n", " ");
}

function settingsOf(
  { folder }: Setting,
  phase: Phase,
  format: string,
  writer: Tool,
): string[] {
  return [
    `++workload.dataset.data_folder=${folder}/${format}_by_${writer.name}`,
    `++workload.dataset.format=${format}`,
    "++workload.dataset.num_files_train=8",
    "++workload.dataset.record_length=10000",
    "++workload.dataset.record_length_bytes=10000",
    // DLIO draws this much for every hdf5 file, by default 2 GiB.
    "++workload.dataset.generation_buffer_size=10000",
    `++workload.workflow.generate_data=${phase === "train" ? "False" : "True"}`,
    `++workload.workflow.train=${phase === "generate" ? "False" : "True"}`,
  ];
}

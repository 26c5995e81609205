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

/** Question "exchange". */
export const exchange: Question = {
  id: "exchange",
  title: "Each reads what the other generated",
  answer: exchangeDatasets,
};

function exchangeDatasets(setting: Setting): Answer {
  const { stoker, dlio } = setting;
  const rows = FORMATS.map((format) => {
    const cells = [stoker, dlio].map((writer) => {
      const made = attempt(setting, writer, "generate", format, writer);
      const read = [stoker, dlio].map((reader) =>
        made === "done"
          ? attempt(setting, reader, "train", format, writer)
          : `not generated: ${made}`
      );
      return read;
    });
    return [format, ...cells.flat()];
  });
  return {
    commands: [
      dlio.commandLine(settingsOf(setting, "generate", "npz", dlio)),
      stoker.commandLine(settingsOf(setting, "train", "npz", dlio)),
      stoker.commandLine(settingsOf(setting, "generate", "npz", stoker)),
      dlio.commandLine(settingsOf(setting, "train", "npz", stoker)),
    ],
    table: [
      [
        "format",
        "Stoker reads Stoker's",
        "DLIO reads Stoker's",
        "Stoker reads DLIO's",
        "DLIO reads DLIO's",
      ],
      ...rows,
    ],
    notes: [
      "Commands shown for npz; the other formats differ in dataset.format only",
      "tfrecord is left out: DLIO generates and reads it through TensorFlow",
    ],
  };
}

type Phase = "generate" | "train";

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
  return ended.isDone ? "done" : reasonOf(ended);
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
    `++workload.workflow.generate_data=${
      phase === "generate" ? "True" : "False"
    }`,
    `++workload.workflow.train=${phase === "train" ? "True" : "False"}`,
  ];
}

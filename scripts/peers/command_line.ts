/**
 * A DLIO command line given to Stoker and to DLIO, and Stoker's own spelling:
 * Stoker makes the same bytes from both spellings, DLIO files of the same
 * names.
 */
import { filesBelow, sha256Hex } from "./dataset_files.ts";
import type { Answer, Question, Setting } from "./question.ts";
import { runToEnd } from "./tool.ts";

/** What a real dataset would take is cut down; the rest is as in issue 2. */
const SMALL: Readonly<Record<string, string>> = {
  "dataset.record_length": "65536",
  "dataset.record_length_stdev": "8192",
  "dataset.record_length_bytes": "65536",
  "dataset.record_length_bytes_stdev": "8192",
  "train.epochs": "1",
  "train.computation_time": "0.001",
  "workflow.checkpoint": "False",
};

/** Question "command-line". */
export const commandLine: Question = {
  id: "command-line",
  title: "DLIO's command line through Stoker: the same dataset",
  answer: compareSpellings,
};

async function compareSpellings(
  { folder, stoker, dlio }: Setting,
): Promise<Answer> {
  const dlioLine = (data: string) => [
    "workload=unet3d_h100",
    "++workload.workflow.generate_data=True",
    "++workload.dataset.num_files_train=16",
    `++workload.dataset.data_folder=${folder}/${data}`,
    ...Object.entries(SMALL).map(([key, value]) =>
      `++workload.${key}=${value}`
    ),
  ];
  // "workload=" is what tells a DLIO line from Stoker's own.
  const nativeLine = [
    "run",
    "unet3d_h100",
    "workflow.generate_data=true",
    "dataset.num_files_train=16",
    `dataset.data_folder=${folder}/native`,
    ...Object.entries(SMALL).map(([key, value]) =>
      `${key}=${value.toLowerCase()}`
    ),
  ];
  runToEnd(stoker, dlioLine("dlio_line"), `${folder}/results_dlio_line`);
  runToEnd(stoker, nativeLine, `${folder}/results_native`);
  runToEnd(dlio, dlioLine("dlio"), `${folder}/results_dlio`);

  const reference = await digestsOf(`${folder}/native`);
  const rows = [];
  for (const data of ["native", "dlio_line", "dlio"]) {
    const digests = await digestsOf(`${folder}/${data}`);
    const names = [...digests.keys()];
    rows.push([
      TITLES[data] ?? data,
      String(digests.size),
      names.join() === [...reference.keys()].join() ? "same" : "OTHER",
      names.every((name) => digests.get(name) === reference.get(name))
        ? "same"
        : "other",
      (await sha256Hex([...digests.values()].join())).slice(0, 16),
    ]);
  }
  return {
    commands: [
      stoker.commandLine(nativeLine),
      stoker.commandLine(dlioLine("dlio_line")),
      dlio.commandLine(dlioLine("dlio")),
    ],
    table: [["dataset of", "files", "names", "bytes", "SHA-256"], ...rows],
    notes: [
      "All three trained to the end. DLIO's bytes are other ones by nature: " +
      "its generator is NumPy's",
    ],
  };
}

const TITLES: Readonly<Record<string, string>> = {
  native: "Stoker, its own spelling",
  dlio_line: "Stoker, DLIO's command line",
  dlio: "DLIO, the same command line",
};

/** SHA-256 of each dataset file, by its path in the data folder. */
async function digestsOf(folder: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const path of filesBelow(folder)) {
    const bytes = await Deno.readFile(`${folder}/${path}`);
    digests.set(path, await sha256Hex(bytes));
  }
  return digests;
}

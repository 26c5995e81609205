/**
 * The same training by both tools on files that Stoker generates, for
 * questions that compare what the tools say of it.
 */
import { runToEnd, type Tool } from "./tool.ts";

/** What is trained: DLIO's settings. */
export interface PeerTraining {
  readonly fileCount: number;
  readonly recordBytes: number;
  readonly batchSize: number;
  readonly epochCount: number;
  /** Seconds of a step. */
  readonly computeSeconds: number;
}

/**
 * Generates with Stoker, then trains with DLIO and with Stoker. Results are in
 * the folders "dlio" and "stoker".
 *
 * @param folder For data and results.
 * @param tools Both of them.
 * @returns The commands, in the order in which they were run.
 */
export function trainWithBoth(
  folder: string,
  { stoker, dlio }: { readonly stoker: Tool; readonly dlio: Tool },
  training: PeerTraining,
): string[] {
  const { fileCount, recordBytes, batchSize } = training;
  const dataset = [
    `++workload.dataset.data_folder=${folder}/data`,
    "++workload.dataset.format=npz",
    `++workload.dataset.num_files_train=${fileCount}`,
    `++workload.dataset.record_length=${recordBytes}`,
    `++workload.dataset.record_length_bytes=${recordBytes}`,
    `++workload.reader.batch_size=${batchSize}`,
    "++workload.reader.read_threads=2",
  ];
  const generating = [
    ...dataset,
    "++workload.workflow.generate_data=True",
    "++workload.workflow.train=False",
  ];
  const epochs = [
    ...dataset,
    `++workload.train.epochs=${training.epochCount}`,
    `++workload.train.computation_time=${training.computeSeconds}`,
  ];
  runToEnd(stoker, generating, `${folder}/generation`);
  runToEnd(dlio, epochs, `${folder}/dlio`);
  runToEnd(stoker, epochs, `${folder}/stoker`);
  return [
    stoker.commandLine(generating),
    dlio.commandLine(epochs),
    stoker.commandLine(epochs),
  ];
}

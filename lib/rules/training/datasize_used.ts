/**
 * 3.1.1: the size of the dataset was asked for.
 */
import type { TrainingModelFacts } from "../facts/series.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<TrainingModelFacts> = {
  id: "3.1.1",
  title: "the datasize command was used, and says what it found",
  severity: "invalid",
  reads: "datasize metadata: parameters.dataset, args",
  isKnownBefore: false,
  why: "It is the record of which size was needed, from which hosts and " +
    "accelerators.",
  mend: "Keep the folder that `mlpstorage training datasize` writes.",
  *check({ entries, datasizes }) {
    if (!entries.includes("datasize")) return;
    if (datasizes.length === 0) {
      yield { have: null, need: "a folder <YYYYMMDD_HHmmss> in datasize/" };
    }
    for (const { where, metadata } of datasizes) {
      const wanted: readonly [string, unknown][] = metadata === null ? [] : [
        ["parameters.dataset.num_files_train", metadata.numFilesTrain],
        [
          "parameters.dataset.num_subfolders_train",
          metadata.numSubfoldersTrain,
        ],
        ["parameters.dataset.total_disk_bytes", metadata.totalDiskBytes],
        ["args.model", metadata.model],
        ["args.accelerator_type", metadata.acceleratorType],
        ["args.max_accelerators", metadata.maxAccelerators],
        ["args.client_host_memory_in_gb", metadata.hostMemoryGB],
        ["args.data_dir", metadata.dataFolder],
      ];
      const missing = wanted.filter(([, value]) => value === null)
        .map(([name]) => name);
      if (metadata !== null && missing.length === 0) continue;
      yield {
        where,
        have: null,
        need: metadata === null
          ? "one readable *_metadata.json"
          : `${missing.join(", ")} in its metadata`,
      };
    }
  },
};

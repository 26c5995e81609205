/**
 * 3.1.2: the training set is large enough.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Problem, type Rule, unchecked } from "../rule.ts";
import {
  HOST_MEMORY_FACTOR,
  MIN_STEPS_PER_EPOCH,
  trainingFiles,
} from "../sizing/training_files.ts";
import { count } from "../values.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "3.1.2",
  title: "the training set is large enough",
  severity: "invalid",
  reads: "summary.json: host_memory_GB, num_accelerators; parameters: " +
    "dataset.num_files_train, num_samples_per_file, record_length_bytes, " +
    "reader.batch_size",
  isKnownBefore: true,
  why: "A set that fits into the hosts' memory is read from there, and an " +
    "epoch of few steps measures how a run begins.",
  mend: "Generate more files, then run with all that are needed; " +
    "`stoker datasize` says how many.",
  dispute: "The text asks for exactly the computed number, the field's own " +
    "checker for at least it. Stoker takes at least.",
  *check(run) {
    const missing = missingFacts(run);
    if (missing !== null) {
      yield missing;
      return;
    }
    const memoryBytes = run.memoryBytes!;
    const need = trainingFiles({
      accelerators: run.accelerators!,
      batchSize: run.batchSize!,
      samplesPerFile: run.samplesPerFile!,
      recordBytes: run.recordBytes!,
      memoryBytes,
    });
    const have = run.numFilesTrain!;
    if (have >= need.fileCount) return;
    yield {
      have: `${count(have)} files`,
      need: `${count(need.fileCount)} files, since ` +
        (need.decidedBy === "memory"
          ? `${HOST_MEMORY_FACTOR} x ${
            count(memoryBytes)
          } bytes of memory of ` +
            `all hosts / ${count(run.recordBytes!)} bytes per sample`
          : `${MIN_STEPS_PER_EPOCH} steps x batch ${run.batchSize} x ` +
            `${count(run.accelerators!)} accelerators`) +
        ` / ${run.samplesPerFile} samples per file`,
      deficit: `${count(need.fileCount - have)} files`,
      mend: `Set dataset.num_files_train to at least ${need.fileCount}, and ` +
        "generate as many.",
    };
  },
};

function missingFacts(run: RunFacts): Problem | null {
  const wanted: readonly [number | null, string, string][] = [
    [run.numFilesTrain, "the number of files", "dataset.num_files_train"],
    [run.accelerators, "the accelerators", "summary.json: num_accelerators"],
    [run.batchSize, "the batch size", "reader.batch_size"],
    [run.samplesPerFile, "samples per file", "dataset.num_samples_per_file"],
    [run.recordBytes, "bytes of a sample", "dataset.record_length_bytes"],
    [run.memoryBytes, "the hosts' memory", "summary.json: host_memory_GB"],
  ];
  for (const [value, what, source] of wanted) {
    if (value === null || value < 0) return unchecked(what, source);
  }
  return null;
}

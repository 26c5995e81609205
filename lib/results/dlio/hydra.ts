/**
 * The three files of Hydra's folder: `config.yaml`, `overrides.yaml`,
 * `hydra.yaml`.
 *
 * `dlio_postprocessor` demands four keys of `config.yaml` below `workload`:
 * `model.name`, `dataset.record_length` (not `_bytes`), `output.log_file` and
 * `workflow.train`. `mlpstorage` reads sizes, batch and workflow from it, and
 * `overrides.yaml` as a list of texts with one "=" each. No tool reads
 * `hydra.yaml`.
 */
import { stringify } from "@std/yaml";
import type { ResultContext } from "../result_context.ts";

/** Overrides that need no quotes in YAML, by a cautious pattern. */
const PLAIN_OVERRIDE_REGEXP = /^[+~]*[A-Za-z][\w./=,@%+-]*$/;

/**
 * `dlio_postprocessor` searches the text of `overrides.yaml` for these words
 * and fails on any value behind them, although it needs neither. With one
 * letter escaped they are the same YAML but another text.
 */
const UNREADABLE_WORDS: readonly (readonly [string, string])[] = [
  ["workflow.checkpoint", "workflow.\\x63heckpoint"],
  ["debug", "\\x64ebug"],
];

/**
 * `config.yaml`: the resolved workload below `workload:`.
 *
 * @param context The run's context.
 * @returns YAML; keys that the postprocessor demands are added if missing.
 */
export function hydraConfig(context: ResultContext): string {
  const { workload } = context;
  const storage = section(workload.storage);
  // The postprocessor would look for results where the run wrote them rather
  // than in the folder that it is given.
  const { folder: _, ...output } = section(workload.output);
  const completed: Record<string, unknown> = {
    ...workload,
    // DLIO 2.0.0 makes a file name of this whole section, later ones of its
    // name: more than the name would be longer than a file name may be. The
    // other settings of the model are in stoker.json.
    model: { name: context.modelName },
    workflow: {
      generate_data: context.workflow.generateData,
      train: context.workflow.train,
      evaluation: context.workflow.evaluation,
      checkpoint: context.workflow.checkpoint,
      ...section(workload.workflow),
    },
    dataset: {
      record_length_bytes: context.recordBytes,
      ...section(workload.dataset),
      record_length: context.recordBytes,
    },
    output: { ...output, log_file: context.logFile },
  };
  // The postprocessor fails on a library without options, even if it is null.
  const { storage_library: library, storage_options: options } = storage;
  completed.storage = {
    ...storage,
    storage_library: library ?? undefined,
    storage_options: options ?? (library ? {} : undefined),
  };
  // skipInvalid leaves out what is undefined; anchors are of no use here.
  return stringify({ workload: completed }, {
    skipInvalid: true,
    useAnchors: false,
    lineWidth: -1,
  });
}

/**
 * `overrides.yaml`: a list of DLIO's overrides, in command-line order.
 *
 * @param context The run's context.
 * @returns YAML, one override a line.
 */
export function hydraOverrides(context: ResultContext): string {
  if (context.overrides.length === 0) return "[]\n";
  return context.overrides.map((text) => `- ${overrideText(text)}\n`).join("");
}

/**
 * `hydra.yaml`: how the run was started.
 *
 * @param context The run's context.
 * @param folder Path of the results folder.
 * @returns YAML.
 */
export function hydraSelf(context: ResultContext, folder: string): string {
  const chosen = context.overrides
    .find((text) => text.startsWith("workload="))?.slice("workload=".length);
  return stringify({
    hydra: {
      run: { dir: folder },
      output_subdir: context.hydraFolder,
      overrides: { hydra: [], task: [...context.overrides] },
      job: {
        name: "stoker",
        config_name: "config",
        override_dirname: context.overrides.join(","),
      },
      runtime: {
        version: context.stokerVersion,
        cwd: context.workingFolder,
        output_dir: folder,
        choices: { workload: chosen ?? context.modelName },
      },
      verbose: false,
    },
  }, { useAnchors: false, lineWidth: -1 });
}

function overrideText(override: string): string {
  const words = UNREADABLE_WORDS.filter(([word]) => override.includes(word));
  if (words.length === 0 && PLAIN_OVERRIDE_REGEXP.test(override)) {
    return override;
  }
  let text = JSON.stringify(override);
  for (const [word, escaped] of words) text = text.replaceAll(word, escaped);
  return text;
}

function section(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : {};
}

/**
 * `stoker inspect`: what is in a folder or below a prefix, and a workload that
 * reads it.
 */
import type { Override } from "../../config/overrides.ts";
import { inspectDataset } from "../../engine/dataset/inspect_dataset.ts";
import { EXIT_DONE, StorageError, UsageError } from "../../errors.ts";
import { readHostFacts } from "../../host/host_facts.ts";
import { inspectJson, inspectText } from "../facts/inspect_facts.ts";
import { inspectedWorkload } from "../facts/inspect_workload.ts";
import { requireParts } from "../line/build_parts.ts";
import type { Command } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import {
  loadWorkload,
  type RequestedWorkload,
  sayWarnings,
} from "../line/workload_settings.ts";
import { startFilesSession } from "../session/files_session.ts";
import type { Context } from "../line/command.ts";

/** The command. */
export const command: Command = {
  summary: "what is in a dataset, and a workload that reads it",
  usage: "DIR|s3://bucket/prefix [flags] [section.key=value ...]",
  details: `\
Says which format the files have (by how their names end; dataset.format says
it instead), how many there are and how large, where training and evaluation
are, how many samples they hold, what is inside of one, what a reader would
read of it, and whether all of it exceeds this host's memory. Nothing is
written but the workload of -o, which "stoker run FILE" takes as it is.

All names are listed. Lengths are looked up of all files of this host, up to
100,000, and of some elsewhere; samples are counted in --sample N files, spread
evenly (16, or 4 where a file has to be read for it). What is not measured in
full is called estimated; a run counts every file.`,
  flags: [
    "sample",
    "output",
    "json",
    "insecure",
    "no-progress",
    "time-limit",
    "stall-timeout",
    "allow-unknown",
  ],
  maxWords: 1,
  takesOverrides: true,
  completes: "folders",
  examples: [
    {
      line: "inspect /data/imagenet -o my.yaml",
      shows: "what is there, and a workload that reads it",
    },
    {
      line: "inspect s3://bucket/prefix --json",
      shows: "the same of objects, as JSON",
    },
  ],
  async run(line, context) {
    const place = line.words[0];
    if (place === undefined) {
      throw new UsageError(
        "Cannot inspect nothing: stoker inspect DIR, or s3://bucket/prefix",
      );
    }
    const requested = await loadPlace(line, context, place);
    const { workload } = requested;
    requireParts(workload);
    sayWarnings(requested, context);
    using session = startFilesSession(line, context, "inspect");
    const found = await inspectDataset(workload, {
      hooks: session.hooks,
      sampleFiles: line.flags.sample,
      formatIsGiven: isGiven(line, "dataset.format"),
      sampleSizeIsGiven: isGiven(line, "dataset.record_dims") ||
        isGiven(line, "dataset.record_length_bytes") ||
        isGiven(line, "dataset.record_length"),
    });
    const { memoryBytes } = readHostFacts();
    const { console } = context;
    console.print(
      line.flags.json
        ? JSON.stringify(inspectJson(found, memoryBytes), null, 2)
        : inspectText(found, memoryBytes),
    );
    const { output } = line.flags;
    if (output !== null) {
      const yaml = inspectedWorkload(found, workload, line.overrides);
      await writeNew(output, yaml);
      console.say(`Workload: ${output}; stoker run ${output}`);
    }
    return EXIT_DONE;
  },
};

function isGiven({ overrides }: CommandLine, key: string): boolean {
  return overrides.some(({ path }) => path === key);
}

/** The settings of a run that reads the place. */
async function loadPlace(
  line: CommandLine,
  context: Context,
  place: string,
): Promise<RequestedWorkload> {
  const set = (path: string, value: unknown): Override => ({
    action: "set",
    path,
    value,
    text: `inspect ${place}`,
  });
  return await loadWorkload(
    {
      ...line,
      workload: null,
      flags: { ...line.flags, data: place },
      overrides: [
        set("workflow.generate_data", false),
        set("workflow.train", true),
        set("workflow.evaluation", true),
        set("workflow.checkpoint", false),
        set("dataset.num_files_train", "all"),
        set("dataset.num_files_eval", "all"),
        set("dataset.num_samples_per_file", "auto"),
        ...line.overrides,
      ],
    },
    context,
    { purpose: "dataset", findsFiles: true },
  );
}

/** Nothing that is there is replaced. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text, { createNew: true });
  } catch (error) {
    const isThere = error instanceof Deno.errors.AlreadyExists;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(
      "write",
      path,
      isThere ? "EEXIST" : "EIO",
      isThere
        ? "it is there already: remove it, or give -o another name"
        : reason,
    );
  }
}

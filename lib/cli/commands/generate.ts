/**
 * `stoker generate`: only the dataset, continued where it was interrupted.
 */
import { countedSampleCount } from "../../config/sample_count.ts";
import { formatDuration } from "../../bytes/durations.ts";
import { formatBytes } from "../../bytes/sizes.ts";
import { checkRoom } from "../../engine/run/check_room.ts";
import { during } from "../../engine/run/during.ts";
import { inEveryProcess } from "../../engine/run/together.ts";
import { generateDataset } from "../../engine/dataset/generate_dataset.ts";
import { ConfigError, EXIT_DONE } from "../../errors.ts";
import { totalIoEngines } from "../../metrics/io_engine.ts";
import { recordToPlain } from "../../results/key_case.ts";
import type { Command } from "../line/command.ts";
import { requireParts } from "../line/build_parts.ts";
import {
  filesOutcome,
  onlyDataset,
  prepareFiles,
  startFilesSession,
} from "../session/files_session.ts";
import { sharedWorkload } from "../session/shared_workload.ts";
import { sayPlan } from "../session/dry_run.ts";
import { requestedShare } from "../session/share_request.ts";
import { STOKER_VERSION } from "../version.ts";
import {
  type RequestedWorkload,
  sayWarnings,
} from "../line/workload_settings.ts";

/** The command. */
export const command: Command = {
  summary: "only the dataset; continues where an interrupted one stopped",
  usage: "[workload] [flags] [section.key=value ...]",
  details: `\
Writes the workload's dataset. Files that are there in full length are kept;
--force writes every file again and replaces another dataset that Stoker made.
Data of others is never changed.

--share 2/4 writes the second quarter of the files. The dataset is complete
once "stoker generate" without --share has looked at all of them.`,
  flags: [
    "data",
    "mpi",
    "peer-timeout",
    "print-launch",
    "hosts",
    "per-host",
    "odirect",
    "insecure",
    "force",
    "json",
    "no-progress",
    "dry-run",
    "share",
    "start-at",
    "time-limit",
    "stall-timeout",
    "config-dir",
    "allow-unknown",
  ],
  takesRunFlags: true,
  maxWords: 1,
  takesOverrides: true,
  spansProcesses: true,
  completes: "workloads",
  examples: [
    {
      line:
        "generate unet3d_h100 --data /mnt/fast/unet3d dataset.num_files_train=3500",
      shows: "a dataset of 3,500 files",
    },
    {
      line: "generate unet3d_h100 --data /mnt/fast/unet3d --dry-run",
      shows: "what would be written",
    },
  ],
  async run(line, context) {
    const requested = await sharedWorkload(line, context, {
      purpose: "dataset",
    });
    requireDataset(requested);
    const workload = onlyDataset(requested.workload, { generates: true });
    requireParts(workload);
    const share = requestedShare(line, context.joined);
    sayWarnings(requested, context);
    using session = startFilesSession(line, context, "generate");
    const { hooks } = session;
    if (line.flags["dry-run"]) {
      await sayPlan({ ...requested, workload }, line, context, { hooks });
      return EXIT_DONE;
    }
    await using run = await prepareFiles(workload, hooks);
    await inEveryProcess(
      hooks,
      "they check memory and disk space",
      (onWarning) =>
        during(
          hooks,
          "checking memory and disk space",
          (tick) =>
            checkRoom(run, { signal: hooks.signal, onWarning, onMove: tick }),
        ),
      (text) => context.console.warn(text),
    );
    for (const text of run.warnings.generating) context.console.warn(text);
    const outcome = await generateDataset(run, hooks, {
      threads: workload.reader.write_threads,
      force: line.flags.force,
      stokerVersion: STOKER_VERSION,
      ...(share === null ? {} : { share }),
    });
    const done = filesOutcome(outcome);
    const writtenFiles = done.writtenSamples /
      countedSampleCount(workload.dataset.num_samples_per_file);
    const keptFiles = done.files - writtenFiles;
    const { writeEngine } = totalIoEngines(outcome.phases);
    if (line.flags.json) {
      context.console.print(JSON.stringify({
        folder: workload.dataset.data_folder,
        format: workload.dataset.format,
        files: writtenFiles,
        files_kept: keptFiles,
        bytes_written: done.bytes,
        seconds: done.seconds,
        write_engine: writeEngine === null ? null : recordToPlain(writeEngine),
        complete: outcome.error === null,
      }));
    } else {
      context.console.print(
        `${workload.dataset.data_folder}: ${writtenFiles} files, ` +
          `${formatBytes(done.bytes)} written in ` +
          formatDuration(done.seconds) +
          (keptFiles === 0 ? "" : `, ${keptFiles} were there`),
      );
    }
    if (outcome.error !== null) throw outcome.error;
    return EXIT_DONE;
  },
};

/**
 * Refuses a workload that has no dataset, as one that only checkpoints: its
 * settings are defaults, and nothing would read what they make.
 *
 * @throws {ConfigError} Saying what writes instead.
 */
function requireDataset({ name, workload }: RequestedWorkload): void {
  const { generate_data, train, evaluation } = workload.workflow;
  const { num_files_train, num_files_eval, num_samples_per_file } =
    workload.dataset;
  if (num_files_train === "all" || num_files_eval === "all") {
    throw new ConfigError([
      "Cannot generate all files as a number of them must be given: " +
      `dataset.num_files_train = ${num_files_train}, ` +
      `dataset.num_files_eval = ${num_files_eval}`,
    ]);
  }
  if (num_samples_per_file === "auto") {
    throw new ConfigError([
      "Cannot generate files as the number of their samples must be given: " +
      "dataset.num_samples_per_file = auto",
    ]);
  }
  if (generate_data || train || evaluation) return;
  throw new ConfigError([
    `Cannot generate a dataset for ${name} as it must have one: its ` +
    `workflow neither generates, trains nor evaluates; "stoker run ${name}" ` +
    `does what it has, workflow.generate_data=true gives it a dataset`,
  ]);
}

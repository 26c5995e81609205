/**
 * `stoker verify`: reads a dataset back and compares every byte with what its
 * seed gives.
 */
import { formatDuration } from "../../bytes/durations.ts";
import { formatBytes } from "../../bytes/sizes.ts";
import { answerOfFirst } from "../../engine/run/together.ts";
import { verifyDataset } from "../../engine/dataset/verify_dataset.ts";
import { EXIT_DONE, EXIT_FAILED } from "../../errors.ts";
import { locateWorkload } from "../session/located_workload.ts";
import { sharedWorkload } from "../session/shared_workload.ts";
import type { Command } from "../line/command.ts";
import {
  filesOutcome,
  onlyDataset,
  prepareFiles,
  startFilesSession,
} from "../session/files_session.ts";
import { sayWarnings } from "../line/workload_settings.ts";

/** The command. */
export const command: Command = {
  summary: "reads a dataset back and checks every byte against its seed",
  usage: "[workload] [flags] [section.key=value ...]",
  details: `\
Checks the files that the workload asks for of the dataset that Stoker
generated, and names every one that is missing (at most 1000 of those that
were never generated), too short, too long or different, with the first byte
that is. --sample N checks N files, spread evenly. Damage ends with 1.`,
  flags: [
    "data",
    "mpi",
    "peer-timeout",
    "print-launch",
    "hosts",
    "per-host",
    "odirect",
    "insecure",
    "sample",
    "json",
    "no-progress",
    "dry-run",
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
        "verify unet3d_h100 --data /mnt/fast/unet3d dataset.num_files_train=3500",
      shows: "every byte of a generated dataset",
    },
    {
      line: "verify unet3d_h100 --data /mnt/fast/unet3d --sample 100",
      shows: "100 of its files",
    },
  ],
  async run(line, context) {
    const requested = await sharedWorkload(line, context, {
      purpose: "dataset",
    });
    sayWarnings(requested, context);
    if (line.flags["dry-run"]) {
      const { data_folder: folder } = requested.workload.dataset;
      context.console.print(
        line.flags.json
          ? JSON.stringify({ folder })
          : `${folder}: its files would be compared with their seed`,
      );
      return EXIT_DONE;
    }
    using session = startFilesSession(line, context, "verify");
    const located = await answerOfFirst(
      session.hooks,
      "process 0 looks for the dataset",
      () => locateWorkload(requested, session.hooks, { purpose: "dataset" }),
    );
    const workload = onlyDataset(located.requested.workload, {
      generates: false,
    });
    await using run = await prepareFiles(workload, session.hooks);
    const outcome = await verifyDataset(run, session.hooks, {
      threads: workload.reader.write_threads,
      sampleCount: line.flags.sample,
    });
    const { console } = context;
    const { damages, damagedCount, checkedFiles, error } = outcome;
    const done = filesOutcome(outcome);
    if (line.flags.json) {
      console.print(JSON.stringify({
        folder: workload.dataset.data_folder,
        checked_files: checkedFiles,
        checked_bytes: done.bytes,
        seconds: done.seconds,
        complete: error === null,
        damaged_files: damagedCount,
        damages,
      }));
    } else {
      for (const { path, kind, offset, detail } of damages) {
        console.print(`${path}: ${kind} at byte ${offset}: ${detail}`);
      }
      console.print(
        `${workload.dataset.data_folder}: ${damagedCount} of ` +
          `${checkedFiles} files damaged, ${formatBytes(done.bytes)} checked ` +
          `in ${formatDuration(done.seconds)}`,
      );
    }
    if (error !== null) throw error;
    return damagedCount === 0 ? EXIT_DONE : EXIT_FAILED;
  },
};

/**
 * `stoker saturate`: the most accelerators of a workload that this storage
 * keeps busy, or the fewest reader threads that do.
 */
import { EXIT_BELOW_GOAL, EXIT_DONE } from "../../errors.ts";
import { answerOf } from "../../saturate/saturation.ts";
import { saturationJson } from "../../saturate/saturation_json.ts";
import { requireParts } from "../line/build_parts.ts";
import type { Command } from "../line/command.ts";
import { loadWorkload, sayWarnings } from "../line/workload_settings.ts";
import {
  requireSearchable,
  saturateOptions,
} from "../saturate/saturate_options.ts";
import {
  endText,
  SaturateSession,
  type SearchedWorkload,
} from "../saturate/saturate_session.ts";

/** The command. */
export const command: Command = {
  summary: "the most accelerators that meet the AU goal here, and what limits",
  usage: "[workload] [flags] [section.key=value ...]",
  details: `\
Runs a workload again and again, with twice as many accelerators each time
until the AU goal (metric.au) is missed, then between the two numbers. Each
number is measured in short runs until they agree; the answer is measured once
more. Prints the curve of AU, throughput, latency and processors, and what
limits. -n is where it begins.

The dataset is the same for all numbers and must be large enough for the
largest. Data is never measured from memory: files are dropped from the page
cache before each run, or read with --odirect; --from-cache permits it.
See \`stoker help saturating\`.`,
  flags: [
    "accelerators",
    "over",
    "max",
    "probe-time",
    "repeats",
    "from-cache",
    "data",
    "odirect",
    "drop-caches",
    "insecure",
    "results",
    "json",
    "no-progress",
    "dry-run",
    "time-limit",
    "stall-timeout",
    "require-au",
    "label",
    "config-dir",
    "allow-unknown",
  ],
  takesRunFlags: true,
  maxWords: 1,
  takesOverrides: true,
  completes: "workloads",
  examples: [
    {
      line: "saturate unet3d_h100 --data /mnt/fast/unet3d --odirect",
      shows: "how many H100 this storage keeps busy",
    },
    {
      line:
        "saturate retinanet_b200 --data /mnt/fast/retinanet -n 8 --max 64 " +
        "--time-limit 20m",
      shows: "the same from 8 to 64, with what was found after 20 minutes",
    },
    {
      line: "saturate unet3d_h100 -n 4 --over read_threads --odirect",
      shows: "the fewest reader threads that keep 4 accelerators busy",
    },
    {
      line: "saturate storage.storage_type=null " +
        "storage.storage_options.bytes_per_second=3GiB " +
        "dataset.num_files_train=20000 --probe-time 2s",
      shows: "a storage that does nothing but know its limit",
    },
  ],
  async run(line, context) {
    const options = saturateOptions(line);
    const asked = await loadWorkload(line, context, { findsFiles: true });
    requireSearchable(asked);
    requireParts(asked.workload);
    sayWarnings(asked, context);
    using session = new SaturateSession({ asked, options, line, context });
    if (line.flags["dry-run"]) {
      await session.dryRun();
      return EXIT_DONE;
    }
    const searched = await session.search();
    context.console.print(
      line.flags.json
        ? JSON.stringify(saturationJson(searched.saturation), null, 2)
        : endText(searched),
    );
    return statusOf(searched, line.flags["require-au"]);
  },
};

/** @throws {StokerError} What stopped the search, unless it was its time. */
function statusOf(
  { saturation }: SearchedWorkload,
  requiresAu: boolean,
): number {
  const { outcome: { end, error, points } } = saturation;
  const isTime = end === "time_limit" && points.length > 0;
  if (error !== null && !isTime) throw error;
  return requiresAu && answerOf(saturation).value === null
    ? EXIT_BELOW_GOAL
    : EXIT_DONE;
}

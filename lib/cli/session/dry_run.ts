/**
 * `--dry-run`: says what a command would do; no file is opened.
 */
import { aloneOn } from "../../cluster/joined.ts";
import type { FoundDataset } from "../../engine/dataset/found_dataset.ts";
import { onFileThread } from "../../engine/files/file_thread.ts";
import {
  type DescribedRun,
  describeRun,
} from "../../engine/plan/describe_run.ts";
import { deviceQueues, type QueueOf } from "../../engine/run/io_depth.ts";
import { foldersWithQueues, withIoEngine } from "../../engine/run/io_engine.ts";
import type { WaitHooks } from "../../engine/run/wait.ts";
import { readHostRoom } from "../../host/host_room.ts";
import { askSpaces } from "./ask_spaces.ts";
import { requestedShare } from "./share_request.ts";
import { planFacts, planText } from "../facts/plan_facts.ts";
import type { Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import type { RequestedWorkload } from "../line/workload_settings.ts";

/**
 * Prints the plan of a workload.
 *
 * @param requested Its workflow is what would be done.
 * @param line With `--json` the plan is JSON.
 * @param context Where it is printed.
 * @param options `hooks`: what ends it. `found`: its dataset, where that was
 *   looked at.
 * @throws {ConfigError} If the run could not begin: with `uring` on a host
 *   without io_uring.
 */
export async function sayPlan(
  requested: RequestedWorkload,
  line: CommandLine,
  { console, joined = aloneOn(Deno.hostname()) }: Context,
  { hooks, found = null }: {
    readonly hooks: WaitHooks;
    readonly found?: FoundDataset | null;
  },
): Promise<void> {
  const { workload, accelerators } = requested;
  const share = requestedShare(line);
  const described = await describeRun(workload, {
    accelerators,
    cluster: joined.link.cluster,
    placement: joined.placement,
    ...(requested.shares === undefined ? {} : { shares: requested.shares }),
    randomSeed: 0,
    found,
    ...(share === null ? {} : { share }),
  });
  const run = withIoEngine(described, {
    queueOf: await askQueues(described, hooks),
  });
  for (const warning of run.warnings.training) console.warn(warning);
  const facts = planFacts(requested, run);
  console.print(
    line.flags.json ? JSON.stringify(facts, null, 2) : planText(facts, {
      room: readHostRoom(),
      spaceOf: await askSpaces(facts.diskNeeds, hooks),
    }),
  );
}

/** Queues of the devices that decide how many requests are in flight. */
async function askQueues(
  described: DescribedRun,
  hooks: WaitHooks,
): Promise<QueueOf> {
  const folders = foldersWithQueues(described);
  if (folders.length === 0) return deviceQueues([], unasked);
  const names = folders.map((folder) => `"${folder}"`).join(", ");
  return await onFileThread(
    hooks,
    `looking for the devices of ${names}`,
    (files) =>
      deviceQueues(folders, (folder) => files.call("deviceQueue", folder)),
  );
}

function unasked(folder: string): never {
  throw new Error(`${folder} is not to be asked for`);
}

/**
 * `--dry-run`: says what a command would do; nothing is opened.
 */
import { aloneOn } from "../../cluster/joined.ts";
import type { FoundDataset } from "../../engine/dataset/found_dataset.ts";
import { describeRun } from "../../engine/plan/describe_run.ts";
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
  const run = await describeRun(workload, {
    accelerators,
    cluster: joined.link.cluster,
    placement: joined.placement,
    ...(requested.shares === undefined ? {} : { shares: requested.shares }),
    randomSeed: 0,
    found,
    ...(share === null ? {} : { share }),
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

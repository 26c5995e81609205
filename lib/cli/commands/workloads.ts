/**
 * `stoker workloads`: the built-in workloads and what they demand.
 */
import { EXIT_DONE } from "../../errors.ts";
import { resolveWorkload } from "../../config/resolve.ts";
import type { Command } from "../line/command.ts";
import {
  listBuiltInWorkloads,
  readWorkloadFile,
} from "../line/workload_files.ts";
import {
  type WorkloadFacts,
  workloadFacts,
  workloadTable,
} from "../facts/workload_facts.ts";

/** The command. */
export const command: Command = {
  summary: "built-in workloads: format, dataset size, demand",
  usage: "[--json]",
  details: `\
Lists the workloads inside Stoker. "per accelerator" is what the storage must
deliver to each accelerator to keep it always busy. "stoker config NAME"
shows a workload whole.`,
  flags: ["json"],
  maxWords: 0,
  takesOverrides: false,
  examples: [
    { line: "workloads", shows: "names, formats, sizes, demands" },
    { line: "workloads --json", shows: "the same for programs" },
  ],
  async run({ flags }, { console }) {
    const names = await listBuiltInWorkloads();
    const rows = await Promise.all(names.map(factsOf));
    console.print(
      flags.json ? JSON.stringify(rows, null, 2) : workloadTable(rows),
    );
    return EXIT_DONE;
  },
};

async function factsOf(name: string): Promise<WorkloadFacts> {
  const yaml = await readWorkloadFile(name);
  const { workload } = resolveWorkload({ yaml }, { cpuCount: 1 });
  return workloadFacts(name, workload);
}

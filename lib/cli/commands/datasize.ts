/**
 * `stoker datasize`: how much storage a valid run of a workload needs.
 */
import { hostCount } from "../line/host_list.ts";
import { parseBytes } from "../../bytes/sizes.ts";
import { EXIT_DONE, UsageError } from "../../errors.ts";
import { readHostFacts } from "../../host/host_facts.ts";
import type { Command } from "../line/command.ts";
import { datasizeFacts, datasizeText } from "../facts/datasize_facts.ts";
import { askSpaces } from "../session/ask_spaces.ts";
import { startFilesSession } from "../session/files_session.ts";
import { loadWorkload, sayWarnings } from "../line/workload_settings.ts";

/** The command. */
export const command: Command = {
  summary: "files, bytes and sub-folders that a valid run needs",
  usage: "[workload] [flags] [section.key=value ...]",
  details: `\
Training: enough files for five times the memory of all hosts, and for 500
steps of every accelerator; says which of the two decides. Checkpoints: bytes
of model and optimizer, per rank and per host, and files. Without
--accelerators a model of MLPerf Storage is spread as in its closed division.
Compares both with the disk space and inodes at --data and --checkpoints.`,
  flags: [
    "accelerators",
    "data",
    "odirect",
    "insecure",
    "checkpoints",
    "hosts",
    "host-memory",
    "json",
    "stall-timeout",
    "config-dir",
    "allow-unknown",
  ],
  takesRunFlags: true,
  maxWords: 1,
  takesOverrides: true,
  completes: "workloads",
  examples: [
    {
      line: "datasize unet3d_h100 -n 8",
      shows: "files and bytes that a valid run needs",
    },
    {
      line: "datasize unet3d_h100 -n 64 --hosts 8 --host-memory 512GiB",
      shows: "for hosts that are not this one",
    },
    { line: "datasize llama3_405b", shows: "sizes of checkpoints" },
  ],
  async run(line, context) {
    const { flags } = line;
    const hostMemoryBytes = flags["host-memory"] === null
      ? readHostFacts().memoryBytes
      : memoryOf(flags["host-memory"]);
    const requested = await loadWorkload(line, context, { purpose: "sizes" });
    sayWarnings(requested, context);
    const facts = datasizeFacts(requested.workload, {
      name: requested.name,
      accelerators: flags.accelerators,
      defaultAccelerators: requested.accelerators,
      hosts: flags.hosts === null ? 1 : hostCount(flags.hosts),
      hostMemoryBytes,
    });
    using session = startFilesSession(line, context, "datasize");
    context.console.print(
      flags.json
        ? JSON.stringify(facts, null, 2)
        : datasizeText(facts, await askSpaces(facts.diskNeeds, session.hooks)),
    );
    return EXIT_DONE;
  },
};

/** @throws {UsageError} If it is no size, or nothing. */
function memoryOf(text: string): number {
  let bytes: number;
  try {
    bytes = parseBytes(text);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    throw new UsageError(`Cannot use --host-memory: ${error.message}`);
  }
  if (bytes > 0) return bytes;
  throw new UsageError(`Cannot use --host-memory ${text}: it must be > 0`);
}

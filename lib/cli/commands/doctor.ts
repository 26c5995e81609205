/**
 * `stoker doctor`: what this host and a storage folder can do, before a long
 * run finds out.
 */
import { EXIT_DONE } from "../../errors.ts";
import { probeFolder } from "../../host/folder_probe.ts";
import { readHostFacts } from "../../host/host_facts.ts";
import { readHostRoom } from "../../host/host_room.ts";
import { readProcessIo } from "../../host/process_io.ts";
import { probeTimer } from "../../host/timer_probe.ts";
import type { Command } from "../line/command.ts";
import { gatherCacheFacts } from "../facts/cache_facts.ts";
import {
  type DoctorFacts,
  doctorText,
  suggestions,
} from "../facts/doctor_facts.ts";
import { STOKER_VERSION } from "../version.ts";

/** Where workloads keep their data unless told otherwise. */
const DEFAULT_FOLDER = "data";

/** The command. */
export const command: Command = {
  summary: "what this host and a storage folder can do",
  usage: "[--data DIR] [--json]",
  details: `\
Probes the processor, memory, timers, and the folder of --data (default
"${DEFAULT_FOLDER}"): file system, free space, whether files can be made,
whether O_DIRECT works and how files can be dropped from the page cache. Small
files are made there and removed.`,
  flags: ["data", "json"],
  maxWords: 0,
  takesOverrides: false,
  run({ flags }, { console }) {
    const facts = gatherFacts(flags.data ?? DEFAULT_FOLDER);
    console.print(
      flags.json
        ? JSON.stringify({ ...facts, suggestions: suggestions(facts) }, null, 2)
        : doctorText(facts),
    );
    return EXIT_DONE;
  },
};

function gatherFacts(folder: string): DoctorFacts {
  const folderFacts = probeFolder(folder);
  const { cpuModel, osRelease } = readHostFacts();
  return {
    stokerVersion: STOKER_VERSION,
    denoVersion: Deno.version.deno,
    osRelease: `${Deno.build.os} ${osRelease}`,
    cpuModel,
    room: readHostRoom(),
    processIo: readProcessIo(),
    timer: probeTimer(),
    folder: folderFacts,
    cache: gatherCacheFacts(folderFacts.probedPath, folderFacts.writeProblem),
  };
}

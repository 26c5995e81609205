/**
 * `stoker doctor`: what this host and a storage folder can do, before a long
 * run finds out.
 */
import { onFileThread } from "../../engine/files/file_thread.ts";
import { during } from "../../engine/run/during.ts";
import type { RunHooks } from "../../engine/run/run_hooks.ts";
import { preflight } from "../../engine/plan/connect_storage.ts";
import { endpointsOf } from "../../engine/plan/storage_facts.ts";
import { storageSettings } from "../../engine/plan/describe_dataset.ts";
import {
  EXIT_DONE,
  EXIT_FAILED,
  StorageError,
  UsageError,
} from "../../errors.ts";
import { readHostFacts } from "../../host/host_facts.ts";
import {
  type HostInventory,
  readHostInventory,
} from "../../host/host_inventory.ts";
import { readHostRoom } from "../../host/host_room.ts";
import { readProcessIo } from "../../host/process_io.ts";
import { probeTimer } from "../../host/timer_probe.ts";
import { probeUring } from "../../host/uring_support.ts";
import type { StorageSettings } from "../../storage/storage.ts";
import type { CommandLine } from "../line/command_line.ts";
import { loadWorkload, sayWarnings } from "../line/workload_settings.ts";
import { PROXY_NAMES } from "../../config/proxy_names.ts";
import { maskSecrets } from "../../config/secrets.ts";
import type { Command, Context } from "../line/command.ts";
import {
  type DoctorFacts,
  doctorText,
  suggestions,
} from "../facts/doctor_facts.ts";
import { type ObjectFacts, objectText } from "../facts/object_facts.ts";
import { systemYaml } from "../facts/system_yaml.ts";
import { startFilesSession } from "../session/files_session.ts";
import { STOKER_VERSION } from "../version.ts";

/** Where workloads keep their data by default. */
const DEFAULT_FOLDER = "data";

/** The command. */
export const command: Command = {
  summary: "what this host and a storage folder can do",
  usage: "[--data DIR] [--json | --yaml] [storage.key=value ...]",
  details: `\
Probes the processor, memory, timers, io_uring, and the folder of --data (default
"${DEFAULT_FOLDER}"): file system, free space, whether files can be made,
whether O_DIRECT works, how many requests the device takes at a time, and how
files can be dropped from the page cache. Small files are made there and
removed. Shows the proxies that the environment names: requests to object
stores go through them. Of s3://bucket/prefix and ais://bucket/prefix every
endpoint is tried instead, as before a run: one small object is written, read,
listed and removed below the prefix. What fails ends with 1. --yaml drafts
instead the description of a system that MLPerf Storage asks for, from what
this host tells; what only a person knows is left blank.`,
  flags: ["data", "json", "yaml", "insecure", "stall-timeout"],
  maxWords: 0,
  takesOverrides: true,
  completes: "folders",
  examples: [
    {
      line: "doctor --data /mnt/fast/unet3d",
      shows: "what this host and that folder can do",
    },
    { line: "doctor --yaml", shows: "a draft of the system's description" },
  ],
  async run(line, context) {
    const { flags } = line;
    const { console, env } = context;
    if (flags.yaml) {
      console.print(systemYaml(draftedInventory(line)));
      return EXIT_DONE;
    }
    if (flags.data !== null && /^\w+:\/\//.test(flags.data)) {
      return await tryObjects(line, context);
    }
    using session = startFilesSession(line, context, "doctor");
    const facts = await gatherFacts(flags.data ?? DEFAULT_FOLDER, {
      env,
      hooks: session.hooks,
    });
    console.print(
      flags.json
        ? JSON.stringify({ ...facts, suggestions: suggestions(facts) }, null, 2)
        : doctorText(facts),
    );
    return EXIT_DONE;
  },
};

/** @throws {UsageError} If it is asked for beside anything else. */
function draftedInventory({ givenFlags }: CommandLine): HostInventory {
  const other = givenFlags.find((flag) =>
    flag === "data" || flag === "json" || flag === "insecure"
  );
  if (other === undefined) return readHostInventory();
  throw new UsageError(
    `Cannot use --${other} beside --yaml: only this host is described`,
  );
}

/** Tries an object store as a run that writes would. */
async function tryObjects(
  line: CommandLine,
  context: Context,
): Promise<number> {
  const { console } = context;
  const requested = await loadWorkload(line, context, { purpose: "dataset" });
  sayWarnings(requested, context);
  using session = startFilesSession(line, context, "doctor");
  const { workload } = requested;
  const settings = storageSettings(workload);
  const facts: ObjectFacts = {
    stokerVersion: STOKER_VERSION,
    denoVersion: Deno.version.deno,
    storage: settings.kind,
    bucket: settings.root,
    prefix: workload.dataset.data_folder,
    endpoints: await endpointsOf(settings),
    isTried: settings.options.preflight !== false,
    problem: await objectProblem(
      settings,
      workload.dataset.data_folder,
      session.hooks,
    ),
  };
  console.print(
    line.flags.json ? JSON.stringify(facts, null, 2) : objectText(facts),
  );
  return facts.problem === null ? EXIT_DONE : EXIT_FAILED;
}

/** Why it cannot be written, read, listed and removed; null if it can. */
async function objectProblem(
  settings: StorageSettings,
  prefix: string,
  hooks: RunHooks,
): Promise<string | null> {
  try {
    await during(
      hooks,
      `trying ${prefix}`,
      () => preflight(settings, prefix, "write", hooks.signal),
    );
    return null;
  } catch (error) {
    if (error instanceof StorageError) return error.message;
    throw error;
  }
}

async function gatherFacts(
  folder: string,
  { env, hooks }: { env: Context["env"]; hooks: RunHooks },
): Promise<DoctorFacts> {
  const { folderFacts, deviceQueue, cache } = await onFileThread(
    hooks,
    `looking at ${folder}`,
    async (files) => {
      const folderFacts = await files.call("folderFacts", folder);
      const { probedPath, writeProblem } = folderFacts;
      const cache = await files.call("cacheFacts", probedPath, writeProblem);
      const deviceQueue = await files.call("deviceQueue", folder);
      return { folderFacts, deviceQueue, cache };
    },
  );
  const { cpuModel, osRelease } = readHostFacts();
  return {
    stokerVersion: STOKER_VERSION,
    denoVersion: Deno.version.deno,
    osRelease: `${Deno.build.os} ${osRelease}`,
    cpuModel,
    room: readHostRoom(),
    processIo: readProcessIo(),
    timer: probeTimer(),
    uring: probeUring(),
    folder: folderFacts,
    deviceQueue,
    cache,
    proxies: Object.fromEntries(
      PROXY_NAMES.flatMap((name) => {
        const text = env(name);
        return text === undefined || text === ""
          ? []
          : [[name, String(maskSecrets(text, name))]];
      }),
    ),
  };
}

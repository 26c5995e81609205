/**
 * A command that several processes carry out together, one of which this is:
 *
 *    join the others → compare version and command line → the command
 *       → the exit status of process 0 → part
 *
 * Process 0 alone speaks to people. Of the others nothing is printed but what
 * only they know, with their host and number before it.
 */
import { readSystemFile } from "../../host/system_file.ts";
import { disagreements, type Facts } from "../../cluster/agreement.ts";
import { aloneAmong, type Joined } from "../../cluster/joined.ts";
import type { ProcessLink } from "../../cluster/link.ts";
import { launcherOf } from "../../cluster/mpi/launcher.ts";
import { decodeMessage, encodeMessage } from "../../cluster/message.ts";
import {
  type HostIdentity,
  placementOf,
  processTitle,
} from "../../cluster/placement.ts";
import { groupTold } from "../../cluster/told_problems.ts";
import { maskSecrets } from "../../config/secrets.ts";
import { part, peerError } from "../../engine/run/together.ts";
import {
  EXIT_DONE,
  EXIT_USAGE,
  InterruptedError,
  PeerError,
  SharedError,
} from "../../errors.ts";
import { Console, type TextSink } from "../console.ts";
import type { Command, Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import { STOKER_VERSION } from "../version.ts";

/** What a process says before it does anything. */
interface Greeting {
  readonly identity: HostIdentity;
  readonly facts: Facts;
  readonly warnings: readonly string[];
}

/** A command that is to be carried out. */
export interface CommandCall {
  readonly line: CommandLine;
  readonly context: Context;
  /** Prints why this process ends. @returns Its exit status. */
  readonly report: (console: Console, error: unknown) => number;
}

/**
 * Carries out a command, together with the other processes of a launch if
 * there are any and the command is for all of them. One that is not, and a dry
 * run, are for the first process; the others have nothing to do.
 *
 * @param command What is done.
 * @returns The exit status.
 */
export async function runLaunched(
  command: Command,
  call: CommandCall,
): Promise<number> {
  const { line, context, report } = call;
  const { flags } = line;
  const launcher = flags.mpi === "off" ? null : launcherOf(context.env);
  if (launcher === null) return await command.run(line, context);
  const isFirst = launcher.rank === null || launcher.rank === 0;
  if (command.spansProcesses !== true || flags["dry-run"]) {
    if (!isFirst) return EXIT_DONE;
    if (command.spansProcesses !== true) {
      return await command.run(line, context);
    }
    const cluster = { rank: 0, size: launcher.size ?? 1 };
    const joined = aloneAmong(cluster, Deno.hostname());
    return await command.run(line, { ...context, joined });
  }
  let link: ProcessLink | undefined;
  try {
    link = await context.joinProcesses?.(flags);
  } catch (error) {
    if (isFirst) throw error;
    const title = `process ${launcher.rank} on ${Deno.hostname()}`;
    return report(titled(context.console, title), error);
  }
  return link === undefined || link.cluster.size === 1
    ? await command.run(line, context)
    : await runJoined(link, command, call);
}

/**
 * Carries out a command with the other processes of a launch.
 *
 * @param link The processes.
 * @param command What is done.
 * @returns The exit status: that of process 0, unless this one failed.
 */
export async function runJoined(
  link: ProcessLink,
  command: Command,
  { line, context, report }: CommandCall,
): Promise<number> {
  const isFirst = link.cluster.rank === 0;
  let title = `process ${link.cluster.rank}`;
  try {
    const joined = await greet(link, line, context.console);
    title = processTitle(joined.placement, link.cluster.rank);
    const code = await command.run(line, {
      ...(isFirst ? context : silent(context)),
      joined,
    });
    return await codeOfFirst(joined, code);
  } catch (error) {
    await part(link, error);
    if (isFirst) return report(context.console, error);
    return report(
      isKnownToFirst(error) ? silentConsole() : titled(context.console, title),
      error,
    );
  } finally {
    await link.close();
  }
}

/**
 * Learns where the processes are and checks that they are about to do the
 * same.
 *
 * @throws {SharedError} In all, with every difference and its hosts.
 */
async function greet(
  link: ProcessLink,
  line: CommandLine,
  console: Console,
): Promise<Joined> {
  const greeting: Greeting = {
    identity: hostIdentity(),
    facts: factsOf(line),
    warnings: boundToOneCore(),
  };
  const all = (await link.toAll(encodeMessage(greeting)))
    .map((bytes) => decodeMessage<Greeting>(bytes));
  const placement = placementOf(all.map(({ identity }) => identity));
  const differences = disagreements(placement, all.map(({ facts }) => facts));
  if (differences.length > 0) {
    throw new SharedError([
      `Cannot run over ${link.cluster.size} processes as all must be the ` +
      "same Stoker with the same command line:\n" +
      differences.map((text) => `  ${text}`).join("\n"),
    ], EXIT_USAGE);
  }
  const warnings = groupTold(placement, all.map((each) => each.warnings));
  if (link.cluster.rank === 0) {
    for (const warning of warnings) console.warn(warning);
  }
  return { link, placement };
}

/** Open MPI binds each of two processes to a core; a process has many threads. */
function boundToOneCore(): string[] {
  const processors = readSystemFile("/proc/cpuinfo").value
    ?.match(/^processor\s*:/gm)?.length ?? 1;
  return navigator.hardwareConcurrency > 1 || processors === 1 ? [] : [
    `all threads of a process share one of ${processors} processors, to ` +
    "which the launcher bound it: mpirun --bind-to none, srun --cpus-per-task",
  ];
}

function hostIdentity(): HostIdentity {
  return {
    hostname: Deno.hostname(),
    bootId: readSystemFile("/proc/sys/kernel/random/boot_id").value?.trim() ??
      "",
  };
}

/** What a line says, secrets masked: in its words' order nothing depends. */
function factsOf(line: CommandLine): Facts {
  const facts: Record<string, string> = {
    "version of Stoker": STOKER_VERSION,
    "command": line.command ?? "",
    "workload": line.workload ?? "",
  };
  for (const name of line.givenFlags) {
    facts[`--${name}`] = String(line.flags[name]);
  }
  for (const { action, path, value } of line.overrides) {
    facts[path] = action === "remove"
      ? "removed"
      : JSON.stringify(maskSecrets(value, path));
  }
  if (line.resultsFolder !== null) facts["results folder"] = line.resultsFolder;
  return facts;
}

/** Of the first process, which alone knows whether the result is good. */
async function codeOfFirst(
  { link, placement }: Joined,
  code: number,
): Promise<number> {
  const own = link.cluster.rank === 0 ? encodeMessage(code) : null;
  try {
    return decodeMessage<number>(await link.fromFirst(own));
  } catch (error) {
    const loss = await Promise.race([link.peerLoss, null]);
    throw loss === null ? error : peerError(placement, loss);
  }
}

/** Whether process 0 tells it, or told it already. */
function isKnownToFirst(error: unknown): boolean {
  if (error instanceof PeerError) {
    // Nobody else tells of a first process that is gone without a word.
    return error.process !== 0 || error.hasSpoken;
  }
  return error instanceof SharedError || error instanceof InterruptedError;
}

/** A context that shows nothing and asks nobody. */
function silent(context: Context): Context {
  const { ask: _, ...rest } = context;
  const console = silentConsole();
  return {
    ...rest,
    console,
    keyboard: null,
    interrupt: () => context.interrupt(console),
  };
}

function silentConsole(): Console {
  const sink: TextSink = { writeSync: (bytes) => bytes.length };
  return new Console({
    stdout: sink,
    stderr: sink,
    isTerminal: false,
    size: () => ({ columns: 80, rows: 24 }),
  });
}

/** A console whose failures begin with a name. */
function titled(console: Console, title: string): Console {
  const titledConsole = silentConsole();
  titledConsole.fail = (text) => console.fail(`${title}: ${text}`);
  return titledConsole;
}

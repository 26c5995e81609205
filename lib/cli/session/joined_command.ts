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
import type { Joined } from "../../cluster/joined.ts";
import type { ProcessLink } from "../../cluster/link.ts";
import { decodeMessage, encodeMessage } from "../../cluster/message.ts";
import {
  type HostIdentity,
  type Placement,
  placementOf,
  processTitle,
} from "../../cluster/placement.ts";
import { groupTold } from "../../cluster/told_problems.ts";
import { maskSecrets } from "../../config/secrets.ts";
import {
  LAST_WORDS_AFTER_SIGNAL_MS,
  silenceText,
} from "../../engine/run/gather_phase.ts";
import { part, peerError } from "../../engine/run/together.ts";
import {
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
  let placement: Placement = { hostnames: [], hostOf: [] };
  try {
    const joined = await greet(link, line, context.console);
    placement = joined.placement;
    const code = await command.run(line, {
      ...(isFirst ? context : silent(context)),
      joined,
    });
    return await codeOfFirst(joined, code);
  } catch (error) {
    await part(link, error);
    if (isFirst) return report(context.console, error);
    const own = await ownError({ link, placement }, error);
    const title = processTitle(placement, link.cluster.rank);
    return report(
      own === null ? silentConsole() : titled(context.console, title),
      own ?? error,
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

/** Longest wait for process 0, if nothing ends this process before. */
const REACH_MS = 5000;

/**
 * What another process than the first has to tell: what it alone knows. Where
 * process 0 is not within reach, one of the others speaks for all: the one that
 * noticed a loss, or process 1 where a launcher ends them.
 *
 * @returns Null if another process tells it.
 */
async function ownError(
  { link, placement }: Joined,
  error: unknown,
): Promise<unknown> {
  if (error instanceof SharedError) return null;
  if (error instanceof PeerError) {
    const isTold = !error.isNoticedHere || await link.reachesFirst(REACH_MS);
    return isTold ? null : error;
  }
  if (!(error instanceof InterruptedError)) return error;
  const isTold = link.cluster.rank !== 1 ||
    await link.reachesFirst(LAST_WORDS_AFTER_SIGNAL_MS);
  return isTold ? null : new InterruptedError(
    `${error.message}; ${silenceText(processTitle(placement, 0))}. Phases ` +
      "that had ended are in its results folder: stoker report shows them",
  );
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

/** A console whose failures begin with a name, and which says nothing else. */
export function titled(console: Console, title: string): Console {
  const titledConsole = silentConsole();
  titledConsole.fail = (text) => console.fail(`${title}: ${text}`);
  return titledConsole;
}

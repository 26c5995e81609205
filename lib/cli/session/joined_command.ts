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
  placementOf,
  processTitle,
} from "../../cluster/placement.ts";
import { maskSecrets } from "../../config/secrets.ts";
import { peerError, tellOthers } from "../../engine/run/together.ts";
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
}

/**
 * Carries out a command with the other processes of a launch.
 *
 * @param link The processes.
 * @param command What is done.
 * @param given The line and the context of this process.
 * @param report Prints why this process ends. @returns Its exit status.
 * @returns The exit status: that of process 0, unless this one failed.
 */
export async function runJoined(
  link: ProcessLink,
  command: Command,
  { line, context, report }: {
    readonly line: CommandLine;
    readonly context: Context;
    readonly report: (console: Console, error: unknown) => number;
  },
): Promise<number> {
  const isFirst = link.cluster.rank === 0;
  let title = `process ${link.cluster.rank}`;
  try {
    const joined = await greet(link, line);
    title = processTitle(joined.placement, link.cluster.rank);
    const code = await command.run(line, {
      ...(isFirst ? context : silent(context)),
      joined,
    });
    return await codeOfFirst(joined, code);
  } catch (error) {
    await tellOthers(link, error);
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
): Promise<Joined> {
  const greeting: Greeting = {
    identity: hostIdentity(),
    facts: factsOf(line),
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
  return { link, placement };
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
  return { ...rest, console: silentConsole(), keyboard: null };
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

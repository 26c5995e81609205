/**
 * A command as it is given: to one process, or by a launcher to several.
 *
 * What several processes need is loaded where there are several.
 */
import { aloneAmong } from "../../cluster/joined.ts";
import type { ProcessLink } from "../../cluster/link.ts";
import { launcherOf } from "../../cluster/mpi/launcher.ts";
import { EXIT_DONE, UsageError } from "../../errors.ts";
import { lazyImport } from "../../lazy_import.ts";
import type { Command, Context } from "../line/command.ts";
import type { FlagValues } from "../line/flags.ts";
import type { CommandCall } from "./joined_command.ts";
import { launchLines } from "./launch_lines.ts";

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
  if (command.spansProcesses === true) {
    if (flags["print-launch"]) {
      return printLaunch(call);
    }
    refuseLaunchFlags(flags);
  }
  const launcher = flags.mpi === "off"
    ? null
    : launcherOf((name) => permitted(context, name));
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
  const { runJoined, titled } = await lazyImport<
    typeof import("./joined_command.ts")
  >(import.meta.resolve("./joined_command.ts"));
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

/** @returns The exit status. */
function printLaunch({ line: { flags }, context }: CommandCall): number {
  context.console.print(launchLines({
    args: context.args,
    program: Deno.build.standalone ? Deno.execPath() : "stoker",
    hosts: flags.hosts,
    perHost: flags["per-host"] ?? 1,
  }));
  return EXIT_DONE;
}

/** @throws {UsageError} If hosts are named that nothing would be started on. */
function refuseLaunchFlags(flags: FlagValues): void {
  for (const name of ["hosts", "per-host"] as const) {
    if (flags[name] === null) continue;
    throw new UsageError(
      `Cannot use --${name} without --print-launch: a launcher starts the ` +
        "processes, see `stoker help hosts`",
    );
  }
}

/** A variable; undefined where it may not be read, as if it were not set. */
function permitted(context: Context, name: string): string | undefined {
  try {
    return context.env(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

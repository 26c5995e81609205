/**
 * A command as it is given: to one process, or by a launcher to several.
 *
 * What several processes need is loaded where there are several.
 */
import { aloneAmong } from "../../cluster/joined.ts";
import type { ProcessLink } from "../../cluster/link.ts";
import { launcherOf } from "../../cluster/mpi/launcher.ts";
import { EXIT_DONE } from "../../errors.ts";
import { lazyImport } from "../../lazy_import.ts";
import type { Command } from "../line/command.ts";
import type { CommandCall } from "./joined_command.ts";

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

/**
 * The workload of a run over several processes: the first one reads settings,
 * variables and files, and the others have what it found. Secrets among the
 * settings cross between processes and go nowhere else.
 */
import { aloneOn } from "../../cluster/joined.ts";
import { answerOfFirst, lossSignal } from "../../engine/run/together.ts";
import type { Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import {
  type LoadOptions,
  loadWorkload,
  type RequestedWorkload,
} from "../line/workload_settings.ts";

/**
 * As {@linkcode loadWorkload}, with the settings of the first process.
 *
 * @throws {ConfigError} With every problem of its settings.
 * @throws {SharedError} The same in all of several processes.
 */
export async function sharedWorkload(
  line: CommandLine,
  context: Context,
  options: LoadOptions = {},
): Promise<RequestedWorkload> {
  const joined = context.joined ?? aloneOn(Deno.hostname());
  if (joined.link.cluster.size === 1) {
    return await loadWorkload(line, context, options);
  }
  const hooks = {
    ...joined,
    signal: AbortSignal.any([context.interrupt(), lossSignal(joined)]),
    stallTimeoutMs: Infinity,
  };
  return await answerOfFirst(
    hooks,
    "process 0 reads the settings",
    () => loadWorkload(line, context, options),
  );
}

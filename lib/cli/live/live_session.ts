/**
 * `--live`: a run with a web server beside it, or without.
 */
import type { RunHooks } from "../../engine/run/run_hooks.ts";
import type { Context } from "../line/command.ts";
import type { LiveAddress } from "./live_address.ts";
import { LiveRun, type LiveRunFacts } from "./live_run.ts";
import { LiveServer } from "./live_server.ts";

/** A run that may be watched. */
export interface LiveSession extends AsyncDisposable {
  /** The run's hooks, so that the page hears of what happens. */
  readonly hooks: RunHooks;
}

/**
 * Begins to listen where `--live` says, and says where that is.
 *
 * @param address Where; null: nobody watches.
 * @param context Where the address is said.
 * @param hooks The run's hooks, which go on as they are.
 * @param facts What is known of the run.
 * @throws {StokerError} If it cannot be listened at.
 */
export function startLive(
  address: LiveAddress | null,
  { console }: Pick<Context, "console">,
  hooks: RunHooks,
  facts: Omit<LiveRunFacts, "moment">,
): LiveSession {
  if (address === null) {
    return { hooks, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const run = new LiveRun({ ...facts, moment: hooks.moment });
  const server = new LiveServer(address, run);
  console.say(`Live: ${server.url}`);
  return {
    hooks: {
      ...hooks,
      onPhaseEnd(phase) {
        run.add(phase);
        return hooks.onPhaseEnd(phase);
      },
      onPhaseWithin(phase) {
        run.add(phase);
        hooks.onPhaseWithin?.(phase);
      },
    },
    async [Symbol.asyncDispose]() {
      run.end();
      await server.end();
    },
  };
}

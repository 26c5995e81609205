/**
 * The records that the processes of a run made of one phase, as one record in
 * process 0.
 *
 *    all at the end of the phase    toFirst -> mergePhases
 *    one was stopped, or is gone    each says what it has (lastToFirst); what
 *                                   came in time is merged, and is incomplete
 */
import { decodeMessage, encodeMessage } from "../../cluster/message.ts";
import { type Placement, processTitle } from "../../cluster/placement.ts";
import { InterruptedError } from "../../errors.ts";
import { mergePhases } from "../../metrics/merge_phases.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import { asError } from "./abort_error.ts";
import type { PhaseOutcome } from "./phase_runner.ts";
import {
  sayLast,
  tellOthers,
  type TogetherHooks,
  waitForOthers,
} from "./together.ts";

/**
 * How long process 0 waits for what others have when one of them is gone:
 * their threads have a second to end.
 */
const LAST_WORDS_MS = 5000;
/**
 * The same after a signal. A launcher that ends its processes kills them a
 * second later (Open MPI), and until then results are to be saved.
 */
export const LAST_WORDS_AFTER_SIGNAL_MS = 300;

/** What one process says of a phase. */
export type Said = Pick<PhaseOutcome, "record" | "within">;

/**
 * Gathers what all processes have of a phase.
 *
 * @param hooks The processes.
 * @param outcome Of this process.
 * @returns Of all processes in process 0, of this one in every other; with an
 *   error in each of them if one was stopped.
 */
export async function gatherPhase(
  hooks: TogetherHooks,
  outcome: PhaseOutcome,
): Promise<PhaseOutcome> {
  const { link } = hooks;
  if (link.cluster.size === 1) return outcome;
  const { record, within } = outcome;
  const bytes = encodeMessage({ record, within });
  let { error } = outcome;
  if (error === null) {
    try {
      const all = await waitForOthers(
        hooks,
        `${record.kind} has ended here`,
        () => link.toFirst(bytes),
      );
      return all === null ? outcome : { ...mergeSaid(all), error };
    } catch (thrown) {
      error = asError(thrown);
    }
  }
  await tellOthers(link, error);
  const last = await sayLast(
    link,
    bytes,
    error instanceof InterruptedError
      ? LAST_WORDS_AFTER_SIGNAL_MS
      : LAST_WORDS_MS,
  );
  if (last === null) return { ...outcome, error };
  if (error instanceof InterruptedError) {
    error = withSilent(error, hooks.placement, last);
  }
  // One that was between two phases has said nothing of this one.
  const heard = last.filter((each) => each !== null)
    .filter(({ length }) => length > 0);
  const said = mergeSaid(heard);
  const isWhole = heard.length === last.length;
  return {
    within: said.within,
    record: isWhole ? said.record : { ...said.record, complete: false },
    error,
  };
}

/**
 * A launcher that loses a process ends the others by a signal, before anybody
 * has missed it: whoever says nothing then is who to look at.
 *
 * @param last What each process said; null: nothing.
 */
function withSilent(
  error: InterruptedError,
  placement: Placement,
  last: readonly (Uint8Array | null)[],
): InterruptedError {
  const silent = [...last.keys()].filter((process) => last[process] === null);
  const [first] = silent;
  if (first === undefined) return error;
  const more = silent.length === 1 ? "" : ` and ${silent.length - 1} more`;
  const title = `${processTitle(placement, first)}${more}`;
  return new InterruptedError(`${error.message}; ${silenceText(title)}`);
}

/** What the silence of a process after a signal means. @param title Its name. */
export function silenceText(title: string): string {
  return `${title} said nothing within ${LAST_WORDS_AFTER_SIGNAL_MS} ms. ` +
    "A launcher that loses a process ends the others so";
}

/** Records that are in memory at once, beside what they are merged into. */
const MERGED_AT_ONCE = 64;

/**
 * Merges what processes said of a phase.
 *
 * @param all At least one; process 0 has always said something.
 */
export function mergeSaid(all: readonly Uint8Array[]): Said {
  let merged: Said[] = [];
  for (let first = 0; first < all.length; first += MERGED_AT_ONCE) {
    const said = all.slice(first, first + MERGED_AT_ONCE)
      .map((bytes) => decodeMessage<Said>(bytes));
    merged = [mergeAtOnce([...merged, ...said])];
  }
  const [whole] = merged;
  if (whole === undefined) throw new RangeError("no process has a record");
  return whole;
}

function mergeAtOnce(said: readonly Said[]): Said {
  const withinCount = Math.max(...said.map(({ within }) => within.length));
  const within = Array.from({ length: withinCount }, (_, index) => {
    const records = said.flatMap((each) => each.within[index] ?? []);
    const merged = mergePhases(records);
    return records.length === said.length
      ? merged
      : { ...merged, complete: false };
  });
  return {
    within,
    record: mergePhases(said.map(({ record }): PhaseRecord => record)),
  };
}

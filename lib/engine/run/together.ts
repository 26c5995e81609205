/**
 * What the processes of a run do together. What goes wrong in one of them is
 * known to all when it returns, so no process goes on alone and none waits for
 * one that has given up:
 *
 *    inEveryProcess      each acts; all wait for all
 *    onFirstTogether     process 0 acts; all wait for it
 *    answerOfFirst       process 0 acts; all have what it answers
 *
 * A single process acts, and nothing else happens. Once the signal of a run
 * was aborted nobody waits here: whoever stops has told the others by
 * {@linkcode tellOthers}.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import { onFirstProcess } from "../../cluster/cluster.ts";
import type { Joined } from "../../cluster/joined.ts";
import type { PeerLoss, ProcessLink } from "../../cluster/link.ts";
import { decodeMessage, encodeMessage } from "../../cluster/message.ts";
import { type Placement, processTitle } from "../../cluster/placement.ts";
import { groupTold } from "../../cluster/told_problems.ts";
import {
  ConfigError,
  EXIT_FAILED,
  PeerError,
  SharedError,
  StokerError,
} from "../../errors.ts";
import { withoutPreflightNames } from "../../storage/preflight_name.ts";
import { abortError } from "./abort_error.ts";
import { during } from "./during.ts";
import type { WaitHooks } from "./wait.ts";

/** What is needed of the hooks of a run. */
export interface TogetherHooks extends WaitHooks, Joined {}

/** What became of an action in one process. */
interface Told {
  /** What went wrong, one text each; empty: nothing. */
  readonly problems: readonly string[];
  readonly exitCode: number;
  /** What the reader of the results should know. */
  readonly warnings: readonly string[];
}

/**
 * Acts in every process, and returns when all have.
 *
 * @param hooks The processes, who shows the wait, and what ends it.
 * @param what For people who wait: "checking memory and disk space".
 * @param action `warn`: tells process 0's `onWarning`, once for equal texts.
 * @param onWarning Hears in process 0 what was warned of in any process.
 * @returns What the action returned here.
 * @throws {SharedError} In all, if it failed in one of several.
 */
export async function inEveryProcess<T>(
  hooks: TogetherHooks,
  what: string,
  action: (warn: (text: string) => void) => Awaitable<T>,
  onWarning: (text: string) => void = () => {},
): Promise<T> {
  const { link, placement, signal } = hooks;
  if (link.cluster.size === 1) return await action(onWarning);
  const warnings: string[] = [];
  let answer: { readonly value: T } | null = null;
  let failure: unknown = null;
  try {
    answer = { value: await action((text) => warnings.push(text)) };
  } catch (error) {
    if (signal.aborted || isKnownToAll(error)) throw error;
    failure = error;
  }
  const all = await exchange(hooks, what, { failure, warnings });
  for (const text of groupTold(placement, all.map((each) => each.warnings))) {
    if (link.cluster.rank === 0) onWarning(text);
  }
  throwShared(
    all,
    groupTold(placement, all.map((each) => each.problems)),
    failure,
  );
  if (answer === null) throw failure;
  return answer.value;
}

/** Tells all processes what became of an action here, and hears of theirs. */
async function exchange(
  hooks: TogetherHooks,
  what: string,
  { failure, warnings }: {
    readonly failure: unknown;
    readonly warnings: readonly string[];
  },
): Promise<readonly Told[]> {
  const told: Told = {
    problems: failure === null ? [] : problemsOf(failure),
    exitCode: failure instanceof StokerError ? failure.exitCode : EXIT_FAILED,
    warnings,
  };
  const all = await waitForOthers(
    hooks,
    what,
    () => hooks.link.toAll(encodeMessage(told)),
  );
  return all.map((bytes) => decodeMessage<Told>(bytes));
}

/**
 * Acts in process 0, and returns in every process when it has.
 *
 * @returns What the action returned; null in every other process.
 * @throws {SharedError} In all, if it failed.
 */
export async function onFirstTogether<T>(
  hooks: TogetherHooks,
  what: string,
  action: () => Awaitable<T>,
): Promise<T | null> {
  const { link, signal } = hooks;
  if (link.cluster.size === 1) return await action();
  let answer: T | null = null;
  let failure: unknown = null;
  try {
    answer = await onFirstProcess(link.cluster, action);
  } catch (error) {
    if (signal.aborted || isKnownToAll(error)) throw error;
    failure = error;
  }
  const all = await exchange(hooks, what, { failure, warnings: [] });
  throwShared(all, all[0]?.problems ?? [], failure);
  return answer;
}

/**
 * Acts in process 0 and gives every process its answer.
 *
 * @param action Answers with plain data, see `encodeMessage`.
 * @throws {SharedError} In all of several, if it failed.
 */
export async function answerOfFirst<T>(
  hooks: TogetherHooks,
  what: string,
  action: () => Awaitable<T>,
): Promise<T> {
  const { link } = hooks;
  const answer = await onFirstTogether(hooks, what, action);
  if (link.cluster.size === 1) return answer as T;
  const bytes = await waitForOthers(
    hooks,
    what,
    () =>
      link.fromFirst(link.cluster.rank === 0 ? encodeMessage(answer) : null),
  );
  return link.cluster.rank === 0 ? answer as T : decodeMessage<T>(bytes);
}

/** Waits until all processes are here. */
export async function meetOthers(
  hooks: TogetherHooks,
  what: string,
): Promise<void> {
  await inEveryProcess(hooks, what, () => {});
}

/**
 * Waits for a call that all processes make. It may take as long as the slowest
 * of them needs; one that is gone ends it by the signal.
 *
 * @param what For people who wait.
 */
export async function waitForOthers<T>(
  hooks: TogetherHooks,
  what: string,
  call: () => Promise<T>,
): Promise<T> {
  return await during(
    { ...hooks, stallTimeoutMs: Infinity },
    `waiting for the other processes: ${what}`,
    async () => {
      try {
        return await call();
      } catch (error) {
        throw await lossOf(hooks) ?? error;
      }
    },
  );
}

/** Why a call failed, if it is that a process is gone. */
async function lossOf(
  { link, placement, signal }: TogetherHooks,
): Promise<Error | null> {
  if (signal.aborted) return abortError(signal);
  // A call that failed for another reason has no loss to wait for.
  const loss = await Promise.race([
    link.peerLoss,
    new Promise<null>((resolve) => setTimeout(resolve, LOSS_MS_MAX, null)),
  ]);
  return loss === null ? null : peerError(placement, loss);
}

/** The call and the loss are told by the same thread, one after the other. */
const LOSS_MS_MAX = 200;

/** The error of a process that another one left. */
export function peerError(placement: Placement, loss: PeerLoss): PeerError {
  return new PeerError(loss.isNoticedHere, lossText(placement, loss));
}

function lossText(
  placement: Placement,
  { process, reason }: PeerLoss,
): string {
  // The library says what failed, not which process it was.
  if (process < 0) return reason ?? "Cannot reach another process of the run";
  const title = processTitle(placement, process);
  return reason === null
    ? `Cannot go on without ${title} as a run needs all of its processes: ` +
      "it is gone without a word"
    : `Cannot go on without ${title}, which ended: ${reason}`;
}

/**
 * Tells the others that this process ends, unless they know: all have the same
 * error, or one of them left first.
 */
export async function tellOthers(
  link: ProcessLink,
  error: unknown,
): Promise<void> {
  if (link.cluster.size === 1 || isKnownToAll(error)) return;
  if (error instanceof Error) TOLD.add(error);
  await link.leave(problemsOf(error).join("; "));
}

/**
 * The last that this process does with the others, but for closing: tells them
 * why it ends, and process 0 that there is nothing more to come from here.
 */
export async function part(link: ProcessLink, error: unknown): Promise<void> {
  await tellOthers(link, error);
  const { rank, size } = link.cluster;
  // All that have a shared error know that nothing was measured.
  if (size === 1 || rank === 0 || error instanceof SharedError) return;
  if (!SPOKEN.has(link)) await sayLast(link, new Uint8Array(), LOSS_MS_MAX);
}

/** See `ProcessLink.lastToFirst`; once for each link. */
export function sayLast(
  link: ProcessLink,
  bytes: Uint8Array,
  timeoutMs: number,
): Promise<(Uint8Array | null)[] | null> {
  SPOKEN.add(link);
  return link.lastToFirst(bytes, timeoutMs);
}

/** Processes that have said their last. */
const SPOKEN = new WeakSet<ProcessLink>();

/** Errors that the others were told of. */
const TOLD = new WeakSet<Error>();

/** Whether no other process has to be told of an error. */
export function isKnownToAll(error: unknown): boolean {
  return error instanceof SharedError || error instanceof PeerError ||
    error instanceof Error && TOLD.has(error);
}

/** Without what differs from process to process by design. */
function problemsOf(error: unknown): readonly string[] {
  const texts = error instanceof ConfigError
    ? error.problems
    : [error instanceof Error ? error.message : String(error)];
  return texts.map(withoutPreflightNames);
}

/**
 * @param problems What went wrong, with where it did; empty: nothing.
 * @param own What went wrong here; a defect is thrown as it is, for its stack.
 */
function throwShared(
  all: readonly Told[],
  problems: readonly string[],
  own: unknown,
): void {
  if (problems.length === 0) return;
  if (own !== null && !(own instanceof StokerError)) throw own;
  const first = all.find((each) => each.problems.length > 0);
  throw new SharedError(problems, first?.exitCode ?? EXIT_FAILED);
}

/** Aborted when another process is gone: its reason is a {@linkcode PeerError}. */
export function lossSignal({ link, placement }: Joined): AbortSignal {
  const controller = new AbortController();
  link.peerLoss.then((loss) => controller.abort(peerError(placement, loss)));
  return controller.signal;
}

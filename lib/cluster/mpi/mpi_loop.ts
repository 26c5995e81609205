/**
 * The one thread of this process that speaks MPI: barriers of its threads,
 * collective calls of its main thread, and the watch over the other processes.
 * Nothing waits inside of MPI once all have met; each turn looks at what is
 * under way.
 *
 *    shared memory  ->  barriers, one communicator per channel
 *    orders         ->  collective calls, one after the other
 *    other processes -> peer watch
 *
 * Between turns it rests:
 *
 *    something is under way   yields its core for 100 µs, as processes that
 *                             come together are through by then; then sleeps
 *                             for an eighth of the time waited, at most 1 ms,
 *                             so that it is late by an eighth of a wait and
 *                             a wait costs few percent of a core
 *    nothing is               sleeps until a thread wakes it, at most 50 ms,
 *                             to hear what the other processes say
 */
import { ConfigError, toPlainError } from "../../errors.ts";
import { type Libc, openLibc } from "../../libc/libc.ts";
import { refuseTimerSlack } from "../../libc/timer_slack.ts";
import { BarrierMemory } from "../barrier_memory.ts";
import { BARRIER_CHANNEL_COUNT } from "../barrier_place.ts";
import { Exchange, type Steps } from "./exchange.ts";
import { closeAfterLoss, closeTogether, lastToFirst } from "./farewell.ts";
import { MpiBarrier } from "./mpi_barrier.ts";
import { MpiCalls, MpiError } from "./mpi_calls.ts";
import { loadMpiLibrary } from "./mpi_library.ts";
import type { MpiOrder, MpiReport, MpiStart, Pieces } from "./mpi_messages.ts";
import { MpiMessenger } from "./mpi_messenger.ts";
import { PeerWatch } from "./peer_watch.ts";

/** How the loop is spoken to; a test gives its own. */
export interface MpiPort {
  post(report: MpiReport, transfer?: Transferable[]): void;
  /** Sets who takes orders from now on. */
  onOrder(take: (order: MpiOrder) => void): void;
}

/** Longest time that the core is only yielded. */
const YIELD_MS = 0.1;
/** Share of the time waited that one sleep lasts, and its bounds. */
const SLEEP_SHARE = 1 / 8;
const MIN_SLEEP_US = 20;
const MAX_SLEEP_US = 1000;
/** Waits longer than this sleep longer, by a smaller share. */
const LONG_WAIT_MS = 100;
const LONG_SLEEP_SHARE = 1 / 80;
const MAX_LONG_SLEEP_US = 10_000;
/** Longest sleep while nothing is under way. */
const IDLE_MS = 50;
/** Time between two looks at the other processes while something is. */
const WATCH_MS = 5;
/** Longest time for telling all others that this process leaves. */
const LEAVE_MS = 2000;

/**
 * Hydra sends it to the processes that live when one has died, where it was
 * told not to kill them (-disable-auto-cleanup): SIGUSR1 of signal(7).
 */
const PEER_SIGNAL = 10;
/** What ignores a signal in `struct sigaction`, its first word. */
const SIG_IGN = 1n;
/** More than `struct sigaction` has on any machine, in words of 8 bytes. */
const SIGACTION_WORDS = 32;

/** Tags of messages of collective calls and of last words. */
const CALL_TAG = 1;
const LAST_TAG = 2;

interface Job {
  readonly id: number;
  readonly steps: Steps<Pieces>;
  /** Goes on after a loss: it is how the processes part. */
  readonly isParting?: true;
}

/**
 * Speaks MPI until the processes part.
 *
 * @param start What the main thread says.
 * @param port The way to it.
 */
export async function runMpiLoop(
  start: MpiStart,
  port: MpiPort,
): Promise<void> {
  try {
    const libc = openLibc();
    if (libc.value === null) throw new ConfigError([libc.reason]);
    refuseTimerSlack();
    await new MpiLoop(start, port, libc.value).run();
  } catch (error) {
    port.post({ type: "failed", error: toPlainError(error) });
  }
}

/** See the file header. */
class MpiLoop {
  readonly #port: MpiPort;
  readonly #libc: Libc;
  readonly #memory: BarrierMemory;
  readonly #mail: Int32Array;
  readonly #calls: MpiCalls;
  readonly #messenger: MpiMessenger;
  readonly #exchange: Exchange;
  readonly #watch: PeerWatch;
  readonly #barriers: readonly MpiBarrier[];
  readonly #ignoring = new BigUint64Array(SIGACTION_WORDS);
  #jobs: Job[] = [];
  #mailTaken = 0;
  #onMail: () => void = () => {};
  #wakeSeen = 0;
  #restlessMs: number;
  #watchMs = 0;
  #isLossTold = false;
  #hasLeft = false;
  #isOver = false;

  constructor(start: MpiStart, port: MpiPort, libc: Libc) {
    this.#port = port;
    this.#libc = libc;
    this.#ignoring[0] = SIG_IGN;
    this.#memory = new BarrierMemory(start.memory);
    this.#mail = new Int32Array(start.mail);
    this.#calls = new MpiCalls(
      loadMpiLibrary(start.candidates, {
        purpose: `for ${start.launcher}`,
        advice: start.advice,
      }),
    );
    this.#calls.init();
    this.#requireAll(start);
    this.#barriers = Array.from(
      { length: BARRIER_CHANNEL_COUNT },
      (_, channel) => new MpiBarrier(this.#calls, this.#memory, channel),
    );
    this.#messenger = new MpiMessenger(
      this.#calls,
      this.#calls.newCommunicator(),
    );
    this.#exchange = new Exchange(this.#messenger, CALL_TAG);
    this.#restlessMs = performance.now();
    this.#watch = new PeerWatch(
      new MpiMessenger(this.#calls, this.#calls.newCommunicator()),
      start.peerTimeoutMs,
      this.#restlessMs,
    );
    port.onOrder((order) => {
      this.#mailTaken++;
      this.#take(order);
      this.#onMail();
    });
    this.#meet(start);
  }

  /** Goes on until the processes have parted. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      this.#wakeSeen = Atomics.load(this.#memory.words, this.#memory.wakeWord);
      while (Atomics.load(this.#mail, 0) !== this.#mailTaken) {
        await new Promise<void>((resolve) => this.#onMail = resolve);
      }
      let hasMoved: boolean;
      try {
        hasMoved = this.#turn();
      } catch (error) {
        if (!(error instanceof MpiError)) throw error;
        this.#break(error);
        return;
      }
      if (!this.#isOver) this.#rest(hasMoved);
    }
  }

  /** Compares what the launcher says with what the library found. */
  #requireAll({ launcher, rank, size }: MpiStart): void {
    const found = this.#calls.size();
    const isAll = size === null
      ? found > 1 || (rank ?? 0) === 0
      : found === size;
    if (isAll) return;
    const { name, path } = this.#calls.library;
    throw new ConfigError([
      `Cannot join the processes of ${launcher} as ${name} (${path}) must ` +
      `find ${size ?? "all"} of them: it finds ${found}; give the library ` +
      `that the launcher belongs to with --mpi PATH` +
      (launcher === "srun" ? ", or choose another srun --mpi=TYPE" : ""),
    ]);
  }

  /** The first exchange: host names. */
  #meet({ launcher, hostname }: MpiStart): void {
    const { rank, size } = this.#messenger;
    const { name, version, path } = this.#calls.library;
    const transport = { library: name, version, path, launcher };
    const post = this.#port.post;
    const exchange = this.#exchange;
    const steps = function* (): Steps<Pieces> {
      const own = new TextEncoder().encode(hostname);
      const decoder = new TextDecoder();
      const hostnames = (yield* exchange.toAll(own)).map((bytes) =>
        decoder.decode(bytes)
      );
      post({ type: "joined", rank, size, transport, hostnames });
      return null;
    };
    this.#jobs.push({ id: -1, steps: steps() });
  }

  #take(order: MpiOrder): void {
    const { id, type } = order;
    if (type === "call") {
      // Answered by the loss instead.
      if (this.#watch.loss !== null || this.#hasLeft) return;
      this.#jobs.push({ id, steps: this.#call(order) });
    } else if (type === "leave") {
      // What all must come to is not answered any more.
      this.#jobs = [{
        id,
        steps: this.#leave(order.reason),
        isParting: true,
      }];
    } else if (type === "last") {
      const lane = new Exchange(this.#messenger, LAST_TAG);
      const { bytes, timeoutMs } = order;
      const steps = lastToFirst(this.#messenger, lane, {
        bytes,
        timeoutMs,
        watch: this.#watch,
      });
      this.#jobs.push({ id, steps, isParting: true });
    } else if (type === "reach") {
      this.#jobs.push({
        id,
        steps: this.#reach(order.timeoutMs),
        isParting: true,
      });
    } else {
      this.#jobs.push({ id, steps: this.#close(), isParting: true });
    }
  }

  *#call(
    { name, bytes }: Extract<MpiOrder, { type: "call" }>,
  ): Steps<Pieces> {
    if (name === "toAll") return yield* this.#exchange.toAll(bytes);
    if (name === "toFirst") return yield* this.#exchange.toFirst(bytes);
    return [yield* this.#exchange.fromFirst(bytes)];
  }

  *#leave(reason: string): Steps<Pieces> {
    this.#hasLeft = true;
    this.#watch.leave(reason, performance.now());
    const endMs = performance.now() + LEAVE_MS;
    while (!this.#watch.isQuiet && performance.now() < endMs) yield;
    return null;
  }

  *#reach(timeoutMs: number): Steps<Pieces> {
    const watch = this.#watch;
    const endMs = performance.now() + timeoutMs;
    while (!watch.isHere(0) && watch.mayBeHere(0)) {
      if (performance.now() > endMs) break;
      yield;
    }
    return watch.isHere(0) ? [] : null;
  }

  *#close(): Steps<Pieces> {
    const isClean = (yield* this.#closeTogether()) ||
      (yield* closeAfterLoss({
        messenger: this.#messenger,
        watch: this.#watch,
        barriers: this.#barriers,
      }));
    if (isClean) {
      this.#port.post({ type: "parted" });
      this.#calls.finalize();
    }
    this.#isOver = true;
    return null;
  }

  /** @returns False where a process has been lost before or meanwhile. */
  *#closeTogether(): Steps<boolean> {
    const parting = closeTogether(this.#exchange, this.#watch, this.#barriers);
    while (!this.#hasLeft && this.#watch.loss === null) {
      if (parting.next().done === true) return true;
      yield;
    }
    return false;
  }

  /** @returns Whether anything went on. */
  #turn(): boolean {
    let hasMoved = false;
    if (this.#watch.loss === null) {
      for (const barrier of this.#barriers) {
        if (barrier.turn()) hasMoved = true;
      }
    }
    const doneCount = this.#messenger.doneCount;
    const job = this.#jobs[0];
    if (job !== undefined) {
      const step = job.steps.next();
      if (step.done === true && this.#jobs[0] === job) {
        this.#jobs.shift();
        this.#answer(job.id, step.value);
      }
    }
    this.#lookAtPeers();
    return hasMoved || this.#messenger.doneCount !== doneCount;
  }

  #answer(id: number, pieces: Pieces): void {
    if (id < 0) return;
    const buffers = (pieces ?? []).flatMap((piece) =>
      piece === null ? [] : [piece.buffer as ArrayBuffer]
    );
    this.#port.post({ type: "answer", id, pieces }, [...new Set(buffers)]);
  }

  #lookAtPeers(): void {
    const nowMs = performance.now();
    if (this.#isBusy() && nowMs - this.#watchMs < WATCH_MS) return;
    this.#watchMs = nowMs;
    // Again and again, as Deno takes over all signals with each that it is to
    // listen to, and starts a debugger with this one. Who died, the watch says.
    this.#libc.sigaction(PEER_SIGNAL, this.#ignoring, null);
    this.#watch.look(nowMs);
    const { loss } = this.#watch;
    if (loss === null || this.#isLossTold) return;
    this.#isLossTold = true;
    // Nobody can come to what all must come to.
    this.#jobs = this.#jobs.filter(({ isParting }) => isParting);
    this.#port.post({ type: "lost", loss });
  }

  #rest(hasMoved: boolean): void {
    const nowMs = performance.now();
    if (hasMoved) this.#restlessMs = nowMs;
    const waitedMs = nowMs - this.#restlessMs;
    if (waitedMs < YIELD_MS) {
      this.#libc.sched_yield();
    } else if (this.#isBusy()) {
      this.#libc.usleep(sleepUs(waitedMs));
    } else {
      const { words, wakeWord } = this.#memory;
      Atomics.wait(words, wakeWord, this.#wakeSeen, IDLE_MS);
      this.#restlessMs = performance.now();
    }
  }

  #isBusy(): boolean {
    return this.#jobs.length > 0 ||
      this.#watch.loss === null &&
        this.#barriers.some(({ isPending }) => isPending);
  }

  /** The library says that it cannot go on; it seldom knows which process. */
  #break(error: MpiError): void {
    if (this.#isLossTold) return;
    const loss = { process: -1, reason: error.message, isNoticedHere: true };
    this.#port.post({ type: "lost", loss });
  }
}

function sleepUs(waitedMs: number): number {
  const [share, most] = waitedMs < LONG_WAIT_MS
    ? [SLEEP_SHARE, MAX_SLEEP_US]
    : [LONG_SLEEP_SHARE, MAX_LONG_SLEEP_US];
  const us = Math.round(waitedMs * 1000 * share);
  return Math.min(Math.max(us, MIN_SLEEP_US), most);
}

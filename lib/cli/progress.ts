/**
 * Progress for people: a pure text of a snapshot, and a display that redraws
 * one line on a terminal and says a plain line now and then elsewhere.
 */
import { formatDuration } from "../bytes/durations.ts";
import { formatBytes } from "../bytes/sizes.ts";
import type { Console } from "./console.ts";

/** How far a phase is, as the engine sampled it. */
export interface ProgressSnapshot {
  /** What is going on: "generate", "train, epoch 2 of 3". */
  readonly phase: string;
  /** Steps, files or whatever {@linkcode unit} says. */
  readonly done: number;
  readonly total: number;
  /** The counted thing, in plural: "steps", "files". */
  readonly unit: string;
  /** Bytes moved in this phase. */
  readonly bytes: number;
  /** Seconds since the phase began. */
  readonly elapsedSeconds: number;
  /** Accelerator utilization so far, 0 to 1; null where there is none. */
  readonly au: number | null;
}

/** Below this a rate says nothing, in seconds. */
const MIN_RATE_SECONDS = 0.5;
/** Between two plain lines, in seconds. */
const PLAIN_LINE_SECONDS = 10;

/**
 * One line about a phase.
 *
 * @returns For example "train, epoch 2 of 3: 120 of 480 steps (25%),
 *   60 steps/s, 1.20 GiB/s, 6s left, AU 97.3%".
 */
export function progressLine(snapshot: ProgressSnapshot): string {
  const { phase, done, total, unit, bytes, elapsedSeconds, au } = snapshot;
  const share = total > 0 ? Math.floor((done / total) * 100) : 100;
  const parts = [`${phase}: ${done} of ${total} ${unit} (${share}%)`];
  if (elapsedSeconds >= MIN_RATE_SECONDS) {
    parts.push(`${rateText(done / elapsedSeconds)} ${unit}/s`);
    if (bytes > 0) parts.push(`${formatBytes(bytes / elapsedSeconds)}/s`);
  }
  const leftSeconds = secondsLeft(snapshot);
  if (leftSeconds !== null) {
    parts.push(`${formatDuration(Math.ceil(leftSeconds))} left`);
  }
  if (au !== null) parts.push(`AU ${(au * 100).toFixed(1)}%`);
  return parts.join(", ");
}

/**
 * Time to the phase's end if it goes on at its mean rate.
 *
 * @returns Seconds; null before there is a rate and after the end.
 */
export function secondsLeft(snapshot: ProgressSnapshot): number | null {
  const { done, total, elapsedSeconds } = snapshot;
  if (elapsedSeconds < MIN_RATE_SECONDS) return null;
  if (done <= 0 || done >= total) return null;
  return ((total - done) * elapsedSeconds) / done;
}

/** Three digits or so: 0.25, 4.2, 17, 1234. */
function rateText(perSecond: number): string {
  if (perSecond < 1) return perSecond.toFixed(2);
  return perSecond < 10 ? perSecond.toFixed(1) : perSecond.toFixed(0);
}

/** What a display is made with. */
export interface ProgressOptions {
  /** False: nothing is shown (`--no-progress`, `--quiet`). */
  readonly isShown: boolean;
}

/** Shows snapshots where people see them. */
export class ProgressDisplay {
  readonly #console: Console;
  readonly #isShown: boolean;
  #phase = "";
  #saidSeconds = 0;

  constructor(console: Console, { isShown }: ProgressOptions) {
    this.#console = console;
    this.#isShown = isShown;
  }

  /** Shows a snapshot, or not yet: call it as often as you like. */
  show(snapshot: ProgressSnapshot): void {
    if (!this.#isShown) return;
    const line = progressLine(snapshot);
    if (this.#console.isTerminal) return this.#console.status(line);
    const { phase, elapsedSeconds } = snapshot;
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#saidSeconds = 0;
    }
    if (elapsedSeconds - this.#saidSeconds < PLAIN_LINE_SECONDS) return;
    this.#saidSeconds = elapsedSeconds;
    this.#console.say(line);
  }

  /** Takes the line away, so that results follow on clean ground. */
  end(): void {
    this.#console.status("");
  }
}

/**
 * Progress for people: pure texts of a running and of a finished phase, and
 * a display that redraws a few lines on a terminal and elsewhere, also as a job
 * in the background of one, prints a plain line from time to time.
 */
import { formatDuration } from "../../bytes/durations.ts";
import { formatBytes } from "../../bytes/sizes.ts";
import type { Snapshot } from "../../metrics/snapshot.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { Wait } from "../../engine/run/run_hooks.ts";
import type { Console } from "../console.ts";
import { plainLine } from "../status_line.ts";
import { liveBlock, rateText } from "../watch/live_block.ts";
import type { RunWatch } from "../watch/run_watch.ts";
import { MIN_RATE_SECONDS, secondsLeft } from "../watch/time_left.ts";

/** Between two looks at a wait; shorter ones are not shown. */
const WAIT_LOOK_SECONDS = 1;
/** Between two drawings, in seconds: faster cannot be read. */
const DRAW_SECONDS = 0.25;
/** Between two plain lines, in seconds. */
const PLAIN_LINE_SECONDS = 10;

/**
 * One line about a running phase.
 *
 * @param title What is going on: "train, epoch 2 of 3".
 * @returns For example "train, epoch 2 of 3: 120 of 480 steps (25%),
 *   60 steps/s, 1.20 GiB/s, 6s left, AU 97.3%".
 */
export function progressLine(title: string, snapshot: Snapshot): string {
  const { done, total, unit } = snapshot;
  const share = total > 0 ? Math.floor((done / total) * 100) : 100;
  const parts = [
    `${title}: ${done} of ${total} ${unit} (${share}%)`,
    ...rateParts(snapshot),
  ];
  const leftSeconds = secondsLeft(snapshot);
  if (leftSeconds !== null) {
    parts.push(`${formatDuration(Math.ceil(leftSeconds))} left`);
  }
  if (snapshot.auPercent !== null) {
    parts.push(`AU ${snapshot.auPercent.toFixed(1)}%`);
  }
  return parts.join(", ");
}

/**
 * One line about a phase that is over.
 *
 * @param snapshot The last one of it.
 */
export function finishedLine(title: string, snapshot: Snapshot): string {
  const { kind, done, unit, bytes, elapsedSeconds } = snapshot;
  const { direction, isCheckpoint } = PHASE_KINDS[kind];
  if (direction === "write" && !isCheckpoint && bytes === 0 && done > 0) {
    return `${title}: nothing to write, all ${done} files are there in full ` +
      `length (looked up in ${formatDuration(elapsedSeconds)})`;
  }
  return [
    `${title}: ${done} ${unit} in ${formatDuration(elapsedSeconds)}`,
    ...(bytes > 0 ? [formatBytes(bytes)] : []),
    ...rateParts(snapshot),
  ].join(", ");
}

function rateParts({ done, unit, bytes, elapsedSeconds }: Snapshot): string[] {
  if (elapsedSeconds < MIN_RATE_SECONDS) return [];
  const parts = [`${rateText(done / elapsedSeconds)} ${unit}/s`];
  if (bytes > 0) parts.push(`${formatBytes(bytes / elapsedSeconds)}/s`);
  return parts;
}

/**
 * One line about something that is waited for.
 *
 * @param doneCount Things that are done; 0 where nobody counts.
 */
export function waitLine(
  what: string,
  doneCount: number,
  elapsedSeconds: number,
): string {
  const count = doneCount > 0 ? `, ${doneCount} so far` : "";
  return `${what}${count} (${formatDuration(Math.floor(elapsedSeconds))})`;
}

/** What a display is made with. */
export interface ProgressOptions {
  /** False: no running phase is shown (`--no-progress`). */
  readonly isShown: boolean;
  /** Whether `q` is listened to. @default {false} */
  readonly hasKeys?: boolean;
}

/** Shows a run where people see it. */
export class ProgressDisplay {
  readonly #console: Console;
  readonly #watch: RunWatch;
  readonly #options: ProgressOptions;
  #title = "";
  #remark = "";
  #saidSeconds = 0;
  #drawnSeconds = -Infinity;
  #waitTimer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param console Where it is shown.
   * @param watch What is shown; it is told of each phase before.
   * @param options How it is shown.
   */
  constructor(console: Console, watch: RunWatch, options: ProgressOptions) {
    this.#console = console;
    this.#watch = watch;
    this.#options = options;
  }

  /**
   * A phase begins.
   *
   * @param remark Said behind the title while it goes on.
   */
  begin(title: string, remark = ""): void {
    this.#title = title;
    this.#remark = remark;
    this.#saidSeconds = 0;
    this.#drawnSeconds = -Infinity;
  }

  /**
   * Shows a wait once it takes longer than a second, then how it goes on.
   *
   * @param wait Null: it is over.
   */
  wait(wait: Wait | null): void {
    if (this.#waitTimer !== undefined) {
      clearInterval(this.#waitTimer);
      this.#waitTimer = undefined;
      this.#console.status([]);
    }
    if (wait === null || !this.#options.isShown) return;
    let elapsedSeconds = 0;
    let saidSeconds = -PLAIN_LINE_SECONDS;
    this.#waitTimer = setInterval(() => {
      elapsedSeconds += WAIT_LOOK_SECONDS;
      const line = waitLine(wait.what, wait.doneCount(), elapsedSeconds);
      if (this.#console.showsStatus()) {
        return this.#console.status([plainLine(line)]);
      }
      if (elapsedSeconds - saidSeconds < PLAIN_LINE_SECONDS) return;
      saidSeconds = elapsedSeconds;
      this.#console.say(line);
    }, WAIT_LOOK_SECONDS * 1000);
  }

  /** Shows a look at a phase, or not yet: call it as often as you like. */
  show(snapshot: Snapshot): void {
    if (!this.#options.isShown) return;
    const { elapsedSeconds } = snapshot;
    if (elapsedSeconds - this.#drawnSeconds < DRAW_SECONDS) return;
    this.#drawnSeconds = elapsedSeconds;
    if (this.#console.showsStatus()) return this.#draw();
    if (elapsedSeconds - this.#saidSeconds < PLAIN_LINE_SECONDS) return;
    this.#saidSeconds = elapsedSeconds;
    this.#console.say(progressLine(this.#title + this.#remark, snapshot));
  }

  /**
   * The phase is over: what was shown gives way to what became of it.
   *
   * @param last The last look at it; null: there was none.
   * @param suffix Follows the line: ", AU 97.3%".
   */
  end(last: Snapshot | null, suffix: string): void {
    this.#console.status([]);
    if (last === null) return;
    this.#console.say(finishedLine(this.#title, last) + suffix);
  }

  #draw(): void {
    const state = this.#watch.state();
    if (state === null) return;
    this.#console.status(liveBlock(state, {
      ...this.#console.statusSize(),
      isUnicode: this.#console.isUnicode,
      hasKeys: this.#options.hasKeys ?? false,
    }));
  }
}

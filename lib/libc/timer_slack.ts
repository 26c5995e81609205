/**
 * How late the kernel may wake a sleeping thread. Linux adds up to 50 µs to
 * every sleep, so that it may wake several threads at once. A thread that
 * emulates compute asks for none of it: what it must wait for on the clock
 * after each sleep is shorter then.
 *
 * Source: prctl(2), PR_SET_TIMERSLACK.
 */
import { openLibc } from "./libc.ts";

const PR_SET_TIMERSLACK = 29;
/** The least there is; 0 would mean the default. */
const LEAST_SLACK_NS = 1n;

/**
 * Makes the calling thread wake as soon after a sleep as the kernel can.
 *
 * @returns False if the kernel was not asked or refused: sleeps are as late as
 *   before, and whoever sleeps learns by how much.
 */
export function refuseTimerSlack(): boolean {
  const { value: libc } = openLibc();
  return libc !== null &&
    libc.prctl(PR_SET_TIMERSLACK, LEAST_SLACK_NS, 0n, 0n, 0n) === 0;
}

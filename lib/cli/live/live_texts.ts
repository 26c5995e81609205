/**
 * The texts of a live page that move with a running phase.
 */
import { formatDuration } from "../../bytes/durations.ts";
import { formatBytes } from "../../bytes/sizes.ts";
import type { LiveText } from "../../report/html/live_data.ts";
import { rateText } from "../watch/live_block.ts";
import type { LiveState } from "../watch/run_watch.ts";

/** Texts by the names of their places. */
export type LiveTexts = Partial<Record<LiveText, string>>;

/**
 * What a page says of a running phase.
 *
 * @param state Null between phases: only that something is waited for.
 */
export function liveTexts(state: LiveState | null): LiveTexts {
  if (state === null) return { progress: "between two phases" };
  const { snapshot, p99Ms, bytesPerSecondNow, fromMemoryFraction } = state;
  const { auPercent } = snapshot;
  return {
    progress: progressText(state),
    ...(auPercent === null ? {} : {
      au: auPercent.toFixed(1),
      "au-note": auNote(state),
    }),
    ...(bytesPerSecondNow === null ? {} : {
      throughput: (bytesPerSecondNow / 2 ** 20).toFixed(1),
      "throughput-note": throughputNote(state),
    }),
    ...(p99Ms === null ? {} : {
      latency: String(Number(p99Ms.toPrecision(3))),
      "latency-note": "of this phase so far",
    }),
    ...(fromMemoryFraction === null ? {} : {
      "trust-note": `from the device ${
        (100 * (1 - fromMemoryFraction)).toFixed(1)
      } %`,
    }),
  };
}

function progressText(state: LiveState): string {
  const { title, snapshot, phaseLeftSeconds, runLeft, slowestRank } = state;
  const { done, total, unit } = snapshot;
  const share = total > 0 ? Math.floor(100 * done / total) : 100;
  const parts = [`${title}: ${done} of ${total} ${unit} (${share} %)`];
  if (phaseLeftSeconds !== null) {
    parts.push(`${formatDuration(Math.ceil(phaseLeftSeconds))} left`);
  }
  if (runLeft !== null) {
    const least = runLeft.isLeast ? "at least " : "";
    parts.push(
      `run ${least}${formatDuration(Math.ceil(runLeft.seconds))} left`,
    );
  }
  if (slowestRank !== null) {
    const { rank, waitingFraction } = slowestRank;
    parts.push(
      `slowest rank ${rank} waits ${(100 * waitingFraction).toFixed(1)} %`,
    );
  }
  return parts.join("; ");
}

function auNote({ auNowPercent, auGoalPercent }: LiveState): string {
  const now = auNowPercent === null ? "" : `now ${auNowPercent.toFixed(1)} %`;
  const goal = auGoalPercent === null
    ? ""
    : `goal ${Number(auGoalPercent.toFixed(1))} %`;
  return [now, goal].filter((text) => text !== "").join(", ");
}

function throughputNote(
  { bytesPerSecond, unitsPerSecond, snapshot }: LiveState,
): string {
  return `now; so far ${formatBytes(bytesPerSecond ?? 0)}/s, ` +
    `${rateText(unitsPerSecond ?? 0)} ${snapshot.unit}/s`;
}

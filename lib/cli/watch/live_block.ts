/**
 * A running phase in a few lines for a terminal of any width:
 *
 *    train, epoch 2 of 3  ████████████▌░░░░░░░░░░░░  52%  250 of 480 steps
 *    11s left  run 1m 02s left  q ends and keeps
 *    AU 97.3% now  96.8% so far  goal 90%
 *    read 1.20 GiB/s now  1.18 GiB/s so far   ▂▃▅▆▇▇▆▅▇█  60 steps/s
 *    p99 4.2ms  from memory 0.0%  slowest rank 3 waits 4.1%
 *
 * A line that is too long loses what matters least, piece by piece.
 */
import { formatDuration } from "../../bytes/durations.ts";
import { formatBytes } from "../../bytes/sizes.ts";
import { CACHE_WARNING_FRACTION } from "../../metrics/cache_truth.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { StatusLine, StyledText, TextStyle } from "../status_line.ts";
import { bar, sparkline } from "./gauges.ts";
import type { LiveState } from "./run_watch.ts";

/** What the terminal is like. */
export interface BlockLook {
  /** Columns that may be used. */
  readonly columns: number;
  /** Lines that may be used, >= 1; the last ones are left out. */
  readonly rows: number;
  /** False: ASCII alone. */
  readonly isUnicode: boolean;
  /** Whether `q` is listened to. */
  readonly hasKeys: boolean;
}

/** Between two pieces of a line. */
const GAP = "  ";
const BAR_COLUMNS = { min: 6, max: 60 };
const SPARK_COLUMNS = { min: 6, max: 60 };

/** A piece of a line; the least important one is left out first. */
interface Piece {
  /** 0 is never left out. */
  readonly importance: number;
  readonly parts: readonly StyledText[];
  /** It takes what is left between these columns. */
  readonly grows?: {
    readonly min: number;
    readonly max: number;
    readonly draw: (columns: number) => string;
  };
}

/**
 * The block.
 *
 * @returns At least one line and at most `rows`.
 */
export function liveBlock(state: LiveState, look: BlockLook): StatusLine[] {
  return [
    headPieces(state, look),
    timePieces(state, look),
    auPieces(state),
    ratePieces(state, look),
    detailPieces(state),
  ].filter((pieces) => pieces.length > 0)
    .slice(0, Math.max(1, look.rows))
    .map((pieces) => fittedLine(pieces, look.columns));
}

function headPieces(
  { title, snapshot: { done, total, unit } }: LiveState,
  { isUnicode }: BlockLook,
): Piece[] {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  return [
    { importance: 0, parts: [{ text: title, style: "strong" }] },
    {
      importance: 2,
      parts: [],
      grows: {
        ...BAR_COLUMNS,
        draw: (columns) => bar(share, columns, isUnicode),
      },
    },
    text(1, "", `${Math.floor(100 * share)}%`.padStart(4)),
    text(3, "", `${done} of ${total} ${unit}`),
  ];
}

function timePieces(
  { snapshot, phaseLeftSeconds, runLeft }: LiveState,
  { hasKeys }: BlockLook,
): Piece[] {
  const { elapsedSeconds } = snapshot;
  const pieces: Piece[] = [];
  if (phaseLeftSeconds !== null) {
    pieces.push(text(0, "", `${wholeSeconds(phaseLeftSeconds)} left`));
  }
  if (runLeft !== null) {
    const least = runLeft.isLeast ? "at least " : "";
    const left = `${least}${wholeSeconds(runLeft.seconds)} left`;
    pieces.push(text(1, "run", left));
  }
  const gone = wholeSeconds(Math.floor(elapsedSeconds));
  pieces.push(text(pieces.length === 0 ? 0 : 3, "", `${gone} gone`));
  if (hasKeys) {
    pieces.push({
      importance: 2,
      parts: [{ text: "q ends and keeps", style: "label" }],
    });
  }
  return pieces;
}

function auPieces(
  { snapshot: { auPercent }, auNowPercent, auGoalPercent }: LiveState,
): Piece[] {
  if (auPercent === null) return [];
  const styleOf = (percent: number): TextStyle => {
    if (auGoalPercent === null) return "strong";
    return percent >= auGoalPercent ? "good" : "bad";
  };
  const now = auNowPercent ?? auPercent;
  return [
    text(0, "AU", `${now.toFixed(1)}%`, "now", styleOf(now)),
    text(1, "", `${auPercent.toFixed(1)}%`, "so far", styleOf(auPercent)),
    ...(auGoalPercent === null
      ? []
      : [text(2, "goal", `${Number(auGoalPercent.toFixed(1))}%`)]),
  ];
}

function ratePieces(state: LiveState, { isUnicode }: BlockLook): Piece[] {
  const { snapshot, bytesPerSecondNow, bytesPerSecond } = state;
  const { unitsPerSecond, bytesPerSecondHistory } = state;
  const pieces: Piece[] = [];
  if (snapshot.bytes > 0 && bytesPerSecondNow !== null) {
    const verb = PHASE_KINDS[snapshot.kind].direction;
    const now = `${formatBytes(bytesPerSecondNow)}/s`;
    pieces.push(text(0, verb, now, "now", "strong"));
    if (bytesPerSecond !== null) {
      const mean = `${formatBytes(bytesPerSecond)}/s`;
      pieces.push(text(2, "", mean, "so far"));
    }
    if (bytesPerSecondHistory.length > 1) {
      pieces.push({
        importance: 1,
        parts: [],
        grows: {
          min: SPARK_COLUMNS.min,
          max: Math.min(SPARK_COLUMNS.max, bytesPerSecondHistory.length),
          draw: (columns) =>
            sparkline(bytesPerSecondHistory, columns, isUnicode),
        },
      });
    }
  }
  if (unitsPerSecond !== null) {
    const rate = `${rateText(unitsPerSecond)} ${snapshot.unit}/s`;
    pieces.push(text(pieces.length === 0 ? 0 : 3, "", rate));
  }
  return pieces;
}

function detailPieces(
  { p99Ms, fromMemoryFraction, slowestRank }: LiveState,
): Piece[] {
  const pieces: Piece[] = [];
  if (p99Ms !== null) {
    pieces.push(text(0, "p99", formatDuration(p99Ms / 1000)));
  }
  if (fromMemoryFraction !== null) {
    const share = `${(100 * fromMemoryFraction).toFixed(1)}%`;
    const isMuch = fromMemoryFraction > CACHE_WARNING_FRACTION;
    const style = isMuch ? "bad" : "plain";
    pieces.push(text(1, "from memory", share, "", style));
  }
  if (slowestRank !== null) {
    const { rank, waitingFraction } = slowestRank;
    const waits = `${rank} waits ${(100 * waitingFraction).toFixed(1)}%`;
    pieces.push(text(2, "slowest rank", waits));
  }
  return pieces;
}

/** "run 1m 02s left": what is around the value is only there to say what. */
function text(
  importance: number,
  before: string,
  value: string,
  after = "",
  style: TextStyle = "plain",
): Piece {
  return {
    importance,
    parts: [
      ...(before === ""
        ? []
        : [{ text: `${before} `, style: "label" as const }]),
      { text: value, style },
      ...(after === "" ? [] : [{ text: ` ${after}`, style: "label" as const }]),
    ],
  };
}

/** Leaves out what does not fit; what grows takes the rest. */
function fittedLine(pieces: readonly Piece[], columns: number): StatusLine {
  let kept = [...pieces];
  while (leastWidth(kept) > columns) {
    const least = kept.reduce((a, b) => b.importance >= a.importance ? b : a);
    if (least.importance === 0) break;
    kept = kept.filter((piece) => piece !== least);
  }
  let spare = Math.max(0, columns - leastWidth(kept));
  return kept.flatMap(({ parts, grows }, index): StyledText[] => {
    const gap = index === 0 ? [] : [{ text: GAP, style: "plain" as const }];
    if (grows === undefined) return [...gap, ...parts];
    const width = Math.min(grows.max, grows.min + spare);
    spare -= Math.max(0, width - grows.min);
    return [...gap, { text: grows.draw(width), style: "plain" }];
  });
}

function leastWidth(pieces: readonly Piece[]): number {
  const widths = pieces.map(({ parts, grows }) =>
    grows?.min ?? parts.reduce((sum, { text }) => sum + text.length, 0)
  );
  return widths.reduce((sum, width) => sum + width, 0) +
    GAP.length * Math.max(0, pieces.length - 1);
}

/** No digits after the point: it would flicker. */
function wholeSeconds(seconds: number): string {
  return seconds > 0 ? formatDuration(Math.ceil(seconds)) : "0s";
}

/** Three digits or so: 0.25, 4.2, 17, 1234. */
export function rateText(perSecond: number): string {
  if (perSecond < 1) return perSecond.toFixed(2);
  return perSecond < 10 ? perSecond.toFixed(1) : perSecond.toFixed(0);
}

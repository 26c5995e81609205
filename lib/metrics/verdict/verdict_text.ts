/**
 * A verdict in one to three plain sentences.
 */
import type { KindSummary } from "../kind_summary.ts";
import { PHASE_KINDS } from "../phase_kinds.ts";
import {
  type EvidenceParts,
  figure,
  ms,
  percent,
  significant,
} from "./evidence.ts";
import { type FoundLimit, FULL_FRACTION } from "./limit.ts";
import type { Verdict } from "./verdict.ts";

/** What a text is made from. */
export interface TextParts extends EvidenceParts {
  readonly accelerators: number;
  readonly found: FoundLimit;
  readonly answer: Verdict["answer"];
  readonly trust: Verdict["trust"];
  readonly reasons: readonly string[];
  /** Of these, the ones that leave nothing to believe. */
  readonly voidReasons: readonly string[];
}

/** Of a run with training or evaluation. */
export function stepsText(parts: TextParts): string {
  const { answer, summary, auGoal, accelerators, voidReasons } = parts;
  const au = summary.steps?.sustainedAuPercent.mean ?? null;
  const figures = `sustained AU ${figure(au)} %, goal ` +
    `${figure(100 * auGoal)} %`;
  switch (answer) {
    case "yes":
      return `Yes. This storage kept ${count(accelerators)} busy: ` +
        `${figures}.${doubtText(parts)}`;
    case "no":
      return `No: ${figures}. ${limitText(parts)}${doubtText(parts)}`;
    case "unknown": {
      const known = au === null || au >= 100 * auGoal
        ? ""
        : ` Even so ${figures}. ${limitText(parts)}`;
      return `Cannot be said: ${voidReasons.join("; ")}.${known}`;
    }
  }
}

/**
 * Of a run that only saves or loads checkpoints.
 *
 * @param kinds One entry for each kind, with what it was limited by.
 */
export function checkpointsText(
  kinds: readonly {
    readonly summary: KindSummary;
    readonly parts: TextParts;
  }[],
): string {
  const [first] = kinds;
  const figures = kinds.map(({ summary }) => {
    const { title } = PHASE_KINDS[summary.kind];
    const { checkpoints } = summary;
    const rate = significant(checkpoints?.gibPerSecond.mean ?? null);
    const isSave = PHASE_KINDS[summary.kind].direction === "write";
    return `${title}: ${rate} GiB/s` +
      (isSave ? `, ${percent(checkpoints?.fsyncFraction ?? 0)} in fsync` : "");
  });
  if (first === undefined) return "";
  return `${figures.join(". ")}. ${limitText(first.parts)}` +
    doubtText(first.parts);
}

function count(accelerators: number): string {
  return `${accelerators} accelerator${accelerators === 1 ? "" : "s"}`;
}

/** With a blank in front; "" where nothing speaks against the figures. */
function doubtText({ trust, reasons }: TextParts): string {
  if (trust === "sound") return "";
  const word = trust === "void" ? "Not to be believed" : "Doubtful";
  return ` ${word}: ${reasons.join("; ")}.`;
}

/** What was the limit, with its strongest numbers. */
function limitText(parts: TextParts): string {
  const { found, signals, lost } = parts;
  switch (found.limit) {
    case "storage":
      return storageText(parts);
    case "client_cpu":
      return clientText(parts);
    case "network":
      return "The network was the limit: its ports carried as much as they " +
        "can.";
    case "barrier": {
      const slow = lost?.slowRank ?? null;
      return slow === null || signals.slowEndpoint !== null
        ? "The barrier was the limit: accelerators waited for each other, " +
          "without waiting for batches."
        : `Rank ${slow.rank} was the limit, the others waited for it: its ` +
          `steps took ${ms(1000 * slow.stepSeconds)} before the barrier, ` +
          `theirs ${ms(1000 * slow.othersStepSeconds)}.`;
    }
    default:
      return mixedText(parts);
  }
}

function storageText({ signals }: TextParts): string {
  const { threads, deviceBusyFraction: busy, slowEndpoint } = signals;
  const facts: string[] = [];
  if (threads !== null) {
    facts.push(
      `${threads.role}s waited for it ${percent(threads.waiting)} of their ` +
        "time",
    );
  }
  if (busy !== null) {
    facts.push(
      `its device was busy ${percent(busy)}` +
        (busy < FULL_FRACTION ? " only" : ""),
    );
  }
  const endpoint = slowEndpoint === null
    ? ""
    : ` ${slowEndpoint.address} was slower than its other endpoints: ` +
      `${ms(slowEndpoint.meanMs)} a request, they ` +
      `${ms(slowEndpoint.othersMeanMs)}.`;
  return `The storage was the limit: ${facts.join(", ")}.${endpoint}`;
}

function clientText({ signals, lost }: TextParts): string {
  const { threads, hostCpuBusyFraction: busy } = signals;
  const facts: string[] = [];
  const onCpu = threads?.onCpu ?? null;
  if (onCpu !== null && (lost === null || lost.load > 0.1)) {
    facts.push(
      `${threads?.role}s were on a processor, or waited for one, ` +
        `${percent(onCpu)} of their time`,
    );
  }
  if (lost !== null && lost.overrun > 0.1) {
    facts.push(`${percent(lost.overrun)} of the lost time was late compute`);
  }
  if (busy !== null) {
    facts.push(`the host's processors were busy ${percent(busy)}`);
  }
  const { ownCpuFraction: own, ownCpuCount, ownCpuSource } = signals;
  if (own !== null && own >= FULL_FRACTION) {
    facts.push(
      `Stoker used ${percent(own)} of the ${figure(ownCpuCount)} that it may ` +
        `use (${ownCpuSource ?? ""})`,
    );
  }
  return "This client's CPU was the limit, not the storage: " +
    `${facts.join(", ")}.`;
}

const PART_NAMES = [
  ["storage", "the storage"],
  ["client_cpu", "this client's CPU"],
  ["network", "the network"],
  ["barrier", "the barrier"],
] as const;

function mixedText({ found: { parts } }: TextParts): string {
  const known = PART_NAMES.filter(([kind]) => parts[kind] >= 0.05)
    .map(([kind, name]) => `${name} ${percent(parts[kind])}`);
  return known.length === 0
    ? "What was the limit is not known."
    : `No single limit: of the lost time ${known.join(", ")}.`;
}

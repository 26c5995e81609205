/**
 * The hosts of a run over several processes, one row each, and how unlike they
 * were.
 */
import { textTable } from "../../bytes/text_table.ts";
import type { HostFigures } from "../../metrics/host_figures.ts";
import { bytesText, fixedText } from "./quantity.ts";

const HEAD = [
  "Host",
  "cores",
  "memory",
  "processes",
  "accelerators",
  "read MiB/s",
  "written MiB/s",
  "CPU busy",
  "device",
  "from memory",
  "waiting",
  "slowest rank",
  "clock",
];

/**
 * Renders the hosts.
 *
 * @param figures Of each; none for a run with a single process.
 * @returns Lines with their line feeds; "" without hosts.
 */
export function hostTable(figures: readonly HostFigures[]): string {
  if (figures.length === 0) return "";
  const rows = figures.map((host) => [
    host.hostname,
    String(host.cpuCount),
    bytesText(host.memoryBytes),
    String(host.processCount),
    String(host.accelerators),
    fixedText(host.readMibPerSecond, 1),
    fixedText(host.writeMibPerSecond, 1),
    percentText(host.cpuBusyFraction),
    bytesText(host.deviceBytes),
    percentText(host.hitFraction),
    percentText(host.waitingFraction),
    host.slowestRank === null ? "n/a" : String(host.slowestRank),
    `${host.clockOffsetSeconds >= 0 ? "+" : ""}${
      (1000 * host.clockOffsetSeconds).toFixed(0)
    } ms`,
  ]);
  const lines = [...textTable([HEAD, ...rows]), ...imbalanceLines(figures)];
  return lines.map((line) => `[STOKER] ${line}\n`).join("");
}

/** The hosts that are furthest apart. */
function imbalanceLines(figures: readonly HostFigures[]): string[] {
  const waiting = extremes(figures, ({ waitingFraction }) => waitingFraction);
  if (waiting !== null) {
    return [
      `Imbalance: accelerators of ${waiting.most.hostname} waited for ` +
      `batches ${percentText(waiting.most.waitingFraction)} of their time, ` +
      `those of ${waiting.least.hostname} ` +
      percentText(waiting.least.waitingFraction),
    ];
  }
  const rates = extremes(
    figures,
    (host) => host.readMibPerSecond ?? host.writeMibPerSecond,
  );
  if (rates === null) return [];
  const text = (host: HostFigures) =>
    fixedText(host.readMibPerSecond ?? host.writeMibPerSecond, 1);
  return [
    `Imbalance: ${rates.least.hostname} moved ${text(rates.least)} MiB/s, ` +
    `${rates.most.hostname} ${text(rates.most)} MiB/s`,
  ];
}

/** Null with fewer than two hosts that tell. */
function extremes(
  figures: readonly HostFigures[],
  valueOf: (host: HostFigures) => number | null,
): { readonly most: HostFigures; readonly least: HostFigures } | null {
  const known = figures.filter((host) => valueOf(host) !== null)
    .sort((a, b) => (valueOf(a) ?? 0) - (valueOf(b) ?? 0));
  const least = known[0];
  const most = known.at(-1);
  return least === undefined || most === undefined || least === most
    ? null
    : { most, least };
}

function percentText(fraction: number | null): string {
  return fraction === null ? "n/a" : `${(100 * fraction).toFixed(1)} %`;
}

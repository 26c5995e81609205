/**
 * `iostat.json`: what `iostat -mdxtcy -o JSON 1` writes, which is what DLIO
 * runs beside a training and what its postprocessor reads.
 *
 *    sysstat.hosts[0].statistics[]    one for each second
 *        timestamp                    local time of its end, MM/DD/YY HH:MM:SS
 *        avg-cpu                      percentages of all processors' time
 *        disk[]                       one for each device
 *
 *    r w d f               reads, writes, discards, flushes
 *    r/s, rMB/s            requests and MiB per second
 *    rrqm/s, rrqm          requests merged into others: per second, in % of all
 *    r_await               mean time of a request, ms
 *    rareq-sz              its mean size, KiB
 *    aqu-sz, util          mean requests in flight; % of the time with any
 *
 * As with iostat, the first report is of the first second, and what is left
 * behind the last whole one has none.
 *
 * Spec: sysstat 12.6, iostat(1), rd_stats.c and iostat.c.
 */
import { localTimestamp } from "./timestamp.ts";

/** Name of the file in the results folder, as DLIO's postprocessor has it. */
export const IOSTAT_NAME = "iostat.json";

const MIB = 2 ** 20;
const KIB = 2 ** 10;

/** Requests of one kind in an interval. */
export interface IostatRequests {
  readonly requests: number;
  readonly merged: number;
  readonly bytes: number;
  /** Sum of the times that requests took. */
  readonly ms: number;
}

/** What one device did in an interval. */
export interface IostatDevice {
  readonly device: string;
  readonly read: IostatRequests;
  readonly write: IostatRequests;
  readonly discard: IostatRequests;
  readonly flush: Pick<IostatRequests, "requests" | "ms">;
  readonly busyMs: number;
  readonly queueMs: number;
}

/** Percentages of all processors' time in an interval. */
export interface IostatCpu {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly iowait: number;
  readonly steal: number;
  readonly idle: number;
}

/** One interval. */
export interface IostatSample {
  /** Milliseconds since 1970 at its end. */
  readonly wallMs: number;
  readonly durationMs: number;
  readonly cpu: IostatCpu;
  readonly devices: Iterable<IostatDevice>;
}

/** The host that was watched, and since when. */
export interface IostatHost {
  readonly hostname: string;
  readonly osRelease: string;
  readonly cpuCount: number;
  /** Milliseconds since 1970. */
  readonly startWallMs: number;
  /** Minutes that local time is ahead of UTC. */
  readonly utcOffsetMinutes: number;
}

/**
 * The text of the file.
 *
 * @param host Whose it is.
 * @param samples In their order.
 * @returns Its pieces, one for each interval, with iostat's line breaks.
 */
export function* iostatPieces(
  host: IostatHost,
  samples: Iterable<IostatSample>,
): Generator<string> {
  const { utcOffsetMinutes } = host;
  const [date] = usTime(host.startWallMs, utcOffsetMinutes).split(" ");
  const head = {
    nodename: host.hostname,
    sysname: "Linux",
    release: host.osRelease,
    machine: Deno.build.arch,
    "number-of-cpus": host.cpuCount,
    date,
  };
  yield `{"sysstat": {\n\t"hosts": [\n\t\t{\n`;
  for (const [key, value] of Object.entries(head)) {
    yield `\t\t\t${JSON.stringify(key)}: ${JSON.stringify(value)},\n`;
  }
  yield `\t\t\t"statistics": [\n`;
  let separator = "\n";
  for (const sample of samples) {
    const timestamp = usTime(sample.wallMs, utcOffsetMinutes);
    const disks = [...sample.devices].map((device) =>
      `\t\t\t\t\t\t${record(diskFields(device, sample.durationMs))}`
    );
    yield separator +
      `\t\t\t\t{\n\t\t\t\t\t"timestamp": "${timestamp}",\n` +
      `\t\t\t\t\t"avg-cpu":  ${record(Object.entries(sample.cpu))},\n` +
      `\t\t\t\t\t"disk": [\n${disks.join(",\n")}\n\t\t\t\t\t]\n\t\t\t\t}`;
    separator = ",\n";
  }
  yield "\n\t\t\t]\n\t\t}\n\t]\n}}\n";
}

/** `MM/DD/YY HH:MM:SS`, as iostat has it in the C locale. */
function usTime(wallMs: number, utcOffsetMinutes: number): string {
  const text = localTimestamp(wallMs, utcOffsetMinutes);
  const [year = "", month = "", day = ""] = text.slice(0, 10).split("-");
  return `${month}/${day}/${year.slice(2)} ${text.slice(11, 19)}`;
}

type Field = readonly [name: string, value: number | string];

function record(fields: readonly Field[]): string {
  const texts = fields.map(([name, value]) =>
    `"${name}": ` +
    (typeof value === "string" ? JSON.stringify(value) : value.toFixed(2))
  );
  return `{${texts.join(", ")}}`;
}

/** In the order of iostat. */
function diskFields(disk: IostatDevice, durationMs: number): Field[] {
  const seconds = durationMs / 1000;
  const kinds = [
    ["r", disk.read],
    ["w", disk.write],
    ["d", disk.discard],
  ] as const;
  const each = (
    nameOf: (letter: string) => string,
    valueOf: (counted: IostatRequests) => number,
  ) =>
    kinds.map(([letter, counted]): Field => [nameOf(letter), valueOf(counted)]);
  const { flush } = disk;
  return [
    ["disk_device", disk.device],
    ...each((kind) => `${kind}/s`, ({ requests }) => requests / seconds),
    ["f/s", flush.requests / seconds],
    ...each((kind) => `${kind}MB/s`, ({ bytes }) => bytes / MIB / seconds),
    ...each((kind) => `${kind}rqm/s`, ({ merged }) => merged / seconds),
    ...each(
      (kind) => `${kind}rqm`,
      ({ requests, merged }) => 100 * ratio(merged, merged + requests),
    ),
    ...each(
      (kind) => `${kind}_await`,
      ({ ms, requests }) => ratio(ms, requests),
    ),
    ["f_await", ratio(flush.ms, flush.requests)],
    ...each(
      (kind) => `${kind}areq-sz`,
      ({ bytes, requests }) => ratio(bytes / KIB, requests),
    ),
    ["aqu-sz", disk.queueMs / durationMs],
    ["util", 100 * disk.busyMs / durationMs],
  ];
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/**
 * What block devices and processors did in each second of a run, for
 * `iostat.json` (`workflow.profiling`).
 *
 * Counters are read on the main thread, which is not in the data path: some
 * 100 µs per second. Reports stay in memory until the run ends, so that
 * nothing is written beside what is measured.
 */
import { type CpuTicks, readCpuTicks } from "../host/host_cpu.ts";
import {
  countedMs,
  type DiskCounters,
  isWholeDevice,
  readDiskStats,
  type RequestCounters,
} from "../host/disk_stats.ts";
import type { Moment } from "../metrics/run_record.ts";
import type {
  IostatCpu,
  IostatDevice,
  IostatRequests,
  IostatSample,
} from "../results/dlio/iostat.ts";

const INTERVAL_MS = 1000;

/**
 * Reports of devices that did something, of all seconds together: 100 MB or
 * so, 17 hours of four busy devices.
 */
const MAX_REPORTS = 250_000;

/** What a log reads, and how it is told of problems. */
export interface DeviceLogOptions {
  /** `profiling.iostat_devices`; empty: all whole devices. */
  readonly devices: readonly string[];
  readonly moment: () => Moment;
  readonly onWarning: (text: string) => void;
  /** @default {250000} */
  readonly maxReports?: number;
  /** What the kernel counts. @default {This host's} */
  readonly kernel?: Kernel;
}

/** What is asked of the kernel; a test gives its own. */
export interface Kernel {
  readonly readDiskStats: typeof readDiskStats;
  readonly readCpuTicks: typeof readCpuTicks;
  readonly isWholeDevice: typeof isWholeDevice;
}

const THIS_HOST: Kernel = { readDiskStats, readCpuTicks, isWholeDevice };

/** Counters at one moment. */
interface Reading {
  readonly at: Moment;
  readonly disks: ReadonlyMap<string, DiskCounters>;
  readonly cpu: CpuTicks;
}

/** See the file header. */
export class DeviceLog {
  /** Of every whole second so far. */
  readonly samples: IostatSample[] = [];
  readonly #options: DeviceLogOptions;
  readonly #kernel: Kernel;
  /** Devices that were named; null: all whole ones. */
  readonly #named: ReadonlySet<string> | null;
  readonly #isWhole = new Map<string, boolean>();
  readonly #idle = new Map<string, IostatDevice>();
  #last: Reading;
  #timer: ReturnType<typeof setInterval> | undefined;
  #reportCount = 0;

  private constructor(options: DeviceLogOptions, first: Reading) {
    this.#options = options;
    this.#kernel = options.kernel ?? THIS_HOST;
    const named = options.devices.map(deviceName);
    this.#named = named.length === 0 ? null : new Set(named);
    this.#last = first;
    for (const name of named) {
      if (first.disks.has(name)) continue;
      options.onWarning(
        `Cannot watch the device ${name} of profiling.iostat_devices as it ` +
          `must be one of this host: ${[...first.disks.keys()].join(", ")}`,
      );
    }
  }

  /**
   * Starts to watch, until {@linkcode DeviceLog.stop}.
   *
   * @returns Null where the kernel does not tell; then the warning says why.
   */
  static start(options: DeviceLogOptions): DeviceLog | null {
    const first = readCounters(options);
    if (typeof first === "string") {
      options.onWarning(
        `Cannot write iostat.json as workflow.profiling asks: ${first}`,
      );
      return null;
    }
    const log = new DeviceLog(options, first);
    log.#timer = setInterval(() => log.look(), INTERVAL_MS);
    return log;
  }

  /** Takes the report of the time since the last look. */
  look(): void {
    if (this.#timer === undefined) return;
    const now = readCounters(this.#options);
    if (typeof now === "string") {
      this.#giveUp(now);
      return;
    }
    const last = this.#last;
    this.#last = now;
    const devices = this.#devicesBetween(last, now);
    this.samples.push({
      wallMs: now.at.wallMs,
      durationMs: (now.at.atSeconds - last.at.atSeconds) * 1000,
      cpu: cpuBetween(last.cpu, now.cpu),
      devices,
    });
    const { maxReports = MAX_REPORTS } = this.#options;
    if (this.#reportCount <= maxReports) return;
    this.#giveUp(`it must not have more than ${maxReports} reports of devices`);
  }

  /** Watches no longer. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #giveUp(reason: string): void {
    this.stop();
    this.#options.onWarning(
      `iostat.json ends ${this.#last.at.atSeconds.toFixed(0)} s after the ` +
        `begin of the run: ${reason}`,
    );
  }

  #devicesBetween(before: Reading, after: Reading): IostatDevice[] {
    const devices: IostatDevice[] = [];
    for (const [name, counters] of after.disks) {
      if (!this.#isWatched(counters)) continue;
      // One that is new counts from zero.
      const device = difference(before.disks.get(name), counters);
      if (isIdle(device)) {
        devices.push(this.#idleDevice(name));
      } else {
        this.#reportCount++;
        devices.push(device);
      }
    }
    return devices;
  }

  /** One object for all seconds: most devices of a host do nothing. */
  #idleDevice(name: string): IostatDevice {
    const known = this.#idle.get(name) ?? idleDevice(name);
    this.#idle.set(name, known);
    return known;
  }

  #isWatched(counters: DiskCounters): boolean {
    const { device } = counters;
    if (this.#named !== null) return this.#named.has(device);
    // As iostat: one that was never used is left out, unless it is named.
    if (counters.read.requests + counters.write.requests === 0) return false;
    let isWhole = this.#isWhole.get(device);
    if (isWhole === undefined) {
      isWhole = this.#kernel.isWholeDevice(device);
      this.#isWhole.set(device, isWhole);
    }
    return isWhole;
  }
}

/** "/dev/sda" is "sda". */
function deviceName(text: string): string {
  return text.replace(/^\/dev\//, "");
}

/** @returns Why there are none, if there are none. */
function readCounters(
  { kernel = THIS_HOST, moment }: DeviceLogOptions,
): Reading | string {
  const disks = kernel.readDiskStats();
  if (disks.value === null) return disks.reason;
  const cpu = kernel.readCpuTicks();
  if (cpu === null) return "/proc/stat has no line of all processors";
  return { at: moment(), disks: disks.value, cpu };
}

/** @param before Undefined: the device was not there. */
function difference(
  before: DiskCounters | undefined,
  after: DiskCounters,
): IostatDevice {
  // One that counts fewer was taken away and came again.
  const since = before !== undefined &&
      before.read.requests <= after.read.requests &&
      before.write.requests <= after.write.requests
    ? before
    : undefined;
  const between = (kind: "read" | "write" | "discard"): IostatRequests =>
    requestsBetween(since?.[kind], after[kind]);
  return {
    device: after.device,
    read: between("read"),
    write: between("write"),
    discard: between("discard"),
    flush: {
      requests: after.flush.requests - (since?.flush.requests ?? 0),
      ms: countedMs(since?.flush.ms ?? 0, after.flush.ms),
    },
    busyMs: countedMs(since?.busyMs ?? 0, after.busyMs),
    queueMs: countedMs(since?.queueMs ?? 0, after.queueMs),
  };
}

function requestsBetween(
  before: RequestCounters | undefined,
  after: RequestCounters,
): IostatRequests {
  return {
    requests: after.requests - (before?.requests ?? 0),
    merged: after.merged - (before?.merged ?? 0),
    bytes: after.bytes - (before?.bytes ?? 0),
    ms: countedMs(before?.ms ?? 0, after.ms),
  };
}

function isIdle(device: IostatDevice): boolean {
  const { read, write, discard, flush, busyMs, queueMs } = device;
  return read.requests + write.requests + discard.requests + flush.requests +
      busyMs + queueMs === 0;
}

const NO_REQUESTS: IostatRequests = { requests: 0, merged: 0, bytes: 0, ms: 0 };

function idleDevice(device: string): IostatDevice {
  return {
    device,
    read: NO_REQUESTS,
    write: NO_REQUESTS,
    discard: NO_REQUESTS,
    flush: NO_REQUESTS,
    busyMs: 0,
    queueMs: 0,
  };
}

function cpuBetween(before: CpuTicks, after: CpuTicks): IostatCpu {
  const ticks = (kind: keyof CpuTicks) =>
    Math.max(0, after[kind] - before[kind]);
  const kinds = ["user", "nice", "system", "ioWait", "steal", "idle"] as const;
  const total = kinds.reduce((sum, kind) => sum + ticks(kind), 0);
  const percent = (kind: keyof CpuTicks) =>
    total === 0 ? 0 : 100 * ticks(kind) / total;
  return {
    user: percent("user"),
    nice: percent("nice"),
    system: percent("system"),
    iowait: percent("ioWait"),
    steal: percent("steal"),
    idle: percent("idle"),
  };
}

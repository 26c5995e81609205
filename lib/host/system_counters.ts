/**
 * All that the kernel counts and a phase's series shows, in one look: the
 * device of a folder, the network, processors, pressure.
 *
 * Which device and which ports these are is found once; a look then costs
 * 0.2 to 0.4 ms of the main thread, once a second.
 */
import { type BlockDevice, findBlockDevice } from "./block_device.ts";
import { type DiskCounters, readDiskStats } from "./disk_stats.ts";
import { parsePressure, readHostCpu } from "./host_cpu.ts";
import { findPorts, portLimit, readNetworkBytes } from "./network_stats.ts";
import { readProcessCpu } from "./process_cpu.ts";
import { type Reading, readSystemFile } from "./system_file.ts";

/** Counters since the host was started, or this process; NaN: not known. */
export interface SystemCounters {
  readonly deviceReadBytes: number;
  readonly deviceWriteBytes: number;
  /** Of each disk under the device: at least one request was in flight. */
  readonly diskBusyMs: readonly number[];
  /** Of all disks: sum over the requests in flight. */
  readonly diskQueueMs: number;
  readonly networkBytes: number;
  /** Of this process, all threads. */
  readonly cpuMs: number;
  readonly hostBusyTicks: number;
  readonly hostAllTicks: number;
  /** A thread waited for a processor, or for input and output. */
  readonly cpuPressureUs: number;
  readonly ioPressureUs: number;
}

/** Looks at the counters of one place. */
export interface SystemProbe {
  /** "vda, /proc/diskstats", or why nothing is known of a device. */
  readonly deviceSource: string;
  readonly networkSource: string;
  /** In one direction; null: files are on this host, or nobody tells. */
  readonly networkLimitBytesPerSecond: number | null;
  readonly read: () => SystemCounters;
}

/**
 * Finds out what is to be looked at.
 *
 * @param place `path`: a folder of this host's file systems; null: files are
 *   elsewhere, for `whyNot`. `usesLoopback`: an endpoint is on this host.
 */
export function systemProbe(
  place: {
    readonly path: string | null;
    readonly whyNot: string;
    readonly usesLoopback: boolean;
  },
): SystemProbe {
  const device: Reading<BlockDevice> = place.path === null
    ? { value: null, reason: place.whyNot }
    : findBlockDevice(place.path);
  const ports = findPorts(place.usesLoopback);
  return {
    deviceSource: device.value === null
      ? device.reason
      : `${device.value.name}, /proc/diskstats`,
    networkSource: ports.length === 0
      ? "/proc/net/dev names no port"
      : `${ports.join(", ")}, /proc/net/dev`,
    networkLimitBytesPerSecond: device.value !== null || place.usesLoopback
      ? null
      : portLimit(ports),
    read: () => readCounters(device.value, ports),
  };
}

function readCounters(
  device: BlockDevice | null,
  ports: readonly string[],
): SystemCounters {
  const stats = device === null ? null : readDiskStats().value;
  const cpu = readProcessCpu().value;
  const host = readHostCpu();
  const ioPressure = readSystemFile("/proc/pressure/io").value ?? "";
  return {
    ...deviceCounters(device, stats),
    networkBytes: readNetworkBytes(ports),
    cpuMs: cpu === null ? NaN : cpu.userMs + cpu.systemMs,
    hostBusyTicks: host.busyTicks ?? NaN,
    hostAllTicks: host.allTicks ?? NaN,
    cpuPressureUs: host.pressureUs ?? NaN,
    ioPressureUs: parsePressure(ioPressure) ?? NaN,
  };
}

/**
 * The part of a look that is of the device.
 *
 * @param stats Of all devices; null if they cannot be read.
 */
export function deviceCounters(
  device: BlockDevice | null,
  stats: ReadonlyMap<string, DiskCounters> | null,
): Pick<
  SystemCounters,
  "deviceReadBytes" | "deviceWriteBytes" | "diskBusyMs" | "diskQueueMs"
> {
  const top = device === null ? undefined : stats?.get(device.name);
  const disks = (device?.disks ?? []).flatMap((name) => stats?.get(name) ?? []);
  return {
    deviceReadBytes: top?.read.bytes ?? NaN,
    deviceWriteBytes: top?.write.bytes ?? NaN,
    diskBusyMs: disks.map(({ busyMs }) => busyMs),
    diskQueueMs: disks.length === 0
      ? NaN
      : disks.reduce((sum, { queueMs }) => sum + queueMs, 0),
  };
}

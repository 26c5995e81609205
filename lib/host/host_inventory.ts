/**
 * What this host is made of, for the description of a system: processors,
 * memory, network ports, operating system, kernel parameters.
 *
 * Everything is read through `/proc` and `/sys`; what they do not tell is
 * null, and nothing is guessed.
 *
 * Spec: proc_cpuinfo(5), proc_sys(5), os-release(5); Linux,
 * Documentation/ABI/testing/sysfs-class-net.
 */
import { readHostFacts } from "./host_facts.ts";
import { readSystemFile } from "./system_file.ts";

/** One port of a network card. */
export interface NetworkPort {
  readonly name: string;
  readonly type: "ethernet" | "infiniband" | "other";
  readonly isUp: boolean;
  /** Gigabits per second; null: the driver does not tell. */
  readonly gigabitsPerSecond: number | null;
}

/** A parameter of the kernel, as sysctl(8) names it. */
export interface KernelParameter {
  readonly name: string;
  readonly value: string;
}

/** What the host is made of. */
export interface HostInventory {
  readonly hostname: string;
  /** Of the machine, from its firmware. */
  readonly chassisModel: string | null;
  readonly cpuModel: string | null;
  readonly socketCount: number | null;
  /** Cores of all sockets, not threads. */
  readonly coreCount: number | null;
  readonly memoryBytes: number;
  readonly networkPorts: readonly NetworkPort[];
  readonly osName: string | null;
  readonly osVersion: string | null;
  readonly kernelRelease: string;
  readonly kernelParameters: readonly KernelParameter[];
}

/** Reads a file of `/proc` or `/sys`; null if there is none. */
type ReadFile = (path: string) => string | null;

/** Those that MLPerf Storage collects and that change what storage does. */
const PARAMETER_NAMES: readonly string[] = [
  "kernel.numa_balancing",
  "net.core.default_qdisc",
  "net.core.netdev_max_backlog",
  "net.core.optmem_max",
  "net.core.rmem_default",
  "net.core.rmem_max",
  "net.core.somaxconn",
  "net.core.wmem_default",
  "net.core.wmem_max",
  "net.ipv4.tcp_congestion_control",
  "net.ipv4.tcp_mtu_probing",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_sack",
  "net.ipv4.tcp_timestamps",
  "net.ipv4.tcp_window_scaling",
  "net.ipv4.tcp_wmem",
  "vm.dirty_background_bytes",
  "vm.dirty_background_ratio",
  "vm.dirty_bytes",
  "vm.dirty_expire_centisecs",
  "vm.dirty_ratio",
  "vm.dirty_writeback_centisecs",
];

/** `ARPHRD_` numbers of linux/if_arp.h. */
const PORT_TYPES: Readonly<Record<string, NetworkPort["type"]>> = {
  "1": "ethernet",
  "32": "infiniband",
};

/** Reads what this host is made of. */
export function readHostInventory(): HostInventory {
  const { hostname, cpuModel, memoryBytes, osRelease } = readHostFacts();
  const read: ReadFile = (path) => readSystemFile(path).value;
  const cpus = parseSockets(read("/proc/cpuinfo") ?? "");
  const os = parseOsRelease(read("/etc/os-release") ?? "");
  return {
    hostname,
    chassisModel: textOrNull(read("/sys/class/dmi/id/product_name")),
    cpuModel: cpuModel === "unknown" ? null : cpuModel,
    ...cpus,
    memoryBytes,
    networkPorts: networkPorts(read),
    osName: os.NAME ?? null,
    osVersion: os.VERSION_ID ?? null,
    kernelRelease: osRelease,
    kernelParameters: kernelParameters(read),
  };
}

/**
 * Counts sockets and cores in the text of `/proc/cpuinfo`.
 *
 * @returns Null twice where it names no sockets, as on many ARM hosts.
 */
export function parseSockets(
  text: string,
): Pick<HostInventory, "socketCount" | "coreCount"> {
  const sockets = new Set<string>();
  const cores = new Set<string>();
  for (const block of text.split("\n\n")) {
    const socket = /^physical id\s*:\s*(\d+)$/m.exec(block)?.[1];
    const core = /^core id\s*:\s*(\d+)$/m.exec(block)?.[1];
    if (socket === undefined || core === undefined) continue;
    sockets.add(socket);
    cores.add(`${socket}/${core}`);
  }
  return {
    socketCount: sockets.size === 0 ? null : sockets.size,
    coreCount: cores.size === 0 ? null : cores.size,
  };
}

/** Takes the lines `NAME=value` and `NAME="value"` of os-release apart. */
export function parseOsRelease(
  text: string,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const match = /^([A-Z0-9_]+)=(["']?)(.*)\2$/.exec(line.trim());
    if (match !== null) found[match[1]!] = match[3]!;
  }
  return found;
}

/**
 * The ports that have a device behind them: no loopback, bridges, tunnels.
 *
 * @param read Reads a file; for tests.
 */
export function networkPorts(read: ReadFile): NetworkPort[] {
  const ports: NetworkPort[] = [];
  for (const line of (read("/proc/net/dev") ?? "").split("\n")) {
    const name = /^\s*([^\s:|]+):/.exec(line)?.[1];
    if (name === undefined) continue;
    const folder = `/sys/class/net/${name}`;
    if (read(`${folder}/device/uevent`) === null) continue;
    const megabits = Number(read(`${folder}/speed`) ?? "-1");
    ports.push({
      name,
      type: PORT_TYPES[(read(`${folder}/type`) ?? "").trim()] ?? "other",
      isUp: read(`${folder}/operstate`)?.trim() === "up",
      gigabitsPerSecond: megabits > 0 ? megabits / 1000 : null,
    });
  }
  return ports;
}

function kernelParameters(read: ReadFile): KernelParameter[] {
  return PARAMETER_NAMES.flatMap((name) => {
    const value = textOrNull(read(`/proc/sys/${name.replaceAll(".", "/")}`));
    return value === null ? [] : [{ name, value: value.replace(/\s+/g, " ") }];
  });
}

function textOrNull(text: string | null): string | null {
  return text === null || text.trim() === "" ? null : text.trim();
}

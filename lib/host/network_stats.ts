/**
 * Bytes that this host's network ports received and sent.
 *
 *    eth0: 9825667404  260335    0 ...   13268588  166862    0 ...
 *    name: received bytes, packets ...   sent bytes, packets ...
 *
 * Ports made of others (bridges, bonds, VLANs, tunnels) would be counted
 * twice: those alone count that have a device behind them. Where no port has
 * one, as in a container, all but the loopback do.
 *
 * Spec: proc_pid_net(5); Linux, Documentation/ABI/testing/sysfs-class-net.
 */
import { readSystemFile } from "./system_file.ts";

const NET_DEV_PATH = "/proc/net/dev";
/** Place of the sent bytes behind the colon. */
const SENT_INDEX = 8;
const LOOPBACK = "lo";

/** Bytes of one port since the host was started. */
export interface PortBytes {
  readonly name: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** Takes `/proc/net/dev` apart; its two title lines are left out. */
export function parseNetDev(text: string): PortBytes[] {
  const ports: PortBytes[] = [];
  for (const line of text.split("\n")) {
    const [, name, rest] = /^\s*([^\s:|]+):(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    const counts = rest.trim().split(/\s+/).map(Number);
    ports.push({
      name,
      receivedBytes: counts[0] ?? 0,
      sentBytes: counts[SENT_INDEX] ?? 0,
    });
  }
  return ports;
}

/**
 * Chooses the ports that count.
 *
 * @param ports All that there are.
 * @param hasDevice Whether a port has a device behind it.
 * @param usesLoopback Whether an endpoint is on this host.
 * @returns Their names.
 */
export function countedPorts(
  ports: readonly PortBytes[],
  hasDevice: (name: string) => boolean,
  usesLoopback: boolean,
): string[] {
  const names = ports.map(({ name }) => name);
  const others = names.filter((name) => name !== LOOPBACK);
  const real = others.filter(hasDevice);
  return [
    ...real.length > 0 ? real : others,
    ...usesLoopback && names.includes(LOOPBACK) ? [LOOPBACK] : [],
  ];
}

/** Chooses this host's ports; see {@linkcode countedPorts}. */
export function findPorts(usesLoopback: boolean): string[] {
  const text = readSystemFile(NET_DEV_PATH).value ?? "";
  const hasDevice = (name: string) =>
    readSystemFile(`/sys/class/net/${name}/device/uevent`).value !== null;
  return countedPorts(parseNetDev(text), hasDevice, usesLoopback);
}

/**
 * What some ports can carry together in one direction.
 *
 * @returns Bytes a second; null if one of them does not tell.
 */
export function portLimit(names: readonly string[]): number | null {
  let limit = 0;
  for (const name of names) {
    const text = readSystemFile(`/sys/class/net/${name}/speed`).value ?? "";
    const megabits = parseInt(text, 10);
    if (!(megabits > 0)) return null;
    limit += megabits * 1e6 / 8;
  }
  return limit > 0 ? limit : null;
}

/** Received and sent by some ports together: 50 µs. NaN: nobody tells. */
export function readNetworkBytes(names: readonly string[]): number {
  const text = readSystemFile(NET_DEV_PATH).value;
  if (text === null || names.length === 0) return NaN;
  return networkBytes(parseNetDev(text), names);
}

/**
 * Adds up some ports. The loopback receives what it sends: it counts once.
 *
 * @param names Of the ports that count.
 */
export function networkBytes(
  ports: readonly PortBytes[],
  names: readonly string[],
): number {
  let bytes = 0;
  for (const { name, receivedBytes, sentBytes } of ports) {
    if (!names.includes(name)) continue;
    bytes += receivedBytes + (name === LOOPBACK ? 0 : sentBytes);
  }
  return bytes;
}

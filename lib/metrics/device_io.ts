/**
 * What of a phase's bytes reached a device, by the way that they take there:
 *
 *    nothing   storage that moves no bytes        not known: there is no device
 *    network   requests to an object store        all of them
 *    direct    files past the page cache          what the kernel counted, at
 *                                                 most what was asked for
 *    cached    files through the page cache       what the kernel counted
 *
 * Asking for O_DIRECT is no proof: holes are read without the device, and a
 * file system may compress or use the page cache all the same.
 */
import type { DeviceIo } from "./run_record.ts";

/** How bytes get from a storage to a device. */
export interface DevicePath {
  readonly way: "nothing" | "network" | "direct" | "cached";
  /**
   * Why the kernel's counters are not those of the device; null: they are,
   * or nothing is known against it.
   */
  readonly uncountedReason: string | null;
}

/** A device that moved less of what was asked for fell short. */
export const SHORTFALL_FRACTION = 0.95;

/**
 * Bytes that reached the device.
 *
 * @param bytesRequested What the phase asked for, in bytes.
 * @param counted What the kernel counted, or why it did not.
 * @param path The way that the bytes took.
 * @returns Bytes and how they are known; null where they cannot be.
 */
export function deviceIo(
  bytesRequested: number,
  counted: DeviceIo,
  { way, uncountedReason }: DevicePath,
): DeviceIo {
  if (way === "nothing") {
    return { bytes: null, source: "null storage moves no bytes" };
  }
  if (way === "network") {
    return {
      bytes: bytesRequested,
      source: "every byte bypasses the cache: sent over the network",
    };
  }
  if (uncountedReason !== null) {
    return { bytes: null, source: `cannot be known: ${uncountedReason}` };
  }
  if (way === "cached" || counted.bytes === null) return counted;
  return {
    // Whole blocks are read for the ends of files.
    bytes: Math.min(counted.bytes, bytesRequested),
    source: `O_DIRECT, ${counted.source}`,
  };
}

/**
 * Whether a device moved far less than was asked for.
 *
 * @param bytesRequested What was asked for, in bytes.
 * @param device What it moved.
 */
export function fallsShort(bytesRequested: number, device: DeviceIo): boolean {
  return device.bytes !== null &&
    device.bytes < SHORTFALL_FRACTION * bytesRequested;
}

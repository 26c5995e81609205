/**
 * What of this host is looked at second by second while a phase moves bytes
 * from or to a place: the device below it, or the network.
 */
import { type SystemProbe, systemProbe } from "../../host/system_counters.ts";
import type { Storage } from "../../storage/storage.ts";

/** Names and addresses of this host itself. */
const LOOPBACK_HOST = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Finds the device and the network ports of a place, once for a run.
 *
 * @param place Where files are.
 * @param endpoints Addresses that requests go to; none for files.
 */
export function placeProbe(
  { storage, folder }: {
    readonly storage: Pick<Storage, "hostPath" | "keepsNothing" | "label">;
    readonly folder: string;
  },
  endpoints: readonly string[],
): SystemProbe {
  const { hostPath, keepsNothing, label } = storage;
  return systemProbe({
    path: hostPath?.call(storage, folder) ?? null,
    whyNot: keepsNothing === true
      ? "null storage has no device"
      : `${label}: the device is not this host's`,
    usesLoopback: endpoints.some(isOnThisHost),
  });
}

/** Whether an address names this host by its loopback. */
function isOnThisHost(address: string): boolean {
  return URL.canParse(address) && LOOPBACK_HOST.test(new URL(address).hostname);
}

/**
 * What of this host is looked at second by second while a phase moves bytes
 * from or to a place: the device below it, or the network.
 */
import { type SystemProbe, systemProbe } from "../../host/system_counters.ts";
import type { Storage } from "../../storage/storage.ts";
import { hostCallsOf } from "../files/threaded_storage.ts";
import { during } from "./during.ts";
import type { WaitHooks } from "./wait.ts";

/** Names and addresses of this host itself. */
const LOOPBACK_HOST = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Finds the device and the network ports of a place, once for a run.
 *
 * @param place Where files are.
 * @param endpoints Addresses that requests go to; none for files.
 * @param hooks Who shows the wait for its storage, and what ends it.
 */
export async function placeProbe(
  { storage, folder }: {
    readonly storage: Pick<Storage, "hostPath" | "keepsNothing" | "label">;
    readonly folder: string;
  },
  endpoints: readonly string[],
  hooks: WaitHooks,
): Promise<SystemProbe> {
  const { hostPath, keepsNothing, label } = storage;
  const path = hostPath?.call(storage, folder) ?? null;
  const device = path === null
    ? {
      value: null,
      reason: keepsNothing === true
        ? "null storage has no device"
        : `${label}: the device is not this host's`,
    }
    : await during(
      hooks,
      `looking for the device of ${path}`,
      async () => await hostCallsOf(storage).blockDevice(path),
    );
  return systemProbe({
    device,
    usesLoopback: endpoints.some(isOnThisHost),
  });
}

/** Whether an address names this host by its loopback. */
function isOnThisHost(address: string): boolean {
  return URL.canParse(address) && LOOPBACK_HOST.test(new URL(address).hostname);
}

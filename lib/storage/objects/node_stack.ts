/**
 * What Deno's own node:http, node:net and node:tls can do: executables have
 * Deno 2.4.2 inside, whose are older.
 */
import { ConfigError } from "../../errors.ts";
import type { TransportSettings } from "./object_client.ts";
import { proxyFor } from "./proxy.ts";

/**
 * Whether a version's node:http keeps connections and takes IPv6 addresses, and
 * its node:tls can begin on a connection that is there. With Deno 2.4 each
 * request opens a connection, one to `[::1]` never ends, and TLS through a
 * proxy ends with "Bad resource ID".
 *
 * @param denoVersion Such as "2.4.2".
 */
export function nodeStackServes(denoVersion: string): boolean {
  const [major = 0, minor = 0] = denoVersion.split(".").map(Number);
  // Those between 2.4 and 2.9 were not tried.
  return major > 2 || (major === 2 && minor >= 9);
}

/**
 * Refuses TLS through a proxy where requests go over undici and this Deno's
 * node:tls cannot do it.
 *
 * @param endpoint Address that is asked.
 * @param who What makes requests go over undici: "storage_library = minio".
 * @param denoVersion @default {that of this process}
 * @throws {ConfigError} If it cannot.
 */
export function checkTunnel(
  endpoint: string,
  { proxies }: Pick<TransportSettings, "proxies">,
  who: string,
  denoVersion = Deno.version.deno,
): void {
  const proxy = proxyFor(endpoint, proxies);
  if (proxy === null || !endpoint.startsWith("https:")) return;
  if (nodeStackServes(denoVersion)) return;
  throw new ConfigError([
    `Cannot use ${who} for ${endpoint} through the proxy ${proxy.origin} as ` +
    `node:tls must begin on the proxy's connection: that of Deno ` +
    `${denoVersion} cannot; use storage_library fetch with a certificate that ` +
    "can be checked, name the host in NO_PROXY, or run Stoker with Deno 2.9",
  ]);
}

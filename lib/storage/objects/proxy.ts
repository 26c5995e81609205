/**
 * Whether requests go through an HTTP proxy: decided here for all libraries,
 * which would otherwise each heed other variables, or none.
 *
 *    https_proxy, http_proxy   by the scheme of the address that is asked
 *    no_proxy                  names with all below them, addresses, networks
 *                              such as 10.0.0.0/8, or "*", with commas
 *
 * They are filled from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY and the
 * same in small letters. A proxy may be an `http:` address only: no SOCKS, no
 * TLS to the proxy itself.
 */
import { isInNetwork, parseIpAddress } from "../../bytes/ip_address.ts";

/** Plain, frozen data of a connection. */
export interface ProxySettings {
  /** For addresses that begin with "http:"; null: none. */
  readonly http: string | null;
  /** For addresses that begin with "https:"; null: none. */
  readonly https: string | null;
  /** What is asked without a proxy. */
  readonly except: readonly string[];
}

/** Every address is asked directly. */
export const NO_PROXIES: ProxySettings = {
  http: null,
  https: null,
  except: [],
};

/** A proxy, taken apart. */
export interface Proxy {
  /** For messages: without user and password. */
  readonly origin: string;
  readonly hostname: string;
  readonly port: number;
  /** Null: it wants none. */
  readonly credentials: {
    readonly username: string;
    readonly password: string;
  } | null;
}

/**
 * The proxy that an address is asked through.
 *
 * @returns Null: it is asked directly.
 */
export function proxyFor(
  address: string,
  { http, https, except }: ProxySettings,
): Proxy | null {
  if (http === null && https === null) return null;
  const { protocol, hostname } = new URL(address);
  const text = protocol === "https:" ? https : http;
  if (text === null || isExcepted(hostname, except)) return null;
  return parseProxy(text);
}

/**
 * Takes the address of a proxy apart; without a scheme it is `http:`.
 *
 * @returns Null if it is no address of an HTTP proxy.
 */
export function parseProxy(text: string): Proxy | null {
  const address = text.includes("://") ? text : `http://${text}`;
  if (!URL.canParse(address)) return null;
  const { protocol, hostname, port, host, username, password } = new URL(
    address,
  );
  if (protocol !== "http:" || hostname === "") return null;
  return {
    origin: `http://${host}`,
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port || 80),
    credentials: username === "" && password === "" ? null : {
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
    },
  };
}

/** Value of the header `proxy-authorization`; null: none. */
export function proxyAuthorization({ credentials }: Proxy): string | null {
  if (credentials === null) return null;
  const { username, password } = credentials;
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function isExcepted(hostname: string, except: readonly string[]): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const address = parseIpAddress(host);
  return except.some((entry) => {
    if (entry === "*") return true;
    if (address === null) {
      const domain = entry.toLowerCase().replace(/^\*?\./, "");
      return host === domain || host.endsWith(`.${domain}`);
    }
    return isInNetwork(address, entry.replaceAll(/[[\]]/g, ""));
  });
}

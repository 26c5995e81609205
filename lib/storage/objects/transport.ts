/**
 * The transport of `fetch`: Deno's own pool, a pool that trusts further
 * authorities or goes through a proxy, or, with `insecure`, one that accepts
 * any certificate.
 */
import type { TransportSettings } from "./object_client.ts";
import { type Proxy, proxyFor } from "./proxy.ts";
import { UndiciStack } from "./undici_stack.ts";

/** A fetch, and what it keeps open. */
export interface Transport {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** As `fetch`, of a request that is made with {@linkcode requestInit}. */
  readonly fetchRequest: (request: Request) => Promise<Response>;
  /** Options that a `Request` of this address needs to go this way. */
  readonly requestInit: (url: string) => RequestInit;
  close(): void;
}

/** Makes the transport that the settings name. */
export function createTransport(settings: TransportSettings): Transport {
  const usual = new UsualTransport(settings);
  return settings.tls.insecure ? uncheckedTransport(settings, usual) : usual;
}

/** Deno's own fetch. */
class UsualTransport implements Transport {
  readonly #settings: TransportSettings;
  /** By the address of their proxies; "": none. */
  readonly #clients = new Map<string, Deno.HttpClient>();
  /** Nothing is special: fetch's own client does. */
  readonly #isPlain: boolean;

  constructor(settings: TransportSettings) {
    this.#settings = settings;
    const { tls, proxies } = settings;
    this.#isPlain = tls.caCerts === null && proxies.http === null &&
      proxies.https === null;
  }

  fetch = (url: string, init: RequestInit): Promise<Response> =>
    fetch(url, this.#isPlain ? init : { ...init, ...this.requestInit(url) });

  fetchRequest = (request: Request): Promise<Response> => fetch(request);

  requestInit = (url: string): RequestInit => {
    if (this.#isPlain) return {};
    const { tls, proxies } = this.#settings;
    const proxy = proxyFor(url, proxies);
    if (proxy === null && tls.caCerts === null) return {};
    const key = proxy?.origin ?? "";
    let client = this.#clients.get(key);
    if (client === undefined) {
      client = createClient(tls.caCerts, proxy);
      this.#clients.set(key, client);
    }
    return { client } as RequestInit;
  };

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}

function createClient(
  caCerts: string | null,
  proxy: Proxy | null,
): Deno.HttpClient {
  return Deno.createHttpClient({
    ...(caCerts === null ? {} : { caCerts: [caCerts] }),
    ...(proxy === null ? {} : {
      proxy: {
        url: proxy.origin,
        ...(proxy.credentials === null
          ? {}
          : { basicAuth: { ...proxy.credentials } }),
      },
    }),
    http2: false,
  });
}

/** Plain HTTP has no certificates: it goes the usual way. */
function uncheckedTransport(
  settings: TransportSettings,
  usual: Transport,
): Transport {
  const unchecked = new UndiciStack(settings);
  const isTls = (url: string) => url.startsWith("https:");
  return {
    fetch: (url, init) =>
      isTls(url) ? unchecked.fetch(url, init) : usual.fetch(url, init),
    fetchRequest: (request) =>
      isTls(request.url)
        ? unchecked.fetchRequest(request)
        : usual.fetchRequest(request),
    requestInit: (url) => isTls(url) ? {} : usual.requestInit(url),
    close: () => {
      unchecked.close();
      usual.close();
    },
  };
}

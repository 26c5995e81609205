/**
 * The transport of `fetch`: Deno's own pool, a pool that trusts further
 * authorities, or, with `insecure`, one that accepts any certificate.
 */
import type { TlsSettings } from "./object_client.ts";
import { UndiciTls } from "./undici_tls.ts";

/** A fetch, and what it keeps open. */
export interface Transport {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** As `fetch`, of a request that is made already. */
  readonly fetchRequest: (request: Request) => Promise<Response>;
  /** Options that `Request` needs to go this way. */
  readonly requestInit: RequestInit;
  close(): void;
}

/** Makes the transport that the settings name. */
export function createTransport(tls: TlsSettings): Transport {
  const { caCerts, insecure } = tls;
  if (insecure) return uncheckedTransport(tls);
  if (caCerts === null) {
    return { fetch, fetchRequest: fetch, requestInit: {}, close: () => {} };
  }
  const client = Deno.createHttpClient({ caCerts: [caCerts], http2: false });
  return {
    fetch: (url, init) => fetch(url, { ...init, client }),
    fetchRequest: fetch,
    requestInit: { client } as RequestInit,
    close: () => client.close(),
  };
}

/** Plain HTTP has no certificates: it goes the usual way. */
function uncheckedTransport(tls: TlsSettings): Transport {
  const unchecked = new UndiciTls(tls);
  const isTls = (url: string) => url.startsWith("https:");
  return {
    fetch: (url, init) =>
      isTls(url) ? unchecked.fetch(url, init) : fetch(url, init),
    fetchRequest: (request) =>
      isTls(request.url) ? unchecked.fetchRequest(request) : fetch(request),
    requestInit: {},
    close: () => unchecked.close(),
  };
}

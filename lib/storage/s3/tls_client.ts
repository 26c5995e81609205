/**
 * A connection pool for fetch that trusts other certificates than the
 * system's.
 */
import type { TlsSettings } from "./object_client.ts";

/** @returns Null if the default pool will do. */
export function createTlsClient({ caCerts }: TlsSettings) {
  if (caCerts === null) return null;
  return Deno.createHttpClient({ caCerts: [caCerts], http2: false });
}

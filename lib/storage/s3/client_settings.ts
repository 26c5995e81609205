/**
 * What every client library of S3 is made with.
 */
import type { TlsSettings } from "../objects/object_client.ts";
import type { ProxySettings } from "../objects/proxy.ts";

/** What a client is made with: one endpoint, one identity. */
export interface ClientSettings {
  /** Scheme, host and port, without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  /** True: bucket in the path; false: bucket in front of the host. */
  readonly pathStyle: boolean;
  readonly tls: TlsSettings;
  readonly proxies: ProxySettings;
}

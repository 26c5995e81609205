/**
 * TLS in front of a server that speaks plain HTTP, with a certificate of an
 * authority that nobody knows; both are made here, each time anew.
 */
// The certificates' package is put together by decorators, which need it.
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING_ALGORITHM = { name: "ECDSA", hash: "SHA-256" } as const;
const HOUR_MS = 3_600_000;

/** A server's certificate and who signed it, all in PEM. */
export interface Credentials {
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes an authority and a certificate of it for 127.0.0.1. */
export async function createCredentials(): Promise<Credentials> {
  const common = {
    notBefore: new Date(Date.now() - HOUR_MS),
    notAfter: new Date(Date.now() + HOUR_MS),
    signingAlgorithm: SIGNING_ALGORITHM,
  };
  const authorityKeys = await createKeys();
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...common,
    name: "CN=Authority of Stoker's tests",
    keys: authorityKeys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
    ],
  });
  const keys = await createKeys();
  const certificate = await X509CertificateGenerator.create({
    ...common,
    subject: "CN=127.0.0.1",
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }]),
    ],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    authority: authority.toString("pem"),
    cert: certificate.toString("pem"),
    key: PemConverter.encode(key, "PRIVATE KEY"),
  };
}

async function createKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(KEY_ALGORITHM, true, [
    "sign",
    "verify",
  ]);
}

/** A running front. */
export interface TlsFront {
  /** "https://127.0.0.1:port". */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts a front on a free port. */
export function startTlsFront(
  upstream: string,
  { cert, key }: Credentials,
): TlsFront {
  const { hostname, port } = new URL(upstream);
  const listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert,
    key,
  });
  const open = new Set<Deno.Conn>();
  let isStopped = false;
  const pump = async (from: Deno.Conn, to: Deno.Conn) => {
    // Either side ends both: HTTP has no use for half a connection.
    await from.readable.pipeTo(to.writable).catch(() => {});
    for (const each of [from, to]) close(each);
  };
  const serve = async (client: Deno.TlsConn) => {
    open.add(client);
    try {
      // Fails where the client does not trust us.
      await client.handshake();
      const server = await Deno.connect({ hostname, port: Number(port) });
      open.add(server);
      await Promise.all([pump(client, server), pump(server, client)]);
      open.delete(server);
    } catch {
      close(client);
    }
    open.delete(client);
  };
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for (;;) {
      try {
        serving.push(serve(await listener.accept()));
      } catch {
        // Stopped, or a client that went away while it was accepted.
        if (isStopped) return;
      }
    }
  })();
  return {
    endpoint: `https://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    stop: async () => {
      isStopped = true;
      listener.close();
      for (const each of open) close(each);
      await Promise.all([accepting, ...serving]);
    },
  };
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed by the other side.
  }
}

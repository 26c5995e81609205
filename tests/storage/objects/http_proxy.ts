/**
 * A proxy as companies have it: plain HTTP by whole addresses, tunnels for
 * TLS. One connection serves one request or one tunnel.
 */

/** A running proxy. */
export interface HttpProxy {
  /** "http://127.0.0.1:port". */
  readonly address: string;
  /** First line of every request so far. */
  readonly seen: readonly string[];
  /** Value of `proxy-authorization` that each had; "": none. */
  readonly credentials: readonly string[];
  stop(): Promise<void>;
}

/** Starts a proxy on a free port. */
export function startHttpProxy(): HttpProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const seen: string[] = [];
  const credentials: string[] = [];
  const serve = async (client: Deno.Conn) => {
    const buffer = new Uint8Array(65536);
    const byteCount = await client.read(buffer);
    if (byteCount === null) return;
    const bytes = buffer.slice(0, byteCount);
    // One character for each byte, as `write` has it.
    const text = String.fromCharCode(...bytes);
    const [line = ""] = text.split("\r\n");
    seen.push(line);
    const given = /\r\nproxy-authorization: *([^\r]*)/i.exec(text)?.[1];
    credentials.push(given ?? "");
    const [method, target = ""] = line.split(" ");
    const isTunnel = method === "CONNECT";
    const { hostname, port, origin } = new URL(
      isTunnel ? `https://${target}` : target,
    );
    const server = await Deno.connect({ hostname, port: Number(port || 80) });
    open.add(server);
    if (isTunnel) {
      await write(client, "HTTP/1.1 200 Connection established\r\n\r\n");
    } else {
      const rest = text.replace(` ${origin}`, " ")
        .replace(/\r\n(proxy-)?connection:[^\r]*/gi, "")
        .replace("\r\n", "\r\nconnection: close\r\n");
      await write(server, rest);
    }
    await Promise.allSettled([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ]);
  };
  const serving = (async () => {
    for await (const client of listener) {
      open.add(client);
      serve(client).catch(() => close(client));
    }
  })().catch(() => {});
  return {
    address: `http://127.0.0.1:${listener.addr.port}`,
    seen,
    credentials,
    stop: async () => {
      listener.close();
      for (const connection of open) close(connection);
      await serving;
    },
  };
}

async function write(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  let done = 0;
  while (done < bytes.length) {
    done += await connection.write(bytes.subarray(done));
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed by the other side.
  }
}

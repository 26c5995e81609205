/**
 * Real S3 servers for the interop suite, each a process of its own.
 *
 *    moto_server   Python's mock of AWS, from PyPI
 *    versitygw     an S3 gateway on a folder, by `go install`
 */
import { preparePython } from "./python_environment.ts";

/** A running server with one empty bucket. */
export interface InteropServer extends AsyncDisposable {
  readonly name: string;
  readonly endpoint: string;
  /** Whether `bucket.s3.test` is a bucket of it. */
  readonly knowsVirtualHosts: boolean;
}

/** Credentials of all servers; the secret is searched for in all output. */
export const CREDENTIALS = {
  accessKeyId: "stoker-interop",
  secretAccessKey: "interop-secret-7f3a9c",
} as const;

/** Domain whose sub-domains are buckets; `.test` is nobody's (RFC 6761). */
export const VIRTUAL_DOMAIN = "s3.test";

/** Bucket that every server has. */
export const BUCKET = "interop";

const VERSITYGW = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
const START_TIMEOUT_MS = 30_000;

/** Starts moto_server, installing it if need be. */
export async function startMoto(cacheFolder: string): Promise<InteropServer> {
  const requirements = new URL(
    "../../tests/interop/s3_requirements.txt",
    import.meta.url,
  ).pathname;
  const python = await preparePython(`${cacheFolder}/s3-venv`, requirements);
  const port = freePort();
  const args = ["-m", "moto.server", "-H", "127.0.0.1", "-p", `${port}`];
  return await start("moto_server", { program: python, args, port });
}

/** Starts versitygw, building it if need be. */
export async function startVersitygw(
  cacheFolder: string,
): Promise<InteropServer> {
  const program = `${cacheFolder}/bin/versitygw`;
  if (!await exists(program)) {
    const built = await new Deno.Command("go", {
      args: ["install", VERSITYGW],
      env: { GOBIN: `${cacheFolder}/bin` },
    }).output();
    if (!built.success) {
      throw new Error(new TextDecoder().decode(built.stderr).trim());
    }
  }
  const port = freePort();
  const folder = await Deno.makeTempDir({ prefix: "stoker_versitygw_" });
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  return await start("versitygw", {
    program,
    args: ["--port", `127.0.0.1:${port}`, "posix", folder],
    port,
    env: {
      ROOT_ACCESS_KEY: accessKeyId,
      ROOT_SECRET_KEY: secretAccessKey,
      VGW_VIRTUAL_DOMAIN: VIRTUAL_DOMAIN,
    },
    folder,
    knowsVirtualHosts: true,
  });
}

async function start(
  name: string,
  how: {
    program: string;
    args: string[];
    port: number;
    env?: Record<string, string>;
    folder?: string;
    knowsVirtualHosts?: boolean;
  },
): Promise<InteropServer> {
  const { program, args, port, env = {}, folder } = how;
  const { knowsVirtualHosts = false } = how;
  const process = new Deno.Command(program, {
    args,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const server = {
    name,
    endpoint: `http://127.0.0.1:${port}`,
    knowsVirtualHosts,
    async [Symbol.asyncDispose]() {
      process.kill();
      await process.status;
      if (folder !== undefined) await Deno.remove(folder, { recursive: true });
    },
  };
  try {
    await awaitPort(port);
    await createBucket(server.endpoint);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

async function createBucket(endpoint: string): Promise<void> {
  const { S3Client, CreateBucketCommand } = await import("@aws-sdk/client-s3");
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
}

async function awaitPort(port: number): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * s3rver in this process: a small S3 that keeps objects in a folder and
 * checks signatures.
 */
import S3rver from "s3rver";

/** A running server with one empty bucket. */
export interface TestServer {
  /** "http://127.0.0.1:port". */
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

/** s3rver knows one identity. */
const IDENTITY = "S3RVER";
const BUCKET = "bucket";

/** Starts a server on a free port. */
export async function startS3rver(): Promise<TestServer> {
  const directory = await Deno.makeTempDir({ prefix: "stoker-s3rver-" });
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET }],
  });
  const { port } = await server.run();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: BUCKET,
    accessKeyId: IDENTITY,
    secretAccessKey: IDENTITY,
    stop: async () => {
      await server.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/**
 * s3rver in this process: a small S3 that keeps objects in a folder and
 * checks signatures.
 */
import S3rver from "s3rver";

/** A running server with two empty buckets. */
export interface TestServer {
  /** "http://127.0.0.1:port". */
  readonly endpoint: string;
  readonly bucket: string;
  readonly otherBucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

/** s3rver knows one identity. */
const IDENTITY = "S3RVER";
const BUCKET = "bucket";
const OTHER_BUCKET = "other-bucket";

/**
 * Stops something after the last test of a file. Deno 2.4 cannot: there it
 * ends with the process, and its folder stays in /tmp.
 */
export function afterAllTests(stop: () => Promise<void>): void {
  const hooks = Deno.test as unknown as {
    afterAll?(stop: () => Promise<void>): void;
  };
  hooks.afterAll?.(stop);
}

/** Starts a server on a free port. */
export async function startS3rver(): Promise<TestServer> {
  const directory = await Deno.makeTempDir({ prefix: "stoker-s3rver-" });
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET }, { name: OTHER_BUCKET }],
  });
  const { store } = server as unknown as { store: ObjectStore };
  const writes = awaitWrites(store);
  removeInTurns(store);
  const { port } = await server.run();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: BUCKET,
    otherBucket: OTHER_BUCKET,
    accessKeyId: IDENTITY,
    secretAccessKey: IDENTITY,
    stop: async () => {
      await server.close();
      await writes.ended();
      await removeFolder(directory);
    },
  };
}

/** The part of s3rver that keeps objects. */
interface ObjectStore {
  putObject(object: StoredObject): Promise<{ size: number }>;
  deleteObject(bucket: string, key: string): Promise<void>;
  getResourcePath(bucket: string, key: string, resource: string): string;
}

interface StoredObject {
  readonly bucket: string;
  readonly key: string;
}

/**
 * s3rver answers when it has hashed a body, not when it has written it, so a
 * busy machine sees an object shorter than it was put.
 */
function awaitWrites(store: ObjectStore): { ended(): Promise<void> } {
  const putObject = store.putObject.bind(store);
  const pending = new Set<Promise<unknown>>();
  const putWhole: ObjectStore["putObject"] = async (object) => {
    const path = store.getResourcePath(object.bucket, object.key, "object");
    // An old object of the same length would look like the new one.
    await Deno.remove(path).catch(() => {});
    const stored = await putObject(object);
    while (await sizeOf(path) !== stored.size) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return stored;
  };
  store.putObject = (object) => {
    const put = putWhole(object);
    pending.add(put);
    put.catch(() => {}).finally(() => pending.delete(put));
    return put;
  };
  return {
    // A body that its client gave up never ends: those are not waited for.
    ended: async () => {
      await Promise.race([
        Promise.allSettled(pending),
        new Promise((resolve) => setTimeout(resolve, 1000)),
      ]);
    },
  };
}

/**
 * s3rver looks whether a folder is empty and then removes it; of several
 * removals at once some would find it gone and fail.
 */
function removeInTurns(store: ObjectStore): void {
  const deleteObject = store.deleteObject.bind(store);
  let last: Promise<unknown> = Promise.resolve();
  store.deleteObject = (bucket, key) => {
    const removed = last.then(() => deleteObject(bucket, key));
    last = removed.catch(() => {});
    return removed;
  };
}

/** Removes a folder into which a late request may still write. */
async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      await Deno.remove(folder, { recursive: true });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch {
    return -1;
  }
}

/**
 * Objects of an object store as a {@linkcode Storage}, whatever its requests
 * look like: retries, deadlines, several endpoints, counters.
 *
 * A path is a key below the bucket and prefix of `storage_root`, or a full
 * URI `scheme://bucket/key`. There are no folders: keys only look like paths.
 */
import { MAX_RECORD_BYTES, readSmallText } from "../../bytes/small_file.ts";
import { StorageError } from "../../errors.ts";
import type {
  ConnectOptions,
  CreateOptions,
  FileWriter,
  FolderAccess,
  FolderEntry,
  OpenedFile,
  RangeGets,
  ReadMeter,
  Storage,
} from "../storage.ts";
import { type KnownObject, lengthOf } from "./answer_check.ts";
import { EndpointPool } from "./endpoint_pool.ts";
import { listFolder } from "./folder_listing.ts";
import type {
  AnswerHead,
  CreateClient,
  ListPage,
  ObjectName,
} from "./object_client.ts";
import { ObjectReads } from "./object_reads.ts";
import type { ObjectSettings } from "./object_settings.ts";
import { ObjectWriter, type WriterParts } from "./object_writer.ts";
import { PartBuffers } from "./part_buffers.ts";
import { tryReading } from "./read_preflight.ts";
import { objectUri, RequestFailure } from "./request_failure.ts";
import { Requests } from "./requests.ts";
import { removeLeftovers, tryWriting } from "./write_preflight.ts";

/** Keys of one listing request; S3 gives no more. */
const LIST_PAGE_KEYS = 1000;
/** Clearing up after a stop has little time. */
const CLEANUP_LIMITS = { headerMs: 900, totalMs: 900 };

/** The API of one kind of object store. */
export interface ObjectDialect {
  /** Makes a client of one endpoint. */
  readonly create: CreateClient;
  /** Of URIs of its objects; "s3" is understood as well. */
  readonly scheme: string;
  /** For people: "S3, fetch", "AIStore". */
  readonly title: string;
  /** Most parts of an upload; Infinity: as many as there are. */
  readonly maxParts: number;
}

/** Connects to an object store. */
export async function connectObjects(
  dialect: ObjectDialect,
  settings: ObjectSettings,
  options: ConnectOptions,
): Promise<Storage> {
  const connection = await connectWith(dialect, settings, options);
  return new ObjectStorage(connection, settings, options, dialect);
}

/** What a preflight tries, and what ends it. */
export interface PreflightPlace {
  readonly folder: string;
  readonly access: FolderAccess;
  readonly signal: AbortSignal | undefined;
}

/** Tries what a run will do in a folder at every endpoint. */
export async function preflightObjects(
  dialect: ObjectDialect,
  settings: ObjectSettings,
  { folder, access, signal }: PreflightPlace,
): Promise<void> {
  const { pool, requests, nameOf } = await connectWith(
    dialect,
    settings,
    signal === undefined ? {} : { signal },
  );
  const hasChecksums = settings.verification === "checksum";
  try {
    const attempt = access === "write" ? tryWriting : tryReading;
    const parts = { requests, nameOf, hasChecksums };
    await Promise.all(
      pool.endpoints.map((endpoint) => attempt(parts, endpoint, folder)),
    );
    if (access === "write") await removeLeftovers(parts, folder);
  } finally {
    pool.close();
  }
}

interface Connection {
  readonly pool: EndpointPool;
  readonly requests: Requests;
  readonly cleanup: Requests;
  readonly nameOf: (path: string) => ObjectName;
}

async function connectWith(
  { create, scheme }: ObjectDialect,
  settings: ObjectSettings,
  options: ConnectOptions,
): Promise<Connection> {
  const { rank = 0, thread = 0, observer, signal } = options;
  const pool = new EndpointPool({
    create,
    addresses: settings.endpoints,
    selection: settings.endpointSelection,
    rank,
    thread,
    proxies: settings.proxies,
    tls: {
      caCerts: await readBundle(settings.caBundle, options.answerTimeoutMs),
      insecure: settings.insecure,
    },
  });
  const common = {
    pool,
    pathStyle: settings.pathStyle,
    proxies: settings.proxies,
    secrets: settings.secrets,
    seed: rank * 1000 + thread,
    observer,
  };
  const { headerTimeoutMs, totalTimeoutMs, maxAttempts } = settings;
  const limits = { headerMs: headerTimeoutMs, totalMs: totalTimeoutMs };
  return {
    pool,
    requests: new Requests({ ...common, limits, maxAttempts, signal }),
    cleanup: new Requests({
      ...common,
      limits: CLEANUP_LIMITS,
      maxAttempts: Math.min(2, maxAttempts),
    }),
    nameOf: (path) => objectName(path, { ...settings, scheme }),
  };
}

async function readBundle(
  path: string | null,
  timeoutMs: number | undefined,
): Promise<string | null> {
  if (path === null) return null;
  let code = "ENOENT";
  try {
    const maxBytes = MAX_RECORD_BYTES;
    const text = await readSmallText(path, { maxBytes, timeoutMs });
    if (text !== null) return text;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.code === "ETIMEDOUT") throw error;
    code = error.code;
  }
  throw new StorageError(
    "read",
    path,
    code,
    "it must be the ca_bundle, a PEM file of certificates",
  );
}

/**
 * The object that a path names.
 *
 * @throws {StorageError} If it is a URI of something else.
 */
function objectName(
  path: string,
  { bucket, prefix, scheme }: Pick<ObjectSettings, "bucket" | "prefix"> & {
    readonly scheme: string;
  },
): ObjectName {
  // Nearly every path: nothing is to be taken apart.
  if (!/^[./]|\/\/|\/$/.test(path)) {
    return { scheme, bucket, key: prefix + path };
  }
  const uri = /^(\w+):\/\/([^/]*)\/?(.*)$/.exec(path);
  if (uri !== null) {
    const [, named, otherBucket = "", key = ""] = uri;
    if ((named === scheme || named === "s3") && otherBucket !== "") {
      return { scheme, bucket: otherBucket, key };
    }
    const rule = `it must be ${scheme}://bucket/key`;
    throw new StorageError("use", path, "EINVAL", rule);
  }
  const parts = path.split("/").filter((part) => part !== "");
  // "./data" is a path from where one is, which is the prefix.
  while (parts[0] === ".") parts.shift();
  return { scheme, bucket, key: prefix + parts.join("/") };
}

class ObjectStorage implements Storage {
  readonly isSync = false;
  readonly label: string;
  readonly bypassesCache = true;
  readonly inFlight: number;
  readonly rangeGets: RangeGets;
  readonly #connection: Connection;
  readonly #reads: ObjectReads;
  readonly #writerParts: WriterParts;

  constructor(
    connection: Connection,
    settings: ObjectSettings,
    { observer }: ConnectOptions,
    { title, maxParts }: ObjectDialect,
  ) {
    const { requests, cleanup } = connection;
    this.#connection = connection;
    this.label = `${title} at ${settings.endpoints.join(", ")}`;
    this.inFlight = settings.prefetchWindow;
    this.rangeGets = {
      // As long as the parts that a long object is written in: stores keep
      // these, so a range reads one of them.
      byteCount: settings.partBytes,
      inFlight: settings.rangeGetsInFlight,
    };
    this.#reads = new ObjectReads(requests, observer);
    this.#writerParts = {
      requests,
      cleanup,
      observer,
      settings,
      maxParts,
      buffers: new PartBuffers(),
    };
  }

  async open(path: string): Promise<OpenedFile> {
    const name = this.#connection.nameOf(path);
    const head = await this.#head("open", name);
    return new ObjectFile(this.#reads, name, {
      etag: head.etag,
      byteLength: lengthOf(head),
    });
  }

  async drain(
    path: string,
    _expectedBytes: number,
    _buffer: Uint8Array,
    meter: ReadMeter,
  ): Promise<number> {
    const startMs = meter.now();
    const name = this.#connection.nameOf(path);
    const byteCount = await this.#reads.drain(name, null);
    meter.read(startMs, byteCount);
    return byteCount;
  }

  create(path: string, { expectedBytes }: CreateOptions): FileWriter {
    const name = this.#connection.nameOf(path);
    return new ObjectWriter(name, this.#writerParts, expectedBytes);
  }

  async sizeOf(path: string): Promise<number | null> {
    try {
      const name = this.#connection.nameOf(path);
      return lengthOf(await this.#head("stat", name));
    } catch (error) {
      return nullIfMissing(error);
    }
  }

  list(folder: string): AsyncIterable<FolderEntry> {
    return listFolder(
      this.#connection.nameOf(folder),
      (prefix, token) => this.#page(prefix, token),
    );
  }

  async remove(path: string): Promise<void> {
    const name = this.#connection.nameOf(path);
    await this.#connection.requests.send(
      { operation: "remove", name },
      async ({ client, signal }) => {
        try {
          await client.delete(name, { signal });
        } catch (error) {
          if (!(error instanceof RequestFailure && error.isMissing)) {
            throw error;
          }
        }
      },
    );
  }

  makeFolder(): void {}

  async readText(path: string): Promise<string | null> {
    try {
      const name = this.#connection.nameOf(path);
      const bytes = await this.#reads.bytes(name, MAX_RECORD_BYTES);
      return new TextDecoder().decode(bytes);
    } catch (error) {
      return nullIfMissing(error);
    }
  }

  close(): void {
    this.#connection.pool.close();
  }

  #head(operation: string, name: ObjectName): Promise<AnswerHead> {
    return this.#connection.requests.send(
      { operation, name, mayBeMissing: operation === "stat" },
      async ({ client, signal }) => {
        const head = await client.head(name, { signal });
        // Without a length it is an attempt that failed.
        lengthOf(head);
        return head;
      },
    );
  }

  #page(prefix: ObjectName, token: string | null): Promise<ListPage> {
    const maxKeys = LIST_PAGE_KEYS;
    return this.#connection.requests.send(
      { operation: "list", name: prefix },
      ({ client, signal }) =>
        client.list(prefix, { signal, delimiter: "/", token, maxKeys }),
    );
  }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof StorageError && error.code === "ENOENT") return null;
  throw error;
}

class ObjectFile implements OpenedFile {
  readonly path: string;
  readonly byteLength: number;
  readonly #name: ObjectName;
  readonly #known: KnownObject;
  readonly #reads: ObjectReads;

  constructor(reads: ObjectReads, name: ObjectName, known: KnownObject) {
    this.path = objectUri(name);
    this.byteLength = known.byteLength;
    this.#known = known;
    this.#name = name;
    this.#reads = reads;
  }

  readInto(view: Uint8Array, offset: number): Promise<number> | number {
    const byteCount = Math.min(view.length, this.byteLength - offset);
    // A range behind the end is an error in HTTP.
    if (byteCount <= 0) return 0;
    const part = byteCount < view.length ? view.subarray(0, byteCount) : view;
    return this.#reads.readInto(this.#name, offset, part, this.#known);
  }

  async drainRange(
    offset: number,
    byteCount: number,
    meter: ReadMeter,
  ): Promise<number> {
    const restBytes = Math.min(byteCount, this.byteLength - offset);
    if (restBytes <= 0) return 0;
    const startMs = meter.now();
    const range = { offset, byteCount: restBytes };
    const readBytes = await this.#reads.drain(this.#name, range, this.#known);
    meter.read(startMs, readBytes);
    return readBytes;
  }

  close(): void {}
}

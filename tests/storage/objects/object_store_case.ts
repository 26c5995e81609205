/**
 * Every object store and client library behind proxies that lie, stall or
 * never end: one test for all of them.
 */
import { aistoreKind } from "../../../lib/storage/aistore/aistore.ts";
import { s3Kind } from "../../../lib/storage/s3/s3_kind.ts";
import type { Storage, StorageSettings } from "../../../lib/storage/storage.ts";
import { checkedOptions } from "../checked_options.ts";
import { startFakeAistore } from "../aistore/fake_aistore.ts";
import { contentOf, putFile } from "../storage_contract.ts";
import {
  type Answer,
  type FaultProxy,
  type SeenRequest,
  startFaultProxy,
} from "../s3/fault_proxy.ts";
import { LIBRARIES, RequestRecorder } from "../s3/s3_fixture.ts";
import { startS3rver } from "../s3/s3rver_server.ts";

/** Content of the object "f" that is in place. */
export const BODY = contentOf(100_000);

/** Names of the stores: S3's libraries and AIStore. */
export const STORES = [...LIBRARIES, "aistore"] as const;

/** One of {@linkcode STORES}. */
export type StoreName = typeof STORES[number];

/** A page of a listing, as a server would give it. */
export interface FakePage {
  readonly keys?: readonly string[];
  readonly prefixes?: readonly string[];
  readonly token?: string;
}

/** What a test works with. */
export interface StoreCase {
  readonly store: StoreName;
  readonly storage: Storage;
  /** In front of what answers for objects. */
  readonly objects: FaultProxy;
  /** In front of what answers listings; the same for S3. */
  readonly listings: FaultProxy;
  readonly told: RequestRecorder;
  /** Ends all requests. */
  readonly stop: AbortController;
  /** Whether a request gets bytes of "f". */
  isGet(request: SeenRequest): boolean;
  isListing(request: SeenRequest): boolean;
  /** The store's answer with a page of a listing. */
  pageAnswer(page: FakePage): Answer;
}

/** Options of a test. */
export interface StoreCaseOptions {
  readonly options?: Readonly<Record<string, unknown>>;
  /** @default {all of them} */
  readonly stores?: readonly StoreName[];
}

/** Runs a test with each store, an object "f" in place. */
export function testStores(
  outcome: string,
  run: (given: StoreCase) => Promise<void>,
  options: StoreCaseOptions = {},
): void {
  for (const store of options.stores ?? STORES) {
    Deno.test({
      name: `object stores (${store}): ${outcome}`,
      // Connections that were cut are torn down after the test.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () =>
        store === "aistore"
          ? runOnAistore(run, options)
          : runOnS3(store, run, options),
    });
  }
}

async function runOnS3(
  store: Exclude<StoreName, "aistore">,
  run: (given: StoreCase) => Promise<void>,
  { options = {} }: StoreCaseOptions,
): Promise<void> {
  const server = await startS3rver();
  const proxy = startFaultProxy(server.endpoint);
  const told = new RequestRecorder();
  const stop = new AbortController();
  const settingsWith = (endpoint: string, others: object) =>
    checked({
      kind: "s3",
      root: server.bucket,
      options: {
        endpoint_url: endpoint,
        access_key_id: server.accessKeyId,
        secret_access_key: server.secretAccessKey,
        storage_library: store,
        s3_max_attempts: 1,
        ...others,
      },
    });
  // Not under the limits that are tested.
  const filling = await s3Kind.connect(settingsWith(server.endpoint, {}));
  await putFile(filling, "f", BODY);
  filling.close?.();
  const settings = settingsWith(proxy.endpoint, options);
  const storage = await s3Kind.connect(settings, {
    observer: told,
    signal: stop.signal,
  });
  try {
    await run({
      store,
      storage,
      objects: proxy,
      listings: proxy,
      told,
      stop,
      isGet: ({ method, target }) =>
        method === "GET" && target.startsWith("/bucket/f"),
      isListing: ({ target }) => target.includes("list-type=2"),
      pageAnswer: s3Page,
    });
  } finally {
    storage.close?.();
    await proxy.stop();
    await server.stop();
  }
}

async function runOnAistore(
  run: (given: StoreCase) => Promise<void>,
  { options = {} }: StoreCaseOptions,
): Promise<void> {
  const cluster = await startFakeAistore();
  // Not through a proxy: the target takes no body of a connection to close.
  cluster.buckets.set("bucket", new Map([["f", BODY]]));
  const gateway = startFaultProxy(cluster.endpoint);
  const target = startFaultProxy(cluster.target);
  cluster.target = target.endpoint;
  const told = new RequestRecorder();
  const stop = new AbortController();
  const settings = checked({
    kind: "aistore",
    root: "bucket",
    options: {
      endpoint_url: gateway.endpoint,
      s3_max_attempts: 1,
      ...options,
    },
  });
  const storage = await aistoreKind.connect(settings, {
    observer: told,
    signal: stop.signal,
  });
  try {
    await run({
      store: "aistore",
      storage,
      objects: target,
      listings: gateway,
      told,
      stop,
      isGet: ({ method, target }) =>
        method === "GET" && target.startsWith("/v1/objects/bucket/f"),
      isListing: ({ target }) => target.startsWith("/v1/buckets/"),
      pageAnswer: aistorePage,
    });
  } finally {
    storage.close?.();
    await gateway.stop();
    await target.stop();
    await cluster.stop();
  }
}

function checked(given: StorageSettings): StorageSettings {
  const settings = {
    ...given,
    options: checkedOptions(given.kind, given.options),
  };
  const kind = settings.kind === "s3" ? s3Kind : aistoreKind;
  const problems = kind.problems(settings);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return settings;
}

function s3Page({ keys = [], prefixes = [], token }: FakePage): Answer {
  const escape = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: '<?xml version="1.0"?><ListBucketResult>' +
      `<IsTruncated>${token !== undefined}</IsTruncated>` +
      (token === undefined
        ? ""
        : `<NextContinuationToken>${token}</NextContinuationToken>`) +
      keys.map((key) => `<Contents><Key>${escape(key)}</Key></Contents>`)
        .join("") +
      prefixes.map((prefix) =>
        `<CommonPrefixes><Prefix>${escape(prefix)}</Prefix></CommonPrefixes>`
      ).join("") + "</ListBucketResult>",
  };
}

function aistorePage({ keys = [], prefixes = [], token }: FakePage): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      uuid: "listing",
      entries: [
        ...keys.map((name) => ({ name, flags: 0 })),
        ...prefixes.map((name) => ({ name, flags: 1 << 8 })),
      ],
      continuation_token: token ?? "",
    }),
  };
}

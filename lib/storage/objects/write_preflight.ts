/**
 * The preflight of a run that writes: one object is written, read, listed and
 * deleted, so that what would fail after hours fails at once and says why.
 *
 * The key is Stoker's own and new. Keys of the same kind that a killed run left
 * are removed; nothing else is touched.
 */
import { StorageError } from "../../errors.ts";
import { checkAnswer } from "./answer_check.ts";
import { base64Crc32 } from "./checksum.ts";
import {
  isLeftover,
  PREFLIGHT_NAME_BEGIN,
  preflightName,
} from "../preflight_name.ts";
import type { Endpoint } from "./endpoint_pool.ts";
import type { ListPage, ObjectName } from "./object_client.ts";
import { objectUri } from "./request_failure.ts";
import type { Requests } from "./requests.ts";

/** Keys of one listing request. */
const LIST_PAGE_KEYS = 1000;
/** Pages among which leftovers are looked for. */
const MAX_LEFTOVER_PAGES = 10;

/** What a preflight works with. */
export interface PreflightParts {
  readonly requests: Requests;
  readonly nameOf: (path: string) => ObjectName;
  /** Bodies go with a CRC-32, as those of the run: some buckets demand it. */
  readonly hasChecksums: boolean;
}

/**
 * Tries put, get, list and delete below a folder.
 *
 * @throws {StorageError} Of the first step that fails.
 */
export async function tryWriting(
  { requests, nameOf, hasChecksums }: PreflightParts,
  endpoint: Endpoint,
  folder: string,
): Promise<void> {
  const id = preflightName(Date.now());
  const name = nameOf(`${folder}/.stoker/${id}`);
  const body = new TextEncoder().encode(id);
  const ask = (step: string) => ({
    operation: `preflight: ${step}`,
    name,
    endpoint,
  });
  const crc32 = hasChecksums ? base64Crc32(body) : null;
  await requests.send(
    ask("put"),
    ({ client, signal }) => client.put(name, body, { signal, crc32 }),
  );
  const remove = () =>
    requests.send(
      ask("delete"),
      ({ client, signal }) => client.delete(name, { signal }),
    );
  try {
    await requests.send(ask("get"), async ({ client, signal, onHeaders }) => {
      const text = new TextDecoder();
      let found = "";
      const sink = (chunk: Uint8Array) => {
        found += text.decode(chunk, { stream: true });
      };
      await client.get(name, {
        range: null,
        signal,
        sink,
        onHeaders: (head) => {
          onHeaders();
          checkAnswer(head, null, null);
        },
      });
      if (found !== id) throw mismatch("get", name, endpoint, "other bytes");
    });
    await requests.send(ask("list"), async ({ client, signal }) => {
      const options = { signal, delimiter: "/", token: null, maxKeys: 2 };
      const { keys } = await client.list(name, options);
      if (!keys.includes(name.key)) {
        throw mismatch("list", name, endpoint, "no such key");
      }
    });
  } catch (error) {
    // The first failure is the one to report.
    await remove().catch(() => {});
    throw error;
  }
  await remove();
}

/**
 * Removes what preflights of killed runs left below a folder.
 *
 * @throws {StorageError} If it cannot be listed or removed.
 */
export async function removeLeftovers(
  { requests, nameOf }: PreflightParts,
  folder: string,
): Promise<void> {
  const wallMs = Date.now();
  const operation = "preflight: remove what a killed run left";
  const prefix = nameOf(`${folder}/.stoker/${PREFLIGHT_NAME_BEGIN}`);
  const folderKey = prefix.key.slice(0, -PREFLIGHT_NAME_BEGIN.length);
  const leftovers: string[] = [];
  let token: string | null = null;
  for (let page = 0; page < MAX_LEFTOVER_PAGES; page++) {
    const pageToken: string | null = token;
    const { keys, nextToken }: ListPage = await requests.send<ListPage>(
      { operation, name: prefix },
      ({ client, signal }): Promise<ListPage> =>
        client.list(prefix, {
          signal,
          delimiter: "/",
          token: pageToken,
          maxKeys: LIST_PAGE_KEYS,
        }),
    );
    leftovers.push(
      ...keys.filter((key) =>
        key.startsWith(folderKey) &&
        isLeftover(key.slice(folderKey.length), wallMs)
      ),
    );
    token = nextToken;
    if (token === null) break;
  }
  for (const key of leftovers) {
    const name = { ...prefix, key };
    try {
      await requests.send(
        { operation, name, mayBeMissing: true },
        ({ client, signal }) => client.delete(name, { signal }),
      );
    } catch (error) {
      // Another run may have removed it in the meantime.
      if (!(error instanceof StorageError && error.code === "ENOENT")) {
        throw error;
      }
    }
  }
}

function mismatch(
  step: string,
  name: ObjectName,
  endpoint: Endpoint,
  what: string,
): StorageError {
  return new StorageError(
    `preflight: ${step}`,
    objectUri(name),
    "Inconsistent",
    `${endpoint.address} returned ${what} right after the put; check that ` +
      "the endpoint is strongly consistent and is no cache",
  );
}

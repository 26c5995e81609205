/**
 * The preflight of a run that only reads, with credentials that may be
 * read-only: the folder is listed and the first two bytes of one object are read.
 */
import { checkAnswer } from "./answer_check.ts";
import type { Endpoint } from "./endpoint_pool.ts";
import type { ObjectName } from "./object_client.ts";
import { RequestFailure } from "./request_failure.ts";
import type { PreflightParts } from "./write_preflight.ts";

/** Folders that are gone down to find an object. */
const MAX_DEPTH = 8;
/** A marker of the folder itself and an object behind it. */
const LISTED_KEYS = 2;

/**
 * Tries list and get below a folder; writes nothing.
 *
 * @throws {StorageError} Of the first step that fails.
 */
export async function tryReading(
  { requests, nameOf }: PreflightParts,
  endpoint: Endpoint,
  folder: string,
): Promise<void> {
  const list = ({ key, ...place }: ObjectName) => {
    const prefix = key === "" || key.endsWith("/") ? key : `${key}/`;
    const name = { ...place, key: prefix };
    return requests.send(
      { operation: "preflight: list", name, endpoint },
      ({ client, signal }) =>
        client.list(name, {
          signal,
          delimiter: "/",
          token: null,
          maxKeys: LISTED_KEYS,
        }),
    );
  };
  let name = nameOf(folder);
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const { keys, prefixes } = await list(name);
    // Some tools keep an empty object where a folder would be.
    const key = keys.find((each) => !each.endsWith("/"));
    if (key !== undefined) {
      return await tryFirstBytes(requests, { ...name, key }, endpoint);
    }
    const [prefix] = prefixes;
    // The folder is empty: the check of the dataset says what is missing.
    if (prefix === undefined) return;
    name = { ...name, key: prefix };
  }
}

function tryFirstBytes(
  requests: PreflightParts["requests"],
  name: ObjectName,
  endpoint: Endpoint,
): Promise<void> {
  // Not one byte: some servers answer "bytes=0-0" with the whole object.
  const range = { offset: 0, byteCount: 2 };
  return requests.send(
    { operation: "preflight: get", name, endpoint },
    async ({ client, signal, onHeaders }) => {
      try {
        await client.get(name, {
          range,
          signal,
          sink: () => {},
          onHeaders: (head) => {
            onHeaders();
            checkAnswer(head, range, null);
          },
        });
      } catch (error) {
        // An empty object has no first byte: it could have been read.
        if (!(error instanceof RequestFailure && error.status === 416)) {
          throw error;
        }
      }
    },
  );
}

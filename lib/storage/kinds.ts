/**
 * Finds kinds of storage: by name, by the scheme of a URI, by what is asked.
 */
import { KIND_PARTS } from "./registry.ts";
import type { StorageKind } from "./storage.ts";

/** All kinds by their name in `storage.storage_type`, in alphabetical order. */
export const STORAGE_KINDS: Readonly<Record<string, StorageKind>> = Object
  .fromEntries(
    await Promise.all(
      Object.entries(KIND_PARTS).toSorted().map(async ([name, part]) =>
        [name, await part.load()] as const
      ),
    ),
  );

/** All kinds. */
export const ALL_KINDS: readonly StorageKind[] = Object.values(STORAGE_KINDS);

/**
 * The kind that a word names.
 *
 * @param word A name or alias in any case: "local_fs", "parallel_fs".
 * @returns Undefined if none has it.
 */
export function kindNamed(word: string): StorageKind | undefined {
  const name = word.toLowerCase();
  return ALL_KINDS.find((kind) =>
    kind.name === name || kind.aliases?.includes(name)
  );
}

/** The kind whose URIs have a scheme; undefined if none has it. */
export function kindOfScheme(scheme: string): StorageKind | undefined {
  return ALL_KINDS.find((kind) => kind.scheme === scheme);
}

/** Names of the kinds of which something holds: "local_fs or direct_fs". */
export function namesOfKinds(holds: (kind: StorageKind) => boolean): string {
  return ALL_KINDS.filter(holds).map(({ name }) => name).join(" or ");
}

/** An object by its URI. */
export interface ObjectPlace {
  readonly kind: StorageKind;
  readonly bucket: string;
  /** Without a slash in front; may be "". */
  readonly key: string;
}

/**
 * Takes a URI of an object store apart: "s3://bucket/key".
 *
 * @returns Null if it is none: the path of a file, or a scheme that no kind
 *   has.
 */
export function parseObjectUri(text: string): ObjectPlace | null {
  const match = /^(\w+):\/\/([^/]*)\/?([^]*)$/.exec(text);
  const kind = kindOfScheme(match?.[1] ?? "");
  if (match === null || kind === undefined) return null;
  return { kind, bucket: match[2] ?? "", key: match[3] ?? "" };
}

/**
 * The kind that checkpoints are in: that of the data, unless these are files
 * and `checkpoint.checkpoint_folder` is a URI of an object store.
 */
export function checkpointKind(
  ofData: StorageKind | undefined,
  checkpointFolder: string,
): StorageKind | undefined {
  if (ofData?.isFiles !== true) return ofData;
  const place = parseObjectUri(checkpointFolder);
  return place === null || place.bucket === "" ? ofData : place.kind;
}

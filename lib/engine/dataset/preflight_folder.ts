/**
 * Tests a folder of a file system before a long run writes there: one file is
 * written, looked up, read, listed and deleted. Missing permissions, quotas, a
 * full disk, refused O_DIRECT or a stale mount then fail at once and not after
 * hours. The file's name is new; nothing else is touched.
 */
import { PAGE_BYTES, PageArena } from "../../bytes/page_arena.ts";
import { StorageError } from "../../errors.ts";
import { isLeftover, preflightName } from "../../storage/preflight_name.ts";
import type { Storage } from "../../storage/storage.ts";
import { writeWhole } from "../../storage/write_whole.ts";

/** Entries of a folder among which leftovers are looked for. */
const MAX_ENTRIES = 10_000;

/** A whole page and a tail: O_DIRECT treats them differently. */
const FILE_BYTES = PAGE_BYTES + 100;

/**
 * Tries a folder that a run will write to; does nothing where files are not
 * on this host's file systems.
 *
 * @param storage Where the folder is.
 * @param folder It is made if it is not there.
 * @throws {StorageError} Naming the step that failed.
 */
export async function preflightFolder(
  storage: Storage,
  folder: string,
): Promise<void> {
  if (storage.hostPath === undefined) return;
  const name = preflightName(Date.now());
  const path = `${folder}/${name}`;
  const arena = new PageArena(4 * PAGE_BYTES);
  const wanted = arena.allocate(FILE_BYTES);
  for (let i = 0; i < FILE_BYTES; i++) wanted[i] = (i * 31 + 7) % 251;
  try {
    await writeWhole(storage, path, wanted, { atomic: false, fsync: true });
    await checkLength(storage, path);
    await checkContent(storage, path, { wanted, arena });
    await checkListing(storage, folder, name);
  } catch (error) {
    // The first failure is the one to report.
    try {
      await storage.remove(path);
    } catch (second) {
      if (!(second instanceof StorageError)) throw second;
    }
    throw asPreflight(error);
  }
  await step(async () => {
    await storage.remove(path);
    if (await storage.sizeOf(path) !== null) {
      throw broken("delete", path, "the file is still there");
    }
    await removeLeftovers(storage, folder);
  });
}

/** Removes what tests of killed runs left in a folder. */
async function removeLeftovers(
  storage: Storage,
  folder: string,
): Promise<void> {
  const wallMs = Date.now();
  const leftovers: string[] = [];
  let entryCount = 0;
  for await (const { name, isFolder } of storage.list(folder)) {
    if (!isFolder && isLeftover(name, wallMs)) leftovers.push(name);
    if (++entryCount === MAX_ENTRIES) break;
  }
  for (const name of leftovers) await storage.remove(`${folder}/${name}`);
}

async function checkLength(storage: Storage, path: string): Promise<void> {
  const byteLength = await storage.sizeOf(path);
  if (byteLength === FILE_BYTES) return;
  throw broken(
    "look up",
    path,
    `it has ${byteLength ?? "no"} bytes, ${FILE_BYTES} were written`,
  );
}

async function checkContent(
  storage: Storage,
  path: string,
  { wanted, arena }: { wanted: Uint8Array; arena: PageArena },
): Promise<void> {
  const found = arena.allocate(FILE_BYTES);
  const file = await storage.open(path);
  const byteCount = await file.readInto(found, 0);
  await file.close();
  if (
    byteCount !== FILE_BYTES || !wanted.every((byte, i) => byte === found[i])
  ) {
    throw broken(
      "read",
      path,
      "the bytes read are not those that were written",
    );
  }
}

async function checkListing(
  storage: Storage,
  folder: string,
  name: string,
): Promise<void> {
  for await (const entry of storage.list(folder)) {
    if (entry.name === name) return;
  }
  throw broken("list", folder, `"${name}" was just written but is not listed`);
}

async function step(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw asPreflight(error);
  }
}

function broken(operation: string, path: string, what: string): StorageError {
  return new StorageError(
    operation,
    path,
    "Inconsistent",
    `${what}; check how the file system is mounted`,
  );
}

/** The same failure, said to be of the test file and no other. */
function asPreflight(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error;
  const { operation, path, code, reason } = error;
  return new StorageError(
    operation,
    path,
    code,
    `${reason}; tested before the run, which will write there`,
  );
}

/**
 * Which ways around the page cache work in a folder. Each is tried with a small
 * file, which is removed.
 */
import { PAGE_BYTES, PageArena } from "../../bytes/page_arena.ts";
import { StorageError } from "../../errors.ts";
import { PageCache } from "../../host/page_cache.ts";
import { DirectStorage } from "../../storage/direct/direct.ts";

/** Each null if it works, else why not. */
export interface CacheFacts {
  /** `reader.odirect`, `storage_type: direct_fs`. */
  readonly directProblem: string | null;
  /** `storage.drop_caches` for any user. */
  readonly fadviseProblem: string | null;
  /** `storage.drop_caches` where the other does not do. */
  readonly dropCachesProblem: string | null;
}

const PROBE_BYTES = 16 * PAGE_BYTES;

/**
 * Tries them.
 *
 * @param folder A folder that is there.
 * @param writeProblem Why no file can be made in it; null if one can.
 */
export function probeCache(
  folder: string,
  writeProblem: string | null,
): CacheFacts {
  const cache = PageCache.connect();
  return {
    directProblem: writeProblem ?? directProblem(folder),
    fadviseProblem: writeProblem ??
      (cache.value === null
        ? cache.reason
        : fadviseProblem(folder, cache.value)),
    dropCachesProblem: cache.value === null
      ? cache.reason
      : cache.value.dropEverythingProblem(),
  };
}

function directProblem(folder: string): string | null {
  const name = probeName();
  try {
    const storage = new DirectStorage(folder);
    const page = new PageArena(PAGE_BYTES).allocate(PAGE_BYTES);
    try {
      const writer = storage.create(name, {
        expectedBytes: PAGE_BYTES,
        atomic: false,
        fsync: false,
      });
      writer.write(page);
      writer.commit();
      const file = storage.open(name);
      file.readInto(page, 0);
      file.close();
      return null;
    } finally {
      storage.remove(name);
    }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    // Without the name of the probe file, which means nothing to users.
    return error.message.replace(/^Cannot [^"]*"[^"]*": /, "")
      .replace(/; use storage_type local_fs there/, "");
  }
}

function fadviseProblem(folder: string, cache: PageCache): string | null {
  const path = `${folder}/${probeName()}`;
  try {
    Deno.writeFileSync(path, new Uint8Array(PROBE_BYTES));
    const refused = cache.drop([path], true);
    if (refused !== null) return refused.replace(` "${path}"`, " a file");
    const resident = cache.residentBytes(path);
    if (resident.value === null) {
      return resident.reason.replace(` "${path}"`, " a file");
    }
    return resident.value === 0 ? null : "memory keeps the file's pages";
  } finally {
    Deno.removeSync(path);
  }
}

/** Makes two probes at the same time use two files. */
function probeName(): string {
  return `.stoker-probe-${crypto.randomUUID()}`;
}

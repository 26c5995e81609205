/**
 * Calls on files and folders of this host that may wait for their storage as
 * long as it likes: each keeps its thread until the kernel answers. The main
 * thread has them made by a {@linkcode FileThread}, since it must go on to hear
 * signals.
 */
import { resolve } from "node:path";
import type { Awaitable } from "../../bytes/awaitable.ts";
import { type BlockDevice, findBlockDevice } from "../../host/block_device.ts";
import { type DeviceQueue, findDeviceQueue } from "../../host/device_queue.ts";
import {
  type FileSystem,
  readFileSystem,
  withoutLinks,
} from "../../host/file_system.ts";
import { type FolderFacts, probeFolder } from "../../host/folder_probe.ts";
import {
  type FreeSpace,
  nearestExisting,
  readFreeSpace,
} from "../../host/free_space.ts";
import { type Holes, readHoles } from "../../host/holes.ts";
import { type Mount, readMountOf } from "../../host/mounts.ts";
import { PageCache } from "../../host/page_cache.ts";
import {
  type FolderSeparation,
  readFolderSeparation,
} from "../../host/separate_file_systems.ts";
import type { Reading } from "../../host/system_file.ts";
import { type CacheFacts, probeCache } from "../cache/probe_cache.ts";

/** See the file header; the answers are those of the functions in `host/`. */
export class HostCalls {
  readonly #cache = PageCache.connect();

  /** Why nothing can be done about the page cache; null: it can. */
  cacheProblem(): string | null {
    return this.#cache.reason;
  }

  /** {@linkcode PageCache.drop}. */
  drop(paths: readonly string[], isThorough: boolean): string | null {
    const cache = this.#cache;
    return cache.value === null
      ? cache.reason
      : cache.value.drop(paths, isThorough);
  }

  /** {@linkcode PageCache.residentBytes}. */
  residentBytes(path: string): Reading<number> {
    const cache = this.#cache;
    return cache.value === null ? cache : cache.value.residentBytes(path);
  }

  /** {@linkcode PageCache.dropEverything}. */
  dropEverything(): string | null {
    const cache = this.#cache;
    return cache.value === null ? cache.reason : cache.value.dropEverything();
  }

  /** Holes of a file. */
  holes(path: string): Reading<Holes> {
    return readHoles(path);
  }

  /** The file system of a file or folder. */
  fileSystem(path: string): Reading<FileSystem> {
    return readFileSystem(path);
  }

  /** The mount of a file or folder. */
  mount(path: string): Reading<Mount> {
    return readMountOf(withoutLinks(nearestExisting(resolve(path))));
  }

  /** The block device of a folder's files. */
  blockDevice(path: string): Reading<BlockDevice> {
    return findBlockDevice(path);
  }

  /** What the device of a folder's files takes at a time. */
  deviceQueue(path: string): Reading<DeviceQueue> {
    return findDeviceQueue(path);
  }

  /** What is left where a folder is, or will be; null where nobody tells. */
  freeSpace(folder: string): FreeSpace | null {
    return readFreeSpace(folder).value;
  }

  /** What a folder can do. */
  folderFacts(folder: string): FolderFacts {
    return probeFolder(folder);
  }

  /** Which ways around the page cache work in a folder. */
  cacheFacts(folder: string, writeProblem: string | null): CacheFacts {
    return probeCache(folder, writeProblem);
  }

  /** Whether data and results are on different file systems. */
  folderSeparation(
    dataFolder: string,
    resultsFolder: string,
  ): Reading<FolderSeparation> {
    return readFolderSeparation(dataFolder, resultsFolder);
  }
}

/** The same calls, answered now or later. */
export type AnsweredCalls<Calls> = {
  readonly [Name in keyof Calls]: Calls[Name] extends
    (...args: infer Args) => infer Answer
    ? (...args: Args) => Awaitable<Awaited<Answer>>
    : never;
};

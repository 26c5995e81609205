/**
 * What `stoker doctor` found out, what follows from it, and both as text:
 * pure functions of the facts.
 */
import { formatBytes } from "../../bytes/sizes.ts";
import { textTable } from "../../bytes/text_table.ts";
import type { CacheFacts } from "../../engine/cache/probe_cache.ts";
import type { GroupLimit } from "../../host/cgroup.ts";
import {
  directDoubt,
  type FileSystem,
  fileSystemOf,
} from "../../host/file_system.ts";
import type { DeviceQueue } from "../../host/device_queue.ts";
import type { FolderFacts } from "../../host/folder_probe.ts";
import type { HostRoom } from "../../host/host_room.ts";
import type { Reading } from "../../host/system_file.ts";
import type { ProcessIo } from "../../host/process_io.ts";
import type { TimerFacts } from "../../host/timer_probe.ts";
import type { UringFacts } from "../../host/uring_support.ts";

/** Facts about this host and a storage folder. */
export interface DoctorFacts {
  readonly stokerVersion: string;
  readonly denoVersion: string;
  readonly osRelease: string;
  readonly cpuModel: string;
  /** Processors, memory and threads, as control groups leave them. */
  readonly room: HostRoom;
  /** Null where what reaches the device cannot be counted. */
  readonly processIo: Reading<ProcessIo>;
  readonly timer: TimerFacts;
  /** Null where readers cannot have many reads in flight. */
  readonly uring: Reading<UringFacts>;
  readonly folder: FolderFacts;
  /** What the device of the folder takes at a time. */
  readonly deviceQueue: Reading<DeviceQueue>;
  readonly cache: CacheFacts;
  /** Variables of proxies that are set, by name, without passwords. */
  readonly proxies: Readonly<Record<string, string>>;
}

/** MLPerf Storage's rule: data this many times memory defeats the cache. */
const MEMORY_MULTIPLE = 5;
/** Above this the shortest compute times get noisy, in microseconds. */
const MAX_GOOD_OVERSLEEP_US = 500;

/**
 * What the user should know or do.
 *
 * @returns One sentence each; empty if all is well.
 */
export function suggestions(facts: DoctorFacts): string[] {
  const { folder, cache, processIo, room, timer, uring } = facts;
  const fileSystem = fileSystemFacts(folder);
  const found: string[] = [];
  if (folder.writeProblem !== null) {
    found.push(
      `No file can be made in ${folder.probedPath} (${folder.writeProblem}): give another folder with --data`,
    );
  }
  if (fileSystem?.isMemory === true) {
    found.push(
      `${folder.path} is on ${fileSystem.type}, which is memory: results say nothing about a storage device`,
    );
  } else if (folder.writeProblem === null) {
    found.push(...cacheSuggestions(cache));
    found.push(...fileSystemSuggestions(fileSystem, cache));
  }
  if (processIo.value === null) {
    found.push(
      `Bytes from the device cannot be counted (${processIo.reason}): results cannot tell page cache from storage`,
    );
  }
  if (uring.value === null) {
    found.push(
      `io_uring cannot be used (${uring.reason}): reader.io_engine auto makes one call after another, uring is refused`,
    );
  }
  const coldBytes = MEMORY_MULTIPLE * room.memoryBytes.value;
  found.push(
    `A dataset below ${
      formatBytes(coldBytes)
    } (${MEMORY_MULTIPLE} times memory) may be read from the page cache; the result says how much was`,
  );
  const { value: freeBytes } = folder.freeBytes;
  if (freeBytes !== null && freeBytes < coldBytes) {
    found.push(
      `${
        formatBytes(freeBytes)
      } are free, too little for such a dataset: O_DIRECT measures the device with any size`,
    );
  }
  if (Object.keys(facts.proxies).some((name) => !/^no_proxy$/i.test(name))) {
    found.push(
      `Requests to object stores go through a proxy (${
        proxiesText(facts)
      }), which is then measured too: NO_PROXY names hosts that are asked directly`,
    );
  }
  if (timer.medianOversleepUs > MAX_GOOD_OVERSLEEP_US) {
    found.push(
      `Timers overshoot by ${timer.medianOversleepUs} µs: this host is busy or throttled, expect noisy compute times`,
    );
  }
  return found;
}

function cacheSuggestions(cache: CacheFacts): string[] {
  const { directProblem, fadviseProblem, dropCachesProblem } = cache;
  const found: string[] = [];
  if (directProblem !== null) {
    found.push(
      `O_DIRECT is refused (${directProblem}): storage_type direct_fs and reader.odirect cannot be used here`,
    );
  }
  if (fadviseProblem !== null) {
    found.push(
      `posix_fadvise does not drop files from the page cache (${fadviseProblem}): --drop-caches ${
        dropCachesProblem === null
          ? "uses /proc/sys/vm/drop_caches, which empties the page cache of the whole host"
          : `does not work here, as /proc/sys/vm/drop_caches is not permitted either (${dropCachesProblem})`
      }`,
    );
  }
  return found;
}

function fileSystemFacts({ mount }: FolderFacts): FileSystem | null {
  return mount.value === null ? null : fileSystemOf(mount.value);
}

/** What keeps figures with O_DIRECT, or all, from being the device's. */
function fileSystemSuggestions(
  fileSystem: FileSystem | null,
  { directProblem }: CacheFacts,
): string[] {
  if (fileSystem === null) return [];
  const { uncountedReason } = fileSystem;
  const found: string[] = [];
  const doubt = directDoubt(fileSystem);
  if (doubt !== null && directProblem === null) {
    found.push(
      `O_DIRECT is accepted but meaningless here: ${doubt}`,
    );
  }
  if (uncountedReason !== null) {
    found.push(
      `What reaches the device cannot be known (${uncountedReason}): --max-cache-hit fails here`,
    );
  }
  return found;
}

/** The facts as aligned lines. */
export function doctorText(facts: DoctorFacts): string {
  const { folder, cache, timer, room } = facts;
  const rows: readonly (readonly [string, string])[] = [
    ["Stoker", `${facts.stokerVersion} on Deno ${facts.denoVersion}`],
    ["System", facts.osRelease],
    ["Processors", `${limitText(room.cpuCount, decimal)} × ${facts.cpuModel}`],
    [
      "Memory",
      `${limitText(room.memoryBytes, formatBytes)}, ${
        limitText(room.memoryFreeBytes, formatBytes)
      } available`,
    ],
    [
      "Threads",
      room.threadsFree === null
        ? "no limit known"
        : `${limitText(room.threadsFree, decimal)} may be started`,
    ],
    ["Device counters", yesOr(facts.processIo.reason)],
    ["io_uring", yesOr(facts.uring.reason)],
    [
      "Timer oversleep",
      `${timer.medianOversleepUs} µs median, ${timer.maxOversleepUs} µs at most`,
    ],
    ["Folder", folder.path + (isThere(folder) ? "" : " (to be made)")],
    ["File system", mountText(folder)],
    [
      "Free space",
      textOr(folder.freeBytes, formatBytes) +
      (folder.freeFiles === null ? "" : `, ${folder.freeFiles} inodes`),
    ],
    ["Writable", yesOr(folder.writeProblem)],
    ["O_DIRECT", directText(facts)],
    ["Bytes of device", deviceBytesText(facts)],
    [
      "Device queue",
      textOr(
        facts.deviceQueue,
        ({ device, requests }) => `${device} takes ${requests} requests`,
      ),
    ],
    ["posix_fadvise", yesOr(cache.fadviseProblem)],
    ["drop_caches", yesOr(cache.dropCachesProblem)],
    ["Proxies", proxiesText(facts)],
  ];
  return [
    ...textTable(rows),
    "",
    ...suggestions(facts).map((text) => `- ${text}`),
  ].join("\n");
}

function proxiesText({ proxies }: DoctorFacts): string {
  const set = Object.entries(proxies).map(([name, text]) => `${name}=${text}`);
  return set.length === 0 ? "none" : set.join(", ");
}

/** A limit of the host, or of the control group that sets it. */
function limitText(
  { value, source }: GroupLimit,
  text: (value: number) => string,
): string {
  return source === "this host" ? text(value) : `${text(value)} (${source})`;
}

/** Up to two decimals: 2, 1.5. */
function decimal(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function isThere(folder: FolderFacts): boolean {
  return folder.path === folder.probedPath;
}

function mountText({ mount }: FolderFacts): string {
  return textOr(
    mount,
    ({ fileSystemType, device, mountPoint }) =>
      `${fileSystemType}, ${device} on ${mountPoint}`,
  );
}

function directText({ folder, cache }: DoctorFacts): string {
  const fileSystem = fileSystemFacts(folder);
  const doubt = fileSystem === null ? null : directDoubt(fileSystem);
  return cache.directProblem === null && doubt !== null
    ? `accepted but meaningless: ${doubt}`
    : yesOr(cache.directProblem);
}

function deviceBytesText({ folder, processIo }: DoctorFacts): string {
  if (processIo.value === null) return `unknown: ${processIo.reason}`;
  const fileSystem = fileSystemFacts(folder);
  if (fileSystem === null) return "unknown: the file system is not known";
  return fileSystem.uncountedReason === null
    ? "counted by the kernel"
    : `unknown: ${fileSystem.uncountedReason}`;
}

function yesOr(problem: string | null): string {
  return problem === null ? "yes" : `no: ${problem}`;
}

function textOr<T>(reading: Reading<T>, text: (value: T) => string): string {
  return reading.value === null
    ? `unknown: ${reading.reason}`
    : text(reading.value);
}

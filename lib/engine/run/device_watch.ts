/**
 * What of the bytes of a storage reaches its device: asked once for each
 * phase, when it is over.
 *
 * Its file system is looked at for each kind of phase once, files for holes
 * only where the device fell short. All of that is outside of measured time.
 * Whoever asks for a look waits no longer than it likes: without one the
 * answer is that of the folder's file system, as it was before the run.
 */
import { directDoubt, type FileSystem } from "../../host/file_system.ts";
import type { Reading } from "../../host/system_file.ts";
import {
  deviceIo,
  type DevicePath,
  fallsShort,
} from "../../metrics/device_io.ts";
import { PHASE_KINDS, type PhaseKind } from "../../metrics/phase_kinds.ts";
import type { DeviceIo, DeviceShortfall } from "../../metrics/run_record.ts";
import type { Storage } from "../../storage/storage.ts";
import type { HostFiles } from "../cache/drop_files.ts";
import type { AnsweredCalls, HostCalls } from "../files/host_calls.ts";
import { hostCallsOf } from "../files/threaded_storage.ts";
import { during } from "./during.ts";
import type { WaitHooks } from "./wait.ts";

/** Files that are looked at for holes. */
const SAMPLED_FILES_MAX = 16;

/** A file system, or why it is not known. */
type FoundFileSystem = Reading<FileSystem>;

/** Bytes of some files, and of their holes. */
type SampledHoles = Pick<
  DeviceShortfall,
  "sampledFiles" | "sampledBytes" | "holeBytes"
>;

/** A phase whose bytes are watched. */
export interface WatchedPhase {
  readonly kind: PhaseKind;
  /** What it asked for. */
  readonly bytesRequested: number;
  /** Those that it read; null: not known. */
  readonly files: HostFiles | null;
}

/** Where the bytes of some phases are. */
export interface DevicePlace {
  readonly storage: Pick<
    Storage,
    "bypassesCache" | "keepsNothing" | "hostPath"
  >;
  /** The storage's own name of the folder that holds the files. */
  readonly folder: string;
}

/** See the file header. */
export class DeviceWatch {
  readonly #place: DevicePlace;
  readonly #calls: AnsweredCalls<HostCalls>;
  /** Of the folder, as it was before the run. */
  readonly #folderFileSystem: FoundFileSystem | null;
  readonly #fileSystems = new Map<PhaseKind, FoundFileSystem>();

  private constructor(
    place: DevicePlace,
    calls: AnsweredCalls<HostCalls>,
    folderFileSystem: FoundFileSystem | null,
  ) {
    this.#place = place;
    this.#calls = calls;
    this.#folderFileSystem = folderFileSystem;
  }

  /**
   * Looks at the file system of a folder.
   *
   * @param place The folder.
   */
  static async of(place: DevicePlace): Promise<DeviceWatch> {
    const calls = hostCallsOf(place.storage);
    const path = place.storage.hostPath?.(place.folder);
    const found = path === undefined ? null : await calls.fileSystem(path);
    return new DeviceWatch(place, calls, found);
  }

  /**
   * As {@linkcode DeviceWatch.look}, at once and without a look at any file.
   *
   * @param counted What the kernel counted for it, or why it did not.
   */
  deviceIo(
    { kind, bytesRequested }: Omit<WatchedPhase, "files">,
    counted: DeviceIo,
  ): DeviceIo {
    const fileSystem = this.#isOnHost()
      ? this.#fileSystems.get(kind) ?? this.#folderFileSystem
      : null;
    return this.#judged(bytesRequested, counted, fileSystem, NO_SAMPLE);
  }

  /**
   * Bytes that reached the device in a phase, and if they are too few what
   * may be why: for that, files are looked at, which lasts as long as their
   * storage takes to answer.
   *
   * @param counted What the kernel counted for it, or why it did not.
   */
  async look(phase: WatchedPhase, counted: DeviceIo): Promise<DeviceIo> {
    const { kind, bytesRequested, files } = phase;
    const fileSystem = this.#isOnHost()
      ? await this.#fileSystem(kind, files)
      : null;
    const device = this.#judged(bytesRequested, counted, fileSystem, NO_SAMPLE);
    const isRead = PHASE_KINDS[kind].direction === "read";
    if (device.shortfall === undefined || !isRead || files === null) {
      return device;
    }
    const holes = await this.#holesOf(files);
    return this.#judged(bytesRequested, counted, fileSystem, holes);
  }

  #judged(
    bytesRequested: number,
    counted: DeviceIo,
    fileSystem: FoundFileSystem | null,
    holes: SampledHoles,
  ): DeviceIo {
    const way = this.#way();
    const device = deviceIo(bytesRequested, counted, {
      way,
      uncountedReason: uncountedReason(fileSystem, way),
    });
    if (!this.#isOnHost() || !fallsShort(bytesRequested, device)) return device;
    const shortfall: DeviceShortfall = {
      isDirect: way === "direct",
      fileSystemType: fileSystem?.value?.type ?? null,
      isMemory: fileSystem?.value?.isMemory ?? false,
      compression: fileSystem?.value?.compression ?? null,
      cachesDirect: fileSystem?.value?.cachesDirect ?? null,
      ...holes,
    };
    return { ...device, shortfall };
  }

  #isOnHost(): boolean {
    const way = this.#way();
    return way === "direct" || way === "cached";
  }

  #way(): DevicePath["way"] {
    const { bypassesCache, keepsNothing, hostPath } = this.#place.storage;
    if (keepsNothing === true) return "nothing";
    if (hostPath === undefined) return bypassesCache ? "network" : "cached";
    return bypassesCache ? "direct" : "cached";
  }

  /** A folder inside of the dataset's may be a mount or a link of its own. */
  async #fileSystem(
    kind: PhaseKind,
    files: HostFiles | null,
  ): Promise<FoundFileSystem | null> {
    const known = this.#fileSystems.get(kind);
    if (known !== undefined) return known;
    if (files === null || files.fileCount === 0) return this.#folderFileSystem;
    const found = await this.#calls.fileSystem(files.hostPath(0));
    this.#fileSystems.set(kind, found);
    return found;
  }

  /** Sums over some files, first and last included. */
  async #holesOf(files: HostFiles): Promise<SampledHoles> {
    const { fileCount } = files;
    const sampledFiles = Math.min(fileCount, SAMPLED_FILES_MAX);
    if (sampledFiles === 0) return NO_SAMPLE;
    let sampledBytes = 0;
    let holeBytes = 0;
    for (let i = 0; i < sampledFiles; i++) {
      const index = sampledFiles === 1
        ? 0
        : Math.floor((i * (fileCount - 1)) / (sampledFiles - 1));
      const holes = (await this.#calls.holes(files.hostPath(index))).value;
      if (holes === null) return { ...NO_SAMPLE, sampledFiles: i };
      sampledBytes += holes.lookedBytes;
      holeBytes += holes.holeBytes;
    }
    return { sampledFiles, sampledBytes, holeBytes };
  }
}

/**
 * Looks at the file system of a folder, however long it takes to answer.
 *
 * @param place The folder.
 * @param hooks Who shows the wait, and what ends it.
 */
export function watchDevice(
  place: DevicePlace,
  hooks: WaitHooks,
): Promise<DeviceWatch> {
  return during(
    hooks,
    `looking at the file system of ${place.folder}`,
    () => DeviceWatch.of(place),
  );
}

/**
 * What speaks against O_DIRECT where some files are, before a run relies on
 * it.
 *
 * @param what Which files: "the dataset".
 * @returns A warning; null without O_DIRECT, or if nothing is known.
 */
export async function directWarning(
  { storage, folder }: DevicePlace,
  what: string,
): Promise<string | null> {
  if (!storage.bypassesCache || storage.hostPath === undefined) return null;
  const path = storage.hostPath(folder);
  const fileSystem = (await hostCallsOf(storage).fileSystem(path)).value;
  const doubt = fileSystem === null ? null : directDoubt(fileSystem);
  return doubt === null
    ? null
    : `O_DIRECT is meaningless for ${what} in ${path}: ${doubt}`;
}

/** Of O_DIRECT nothing is believed where the file system is not known. */
function uncountedReason(
  fileSystem: FoundFileSystem | null,
  way: DevicePath["way"],
): string | null {
  if (fileSystem === null) return null;
  if (fileSystem.value !== null) return fileSystem.value.uncountedReason;
  return way === "direct" ? fileSystem.reason : null;
}

const NO_SAMPLE: SampledHoles = {
  sampledFiles: 0,
  sampledBytes: 0,
  holeBytes: null,
};

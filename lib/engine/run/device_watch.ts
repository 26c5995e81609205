/**
 * What of the bytes of a storage reaches its device: asked once for each
 * phase, when it is over.
 *
 * Its file system is looked at for each kind of phase once, files for holes
 * only where the device fell short. All of that is outside of measured time,
 * and only where the storage answers: else it would be waited for.
 */
import { directDoubt, readFileSystem } from "../../host/file_system.ts";
import { readHoles } from "../../host/holes.ts";
import {
  deviceIo,
  type DevicePath,
  fallsShort,
} from "../../metrics/device_io.ts";
import { PHASE_KINDS, type PhaseKind } from "../../metrics/phase_kinds.ts";
import type { DeviceIo, DeviceShortfall } from "../../metrics/run_record.ts";
import type { Storage } from "../../storage/storage.ts";
import type { HostFiles } from "../cache/drop_files.ts";

/** Files that are looked at for holes. */
const SAMPLED_FILES_MAX = 16;

/** A file system, or why it is not known. */
type FoundFileSystem = ReturnType<typeof readFileSystem>;

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
  /** Of the folder, which answered when it was tried before the run. */
  readonly #folderFileSystem: FoundFileSystem | null;
  readonly #fileSystems = new Map<PhaseKind, FoundFileSystem>();

  constructor(place: DevicePlace) {
    this.#place = place;
    const path = place.storage.hostPath?.(place.folder);
    this.#folderFileSystem = path === undefined ? null : readFileSystem(path);
  }

  /**
   * Bytes that reached the device in a phase, and if they are too few what
   * may be why.
   *
   * @param phase `bytesRequested`: what it asked for. `mayLook`:
   *   whether they answer. `files`: those that it read; null: not known.
   * @param counted What the kernel counted for it, or why it did not.
   */
  deviceIo(
    phase: {
      readonly kind: PhaseKind;
      readonly bytesRequested: number;
      readonly mayLook: boolean;
      readonly files: HostFiles | null;
    },
    counted: DeviceIo,
  ): DeviceIo {
    const { kind, bytesRequested } = phase;
    const files = phase.mayLook ? phase.files : null;
    const way = this.#way();
    const isOnHost = way === "direct" || way === "cached";
    const fileSystem = isOnHost ? this.#fileSystem(kind, files) : null;
    const device = deviceIo(bytesRequested, counted, {
      way,
      uncountedReason: uncountedReason(fileSystem, way),
    });
    if (!isOnHost || !fallsShort(bytesRequested, device)) return device;
    const isRead = PHASE_KINDS[kind].direction === "read";
    const shortfall: DeviceShortfall = {
      isDirect: way === "direct",
      fileSystemType: fileSystem?.value?.type ?? null,
      isMemory: fileSystem?.value?.isMemory ?? false,
      compression: fileSystem?.value?.compression ?? null,
      cachesDirect: fileSystem?.value?.cachesDirect ?? null,
      ...holesOf(isRead ? files : null),
    };
    return { ...device, shortfall };
  }

  #way(): DevicePath["way"] {
    const { bypassesCache, keepsNothing, hostPath } = this.#place.storage;
    if (keepsNothing === true) return "nothing";
    if (hostPath === undefined) return bypassesCache ? "network" : "cached";
    return bypassesCache ? "direct" : "cached";
  }

  /** A folder inside of the dataset's may be a mount or a link of its own. */
  #fileSystem(
    kind: PhaseKind,
    files: HostFiles | null,
  ): FoundFileSystem | null {
    const known = this.#fileSystems.get(kind);
    if (known !== undefined) return known;
    if (files === null || files.fileCount === 0) return this.#folderFileSystem;
    const found = readFileSystem(files.hostPath(0));
    this.#fileSystems.set(kind, found);
    return found;
  }
}

/**
 * What speaks against O_DIRECT where some files are, before a run relies on
 * it.
 *
 * @param what Which files: "the dataset".
 * @returns A warning; null without O_DIRECT, or if nothing is known.
 */
export function directWarning(
  { storage, folder }: DevicePlace,
  what: string,
): string | null {
  if (!storage.bypassesCache || storage.hostPath === undefined) return null;
  const path = storage.hostPath(folder);
  const fileSystem = readFileSystem(path).value;
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

/** Sums over some files, first and last included. */
function holesOf(
  files: HostFiles | null,
): Pick<DeviceShortfall, "sampledFiles" | "sampledBytes" | "holeBytes"> {
  const fileCount = files?.fileCount ?? 0;
  const sampledFiles = Math.min(fileCount, SAMPLED_FILES_MAX);
  let sampledBytes = 0;
  let holeBytes = 0;
  for (let i = 0; files !== null && i < sampledFiles; i++) {
    const index = sampledFiles === 1
      ? 0
      : Math.floor((i * (fileCount - 1)) / (sampledFiles - 1));
    const holes = readHoles(files.hostPath(index)).value;
    if (holes === null) return { ...NO_SAMPLE, sampledFiles: i };
    sampledBytes += holes.lookedBytes;
    holeBytes += holes.holeBytes;
  }
  if (sampledFiles === 0) return NO_SAMPLE;
  return { sampledFiles, sampledBytes, holeBytes };
}

const NO_SAMPLE = { sampledFiles: 0, sampledBytes: 0, holeBytes: null };

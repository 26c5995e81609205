/**
 * Copies shards to a folder of this host, for one reader: those that it needs
 * now, and those that it will need, one after another.
 *
 *    remote storage --> pieces --> copy --> samples, see `shard_reader.ts`
 *
 * An object store is asked for several pieces of a shard at a time, as for
 * any long object. Where data is in files, a piece is read and written, and
 * then the thread does what else is to be done.
 */
import { DatasetError } from "../../errors.ts";
import { LocalStorage } from "../../storage/local/local.ts";
import type { FileWriter, OpenedFile, Storage } from "../../storage/storage.ts";
import type { ShardCachePlan } from "../plan/run_plan.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { SampleFiles } from "./sample_files.ts";
import { fileEndsEarly } from "./read_faults.ts";
import { ShardTable } from "./shard_table.ts";

/** Between two looks at whether another reader has copied a shard. */
const LOOK_MS = 1;
/** Longest time that pieces of files follow each other without a turn. */
const TURN_MS = 5;

/** One for each piece in flight of one copy. */
type PieceBuffers = Uint8Array[];

/** What a cache works with. */
export interface ShardCacheParts {
  readonly plan: ShardCachePlan;
  readonly files: SampleFiles;
  /** Where the shards are. */
  readonly remote: Storage;
  readonly meter: WorkerMeter;
  /** Bytes of one read of a shard that is in a file. */
  readonly readBytes: number;
}

/** The copies, as storage. */
export class CopiedShards extends LocalStorage {
  readonly #table: ShardTable;
  readonly #indexOfPath: (path: string) => number;

  /** @param indexOfPath Index of the file that a path is the copy of. */
  constructor(
    { folder, ...plan }: ShardCachePlan,
    indexOfPath: (path: string) => number,
  ) {
    super(folder);
    this.#table = new ShardTable(plan);
    this.#indexOfPath = indexOfPath;
  }

  /** @throws {ShardEvicted} If there is no copy of it now. */
  override open(path: string): OpenedFile {
    const fileIndex = this.#indexOfPath(path);
    const name = nameOfCopy(fileIndex);
    const opened = this.#table.whileLocal(fileIndex, () => super.open(name));
    if (opened === null) throw new ShardEvicted();
    return opened;
  }
}

/** The copy of a shard is gone: it is to be copied again. */
export class ShardEvicted extends Error {}

/** See the file header. */
export class ShardCache {
  readonly #parts: ShardCacheParts;
  readonly #table: ShardTable;
  readonly #copies: LocalStorage;
  readonly #pieceBytes: number;
  readonly #piecesInFlight: number;
  /** Of copies that are done, for those to come. */
  readonly #freeBuffers: PieceBuffers[] = [];
  /** Shards that this reader is copying. */
  readonly #copying = new Set<number>();
  /** Shards that will be needed, one after another. */
  #ahead: Promise<void> = Promise.resolve();

  constructor(parts: ShardCacheParts) {
    const { plan, remote, readBytes } = parts;
    this.#parts = parts;
    this.#table = new ShardTable(plan);
    this.#copies = new LocalStorage(plan.folder);
    this.#pieceBytes = remote.rangeGets?.byteCount ?? readBytes;
    this.#piecesInFlight = remote.isSync ? 1 : remote.rangeGets?.inFlight ?? 1;
  }

  /** Resolves when a shard has a copy. @param file Its index in the split. */
  async ready(file: number): Promise<void> {
    const { files, meter } = this.#parts;
    const fileIndex = files.indexOf(file);
    while (!this.#table.use(fileIndex) && !meter.isStopped()) {
      if (this.#table.claim(fileIndex)) await this.#copy(file, fileIndex);
      else {
        // Of one that another reader copies, that one is to be watched.
        if (this.#copying.has(fileIndex)) meter.reading(fileIndex);
        else meter.idle();
        await pause();
      }
    }
  }

  /** Copies a shard when those before it are copied. */
  prepare(file: number): void {
    const { files, meter } = this.#parts;
    const fileIndex = files.indexOf(file);
    this.#ahead = this.#ahead.then(async () => {
      if (meter.isStopped() || this.#table.use(fileIndex)) return;
      if (!this.#table.claim(fileIndex)) return;
      await this.#copy(file, fileIndex);
    }).catch(() => {
      // It is remote again: whoever needs it tries again, and says so.
    });
  }

  /** Resolves when nothing is being copied ahead. */
  async end(): Promise<void> {
    await this.#ahead;
  }

  async #copy(file: number, fileIndex: number): Promise<void> {
    const { files, remote, meter } = this.#parts;
    const startMs = meter.now();
    meter.reading(fileIndex);
    this.#copying.add(fileIndex);
    try {
      const path = files.path(file);
      const source = await remote.open(path);
      try {
        files.checkLength(source.path, fileIndex, source.byteLength);
        await this.#takeRoom(fileIndex, source);
        await this.#write(fileIndex, source);
      } finally {
        await source.close();
      }
    } catch (error) {
      this.#table.giveUp(fileIndex);
      throw error;
    } finally {
      this.#copying.delete(fileIndex);
    }
    if (meter.isStopped()) {
      this.#table.giveUp(fileIndex);
      return;
    }
    this.#table.finish(fileIndex);
    meter.downloaded(startMs);
  }

  async #takeRoom(
    fileIndex: number,
    { path, byteLength }: OpenedFile,
  ): Promise<void> {
    const { plan, meter } = this.#parts;
    if (byteLength > plan.limitBytes) {
      throw new DatasetError(
        `Cannot copy "${path}" as reader.shard_cache_bytes must hold at least ` +
          `this shard of ${byteLength} bytes: current value is ` +
          `${plan.limitBytes}`,
      );
    }
    const evict = (other: number) => this.#copies.remove(nameOfCopy(other));
    while (!this.#table.takeRoom(fileIndex, byteLength, evict)) {
      if (meter.isStopped()) return;
      await pause();
    }
  }

  async #write(fileIndex: number, source: OpenedFile): Promise<void> {
    const writer = this.#copies.create(nameOfCopy(fileIndex), {
      expectedBytes: source.byteLength,
      atomic: false,
      fsync: false,
    });
    const buffers = this.#freeBuffers.pop() ?? [];
    try {
      await this.#writePieces(source, writer, buffers);
    } catch (error) {
      writer.abort();
      throw error;
    }
    // Of a copy that failed reads may still be under way.
    this.#freeBuffers.push(buffers);
    writer.commit();
  }

  /** Pieces are asked for side by side and written in their order. */
  async #writePieces(
    source: OpenedFile,
    writer: FileWriter,
    buffers: PieceBuffers,
  ): Promise<void> {
    const { meter } = this.#parts;
    let turnMs = meter.now();
    const pieceCount = Math.ceil(source.byteLength / this.#pieceBytes);
    const pending: (Promise<Uint8Array> | Uint8Array)[] = [];
    let asked = 0;
    try {
      for (let piece = 0; piece < pieceCount && !meter.isStopped(); piece++) {
        while (
          asked < pieceCount && asked < piece + this.#piecesInFlight
        ) {
          pending.push(this.#read(source, asked++, buffers));
        }
        const bytes = await pending.shift()!;
        await writer.write(bytes);
        meter.downloadedPart(bytes.length);
        if (meter.now() - turnMs < TURN_MS) continue;
        await turn();
        turnMs = meter.now();
      }
    } finally {
      // Those behind one that failed end as they like.
      for (const read of pending) Promise.resolve(read).catch(() => {});
    }
  }

  #read(
    source: OpenedFile,
    piece: number,
    buffers: PieceBuffers,
  ): Promise<Uint8Array> | Uint8Array {
    const offset = piece * this.#pieceBytes;
    const byteCount = Math.min(this.#pieceBytes, source.byteLength - offset);
    const slot = piece % this.#piecesInFlight;
    const buffer = buffers[slot] ??= new Uint8Array(this.#pieceBytes);
    const view = buffer.subarray(0, byteCount);
    const checked = (readBytes: number) => {
      if (readBytes === byteCount) return view;
      throw fileEndsEarly(source.path, offset, byteCount);
    };
    const reading = source.readInto(view, offset);
    return typeof reading === "number"
      ? checked(reading)
      : reading.then(checked);
  }
}

/** By number: names of shards may have folders. */
function nameOfCopy(fileIndex: number): string {
  return `${fileIndex}.shard`;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

/** Lets the thread read samples, and hear of batches that were taken. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

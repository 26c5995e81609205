/**
 * Reads ranges of a file past the page cache.
 *
 *    requested |        ·······················      |
 *    blocks    |····|····|····|····|····|····|····|····|
 *
 * A range that begins at a block is read straight into the caller's memory as
 * far as it has whole blocks. Every other byte is read with its block and
 * copied. No byte beyond the caller's view is written, because a device
 * transfers whole blocks, also at the end of a file.
 */
import { HeldDescriptor } from "../local/held_descriptor.ts";
import type { OpenedFile } from "../storage.ts";
import { directError } from "./direct_calls.ts";
import type { DirectCalls } from "./direct_calls.ts";
import type { DirectStaging } from "./direct_staging.ts";

const EINVAL = 22;

/** A file opened with O_DIRECT for reading. */
export class DirectFile implements OpenedFile {
  readonly path: string;
  readonly byteLength: number;
  readonly #calls: DirectCalls;
  readonly #staging: DirectStaging;
  readonly #fd: number;
  readonly #descriptor: HeldDescriptor;

  constructor(
    calls: DirectCalls,
    staging: DirectStaging,
    file: {
      readonly fd: number;
      readonly path: string;
      readonly byteLength: number;
    },
  ) {
    this.#calls = calls;
    this.#staging = staging;
    this.#fd = file.fd;
    this.#descriptor = new HeldDescriptor(file.fd, () => calls.close(file.fd));
    this.path = file.path;
    this.byteLength = file.byteLength;
  }

  hold(): number {
    return this.#descriptor.hold();
  }

  release(): void {
    this.#descriptor.release();
  }

  readInto(view: Uint8Array, offset: number): number {
    const wantedBytes = Math.min(view.length, this.byteLength - offset);
    if (wantedBytes <= 0) return 0;
    const doneBytes = this.#readBlocks(view, offset, wantedBytes);
    if (doneBytes === wantedBytes) return doneBytes;
    return this.#readStaged(view, offset, doneBytes, wantedBytes);
  }

  close(): void {
    this.#descriptor.close();
  }

  /** @returns Bytes read, whole blocks unless the file became shorter. */
  #readBlocks(view: Uint8Array, offset: number, wantedBytes: number): number {
    const { blockBytes } = this.#staging;
    const directBytes = wantedBytes - wantedBytes % blockBytes;
    if (
      directBytes === 0 || offset % blockBytes !== 0 ||
      !this.#staging.mayBeAligned(view)
    ) return 0;
    const target = directBytes === view.length
      ? view
      : view.subarray(0, directBytes);
    const byteCount = this.#calls.read(this.#fd, target, offset);
    if (byteCount >= 0) return byteCount;
    if (byteCount !== -EINVAL) throw directError("read", this.path, -byteCount);
    // Offset and length are in order, so it is the memory; once per buffer.
    this.#staging.markUnaligned(view);
    return 0;
  }

  #readStaged(
    view: Uint8Array,
    offset: number,
    fromBytes: number,
    wantedBytes: number,
  ): number {
    const { blockBytes } = this.#staging;
    const stage = this.#staging.take();
    let doneBytes = fromBytes;
    try {
      while (doneBytes < wantedBytes) {
        const at = offset + doneBytes;
        const skipBytes = at % blockBytes;
        const spanBytes = Math.ceil(
          (skipBytes + wantedBytes - doneBytes) / blockBytes,
        ) * blockBytes;
        const target = stage.subarray(0, Math.min(stage.length, spanBytes));
        const byteCount = this.#calls.read(this.#fd, target, at - skipBytes);
        if (byteCount < 0) throw directError("read", this.path, -byteCount);
        const part = stage.subarray(
          skipBytes,
          Math.min(byteCount, skipBytes + wantedBytes - doneBytes),
        );
        if (part.length === 0) break;
        view.set(part, doneBytes);
        doneBytes += part.length;
      }
    } finally {
      this.#staging.giveBack(stage);
    }
    return doneBytes;
  }
}

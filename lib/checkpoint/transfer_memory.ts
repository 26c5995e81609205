/**
 * What a thread moves checkpoints with: its buffers, and the source of their
 * bytes, which writes into its own arena alone.
 */
import { PageArena } from "../bytes/page_arena.ts";
import type { RandomSource } from "../random/random_source.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../random/wasm_source.ts";
import type { CheckpointPlan } from "./checkpoint_plan.ts";
import { checkpointSeed, CONSTANT_BYTE } from "./file_content.ts";

/** See the file header. */
export class TransferMemory {
  /** One, or two where the next one is filled or compared meanwhile. */
  readonly buffers: readonly Uint8Array[];
  /**
   * Memory of all writes in flight: the same as that of `buffers`, as a thread
   * either saves or loads.
   */
  readonly queueMemory: Uint8Array;
  /** Null: constant bytes. */
  readonly source: RandomSource | null;

  /** @param isSync Of the storage. */
  constructor(plan: CheckpointPlan, isSync: boolean) {
    const { chunkBytes, isRandom, saveQueue } = plan;
    const bufferCount = isSync && !plan.verify ? 1 : 2;
    const chunkCount = Math.max(bufferCount, saveQueue?.depth ?? 0);
    const arena = new PageArena(
      chunkCount * chunkBytes + (isRandom ? RANDOM_REGION_BYTES + 4096 : 0),
    );
    this.queueMemory = arena.allocate(chunkCount * chunkBytes);
    this.buffers = Array.from(
      { length: bufferCount },
      (_, i) => this.queueMemory.subarray(i * chunkBytes, (i + 1) * chunkBytes),
    );
    this.source = isRandom
      ? createRandomSource(arena, { seed: checkpointSeed(plan.seed) })
      : null;
    // Before the clock starts: the system gives every page at its first
    // touch, and compiled code is not yet what it will be.
    for (let i = 0; i < chunkCount; i++) {
      const chunk = this.queueMemory
        .subarray(i * chunkBytes, (i + 1) * chunkBytes);
      if (this.source === null) chunk.fill(CONSTANT_BYTE);
      else this.source.fill(chunk, 0, 0);
    }
  }
}

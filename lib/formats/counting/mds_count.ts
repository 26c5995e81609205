/**
 * Samples in MDS shards: the number that they begin with.
 */
import { runSteps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import type { SampleCounting } from "./sample_counting.ts";
import { readAt } from "../read_at.ts";

const LENGTH_BYTES = 4;

/** How the samples of a file are counted. */
export const mdsCounting: SampleCounting = {
  reads: "head",
  count: (source) =>
    runSteps((function* () {
      const head = yield* readAt(source, 0, LENGTH_BYTES);
      const count = new DataView(head.buffer).getUint32(0, true);
      // Each has an offset, and the first one's begin is one more.
      if (LENGTH_BYTES * (count + 2) <= source.byteLength) return count;
      throw new FormatError(
        source.path,
        0,
        `an MDS shard must hold the offsets of its ${count} samples: it has ` +
          `${source.byteLength} bytes`,
      );
    })()),
};

/**
 * How the threads that fetch for one reader divide its reads
 * (`transfer_threads`), without a word between them: each goes through all of
 * the reader's batches and takes what is its own.
 *
 *    batch of 4 files   f0  f1  f2  f3     whole files: in turns
 *    thread 0           xx      xx
 *    thread 1               xx      xx
 *
 * A file of which ranges are read is always taken by the same thread, so that
 * it is opened once, as without further threads.
 */
import type { Reading } from "../../formats/format.ts";
import { combine32 } from "../../random/seeds.ts";
import type { FetchShare } from "./reader_place.ts";

/** Says which parts of a reader's batches a thread reads. */
export interface PartDealer {
  /** An epoch begins. */
  begin(): void;
  /** Whether the next part, which is of this file, is this thread's. */
  takes(file: number): boolean;
}

/** Deals the parts of files that are read in this way. */
export function dealerOf(
  reading: Reading,
  { index, count }: FetchShare,
): PartDealer {
  if (count === 1) return { begin() {}, takes: () => true };
  if (reading !== "whole_file") {
    // Not file % count: the shards of a reader may all have one remainder.
    return {
      begin() {},
      takes: (file) => combine32(count, file) % count === index,
    };
  }
  let turn = 0;
  return {
    begin: () => turn = 0,
    takes: () => turn++ % count === index,
  };
}

/**
 * Reads that one of the threads keeps in flight: together they keep as many as
 * the reader would alone.
 *
 * @param inFlight Of the reader; at least as many as there are threads.
 */
export function inFlightOf(
  inFlight: number,
  { index, count }: FetchShare,
): number {
  return Math.floor(inFlight / count) + (index < inFlight % count ? 1 : 0);
}

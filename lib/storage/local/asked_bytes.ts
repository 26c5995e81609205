/**
 * How much a read asks for, where more than the file has costs time.
 *
 *    file     |····|····|····|··|
 *    asked    |····|····|····|····|          to the end of its last block
 *    in full  |····|····|····|··00|0000|0000|0000|0000|
 *
 * Past the page cache Linux fills what was asked for behind the end of a file
 * with zeros before it says how little there was (`iomap_dio_hole_iter` in
 * fs/iomap/direct-io.c): 4 MiB for a file of 150 kB took 150 µs of CPU.
 *
 * What is asked for reaches beyond the last wanted byte, so that a file that
 * is longer than it must be shows.
 */

/**
 * Bytes to ask for.
 *
 * @param missingBytes Wanted, from the offset of the read on; < 0: not known.
 * @param blockBytes Lengths are multiples of it; 1: the page cache, where
 *   nothing is filled.
 * @param mostBytes Most that may be asked for.
 */
export function bytesToAsk(
  missingBytes: number,
  blockBytes: number,
  mostBytes: number,
): number {
  if (missingBytes < 0 || blockBytes === 1) return mostBytes;
  const wholeBlocks = (Math.floor(missingBytes / blockBytes) + 1) * blockBytes;
  return Math.min(mostBytes, wholeBlocks);
}

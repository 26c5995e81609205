/**
 * A shuffle buffer: samples of a stream wait in memory, and each one that is
 * wanted is drawn from those that wait.
 *
 *    read --------> | up to bufferSamples | --------> drawn
 *
 * The first is drawn when {@linkcode INITIAL_SAMPLES} wait. With each one
 * drawn two are read until the buffer is full, then one. At the end it runs
 * empty. Which sample is drawn changes no byte that is read, so that is not
 * followed: how far reading runs ahead is.
 *
 * Source: `_shuffle` of webdataset's `filters.py`,
 * https://github.com/webdataset/webdataset
 */

/** Samples that wait before the first is drawn, in a buffer that holds them. */
const INITIAL_SAMPLES = 100;

/**
 * Samples that have been read when so many have been drawn.
 *
 * @param drawn Samples drawn, <= total.
 * @param total Samples of the stream.
 * @param bufferSamples What the buffer holds; <= 1: there is none.
 */
export function samplesReadFor(
  drawn: number,
  total: number,
  bufferSamples: number,
): number {
  if (drawn === 0 || bufferSamples <= 1) return drawn;
  const initial = Math.min(INITIAL_SAMPLES, bufferSamples);
  // Two at a time, so an odd number is exceeded by one.
  const filling = 2 * Math.ceil(initial / 2) + 2 * (drawn - 1);
  const full = drawn + bufferSamples - 1;
  return Math.min(total, filling, full);
}

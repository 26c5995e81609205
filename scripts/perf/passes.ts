/**
 * How often the same files are read where the speed of reading is measured:
 * epochs of the engine, passes of the plain loop.
 *
 * In the first of them code is still being compiled, which a run of minutes
 * does not feel: an epoch of a tenth of a second takes up to twice as long.
 */

/** Passes that do not count. */
export const WARM_PASSES = 4;

/** Passes after them, whose mean counts. */
export const COUNTED_PASSES = 4;

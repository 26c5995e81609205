/**
 * In which turns the readers of an accelerator make its batches: round robin,
 * as PyTorch's workers do. Where readers have unequal amounts, those that
 * have none left are passed over.
 *
 *    batch    0 1 2  3 4 5 | 6 7  8 9        rounds = 2, longReaders = 2
 *    reader   0 1 2  0 1 2 | 0 1  0 1
 */

/** The turns of one phase: plain data. */
export interface ReaderTurns {
  readonly readers: number;
  /** Rounds in which all readers have a turn; Infinity: all rounds. */
  readonly rounds: number;
  /** Readers, the first ones, that have turns in the later rounds, >= 1. */
  readonly longReaders: number;
}

/** Turns of readers that have equal amounts. @param readers >= 1. */
export function equalTurns(readers: number): ReaderTurns {
  return { readers, rounds: Infinity, longReaders: readers };
}

/** The reader that makes batch `batch`. */
export function readerOf(turns: ReaderTurns, batch: number): number {
  const { readers, rounds, longReaders } = turns;
  const equalBatches = rounds * readers;
  return batch < equalBatches
    ? batch % readers
    : (batch - equalBatches) % longReaders;
}

/** Number of batch `batch` among those of its reader, from 0. */
export function ordinalOf(turns: ReaderTurns, batch: number): number {
  const { readers, rounds, longReaders } = turns;
  const equalBatches = rounds * readers;
  return batch < equalBatches
    ? Math.floor(batch / readers)
    : rounds + Math.floor((batch - equalBatches) / longReaders);
}

/** The batch that reader `reader` makes as its `ordinal`-th, from 0. */
export function batchOf(
  turns: ReaderTurns,
  reader: number,
  ordinal: number,
): number {
  const { readers, rounds, longReaders } = turns;
  return ordinal < rounds
    ? ordinal * readers + reader
    : rounds * readers + (ordinal - rounds) * longReaders + reader;
}

/**
 * Batches of a reader among the first ones of a phase.
 *
 * @param batches How many the phase has.
 * @param reader The reader, from 0.
 */
export function batchesOfReader(
  turns: ReaderTurns,
  batches: number,
  reader: number,
): number {
  const { readers, rounds, longReaders } = turns;
  const equalBatches = Math.min(batches, rounds * readers);
  const inEqualRounds = turnsAmong(equalBatches, readers, reader);
  if (reader >= longReaders) return inEqualRounds;
  return inEqualRounds +
    turnsAmong(batches - equalBatches, longReaders, reader);
}

function turnsAmong(batches: number, readers: number, reader: number): number {
  return Math.max(0, Math.ceil((batches - reader) / readers));
}

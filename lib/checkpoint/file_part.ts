/**
 * Which thread reads which part of a file if several load a rank together.
 *
 *    file 0   |reader 0|reader 1|reader 2|reader 3|
 *    file 1   |reader 1|reader 2|reader 3|reader 0|   the first part moves
 *    file 2   |reader 2|...                             on, so that short files
 *                                                     are shared out evenly
 *
 * Parts are contiguous, so that a device and its read-ahead see sequential
 * reads, and begin at a multiple of the chunk, so that O_DIRECT needs no copy.
 * DLIO's streaming reader reads a file with 4 threads as well.
 */

/** Bytes `offset` ... `endOffset` - 1 of a file; none if both are equal. */
export interface FilePart {
  readonly offset: number;
  readonly endOffset: number;
}

/** One of the threads that load a rank together. */
export interface Reader {
  /** Its number, < `readerCount`. */
  readonly reader: number;
  readonly readerCount: number;
}

/**
 * The part of a file that a reader reads. Those of all readers cover every
 * byte once.
 *
 * @param file Its length, its number among the rank's, and the bytes of one
 *   read.
 * @param who The reader.
 */
export function filePart(
  file: {
    readonly fileBytes: number;
    readonly fileIndex: number;
    readonly chunkBytes: number;
  },
  { reader, readerCount }: Reader,
): FilePart {
  const { fileBytes, fileIndex, chunkBytes } = file;
  const chunkCount = Math.ceil(fileBytes / chunkBytes);
  const turn = fileIndex % readerCount;
  const place = (reader + readerCount - turn) % readerCount;
  const startOf = (part: number) =>
    Math.min(
      fileBytes,
      Math.ceil((part * chunkCount) / readerCount) * chunkBytes,
    );
  return { offset: startOf(place), endOffset: startOf(place + 1) };
}

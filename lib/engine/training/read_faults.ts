/**
 * The errors of reading a dataset: one text for each fault, whichever reader
 * meets it and wherever the files are. A file that is missing or refused is
 * the storage's to tell, damage inside of it the format's.
 */
import { DatasetError, StokerError } from "../../errors.ts";

/**
 * A file of Stoker's own whose length is not the one that its settings give.
 *
 * @param haveBytes Its length.
 * @param wantedBytes The length that it was generated with.
 */
export function lengthDiffers(
  path: string,
  haveBytes: number,
  wantedBytes: number,
): DatasetError {
  return new DatasetError(
    `Cannot use "${path}" as the dataset's file has another length: ` +
      `it has ${haveBytes} bytes, the dataset's settings give ` +
      `${wantedBytes}; "stoker verify" names every such file`,
  );
}

/**
 * A file that is not as long as when the run first read it.
 *
 * @param haveBytes Its length.
 * @param firstBytes Its length then.
 */
export function lengthChanged(
  path: string,
  haveBytes: number,
  firstBytes: number,
): DatasetError {
  return new DatasetError(
    `Cannot use "${path}" as a dataset's files must not change during a ` +
      `run: it has ${haveBytes} bytes, it had ${firstBytes} when this run ` +
      `first read it`,
  );
}

/** A file without a byte, of which only the file itself tells the length. */
export function fileIsEmpty(path: string): DatasetError {
  return new DatasetError(
    `Cannot use "${path}" as a dataset's file must have at least 1 byte: ` +
      `it is empty`,
  );
}

/**
 * A range that is not there.
 *
 * @param offset First byte of the range.
 * @param byteCount Its length.
 */
export function fileEndsEarly(
  path: string,
  offset: number,
  byteCount: number,
): DatasetError {
  return new DatasetError(
    `Cannot read bytes ${offset} \u2026 ${offset + byteCount - 1} of ` +
      `"${path}": the file ends before them`,
  );
}

/** A format from outside whose `open` is asynchronous where it may not be. */
export function opensLater(path: string): StokerError {
  return new StokerError(
    `Cannot open "${path}" as the format's open() must answer at once where ` +
      "its source does: it answers with a promise",
  );
}

/** A defect: the loops are chosen by `Storage.isSync`. */
export function answersLater(path: string): Error {
  return new Error(
    `the storage of "${path}" is asynchronous, this loop is not`,
  );
}

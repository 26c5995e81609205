/**
 * What `stoker inspect` finds in a file: how it is compressed, which units it
 * is read by, which arrays or columns it has.
 */

/** What is inside of one file. */
export interface FileInside {
  /** Names of codecs and filters in use, each once; empty: none. */
  readonly compression: readonly string[];
  /** What is read at once, where a file has such units. */
  readonly groups: FileGroups | null;
  /** Columns, arrays, features; empty where a file has no such parts. */
  readonly parts: readonly FilePart[];
  /** What else a file of the format has, by name. @default {{}} */
  readonly facts?: Readonly<Record<string, number | string>>;
  /**
   * Settings of `dataset` that a run must be given to read such files.
   * @default {{}}
   */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Units of a file. */
export interface FileGroups {
  /** For people: "row groups", "chunks". */
  readonly name: string;
  readonly count: number;
  /** Samples of the largest; null where it is not known. */
  readonly samples: number | null;
}

/** A column, an array or a feature. */
export interface FilePart {
  readonly name: string;
  /** Type of its values, as its format's owner calls it. */
  readonly type: string;
  /** Lengths of its axes; null where it has none. */
  readonly shape: readonly number[] | null;
  /** Bytes that it takes in the file; null where that is not known. */
  readonly storedBytes: number | null;
}

/**
 * Where the cost of moving a rank's files is reported.
 */
import type { WriteMeter } from "../storage/storage.ts";

/** A worker's meter that counts files as well as operations. */
export interface RankMeter extends WriteMeter {
  /** A file is about to be written or read. @param file Its number. */
  writing(file: number): void;
  reading(file: number): void;
  /** What is told of one file where several are in flight. */
  ofFile(file: number): WriteMeter;
  /** A file is done with. */
  finishedFile(): void;
  /** No operation is in flight. */
  idle(): void;
}

/**
 * What one thread moves to and from devices, put into the rows that it
 * writes. Only threads with synchronous storage use it: see
 * `host/process_io.ts`.
 *
 *    end of a phase   gate   ...   end of the next phase
 *    record                      record
 *
 * A row gets what was moved since the thread's last record, so that no counter
 * is read between the gate and the first read.
 */
import { type ProcessIo, readThreadIo } from "../../host/process_io.ts";
import { FIELD } from "./region.ts";

/** Counts for one thread; used by that thread alone. */
export class DeviceCounter {
  readonly #read: typeof readThreadIo;
  #last: ProcessIo | null;

  /** @param read Looks at the counters: of the thread, or of the process. */
  constructor(read: typeof readThreadIo = readThreadIo) {
    this.#read = read;
    this.#last = read().value;
  }

  /** What was moved until now belongs to no row. */
  skip(): void {
    this.#last = this.#read().value;
  }

  /**
   * Puts into a row what was moved since the last call. Where the
   * kernel does not count it, the row says so.
   *
   * @param fields The row's fields.
   */
  record(fields: Float64Array): void {
    const last = this.#last;
    const now = this.#read().value;
    this.#last = now;
    if (last === null || now === null) return;
    fields[FIELD.deviceReadBytes] = now.deviceReadBytes - last.deviceReadBytes;
    fields[FIELD.deviceWriteBytes] = now.deviceWriteBytes -
      last.deviceWriteBytes;
    fields[FIELD.deviceCounted] = 1;
  }
}

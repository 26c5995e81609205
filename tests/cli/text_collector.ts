/** A stream that keeps what is written to it, for tests. */
import type { TextSink } from "../../lib/cli/console.ts";

/** Collects text; may take only a few bytes at a time, or break. */
export class TextCollector implements TextSink {
  text = "";
  /** What the next calls do instead of taking everything. */
  readonly failures: Error[] = [];
  readonly #maxBytes: number;

  constructor(maxBytes = Infinity) {
    this.#maxBytes = maxBytes;
  }

  writeSync(bytes: Uint8Array): number {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    const taken = bytes.subarray(0, Math.min(bytes.length, this.#maxBytes));
    this.text += new TextDecoder().decode(taken);
    return taken.length;
  }
}

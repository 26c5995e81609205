/**
 * Decodes row groups with parquet-wasm (arrow-rs) into Arrow tables, which
 * are dropped: only the work counts.
 *
 * The library is loaded only by those who decode: it is 5 MB of wasm.
 */
import type { RangeList } from "../../bytes/range_list.ts";
import { FormatError } from "../../errors.ts";
import type { FooterFacts } from "./footer_reader.ts";
import { GroupFileBuilder } from "./group_file.ts";

/** A table in the decoder's own memory. */
interface DecodedTable {
  free(): void;
}

/** Decodes a whole Parquet file. */
type DecodeFile = (file: Uint8Array) => DecodedTable;

let loadedDecoder: DecodeFile | null = null;

/** Loads parquet-wasm unless it is there already. */
export async function loadDecoder(): Promise<void> {
  loadedDecoder ??= (await import("parquet-wasm")).readParquet;
}

/** Decodes batches of one file. */
export class BatchDecoder {
  readonly #path: string;
  readonly #facts: FooterFacts;
  readonly #files: GroupFileBuilder;
  readonly #decodeFile: DecodeFile;

  /**
   * @param path The file, for errors.
   * @param footer Its footer alone, which is kept.
   * @throws {Error} If {@linkcode loadDecoder} has not ended before.
   */
  constructor(path: string, footer: Uint8Array, facts: FooterFacts) {
    if (loadedDecoder === null) {
      throw new Error("Cannot decode as prepare() must have ended before");
    }
    this.#path = path;
    this.#facts = facts;
    this.#files = new GroupFileBuilder(footer, facts);
    this.#decodeFile = loadedDecoder;
  }

  /**
   * Decodes the row groups that were read for a batch.
   *
   * @param ranges The batch's plan.
   * @param bytes The bytes of `ranges`, one range after another.
   * @returns Rows decoded.
   * @throws {FormatError} If a row group cannot be decoded.
   */
  decode(
    first: number,
    count: number,
    continues: boolean,
    ranges: RangeList,
    bytes: Uint8Array,
  ): number {
    const { groups } = this.#facts;
    const end = groups.endGroup(first, count);
    let rows = 0;
    let group = groups.firstGroup(first, count, continues);
    for (; group < end; group++) {
      // Nothing of it was read, see `GroupIndexBuilder.endGroup`.
      if (groups.rowsOf(group) === 0) continue;
      const file = this.#files.build(group, ranges, bytes);
      this.#decodeGroup(group, file, ranges);
      rows += groups.rowsOf(group);
    }
    return rows;
  }

  #decodeGroup(group: number, file: Uint8Array, ranges: RangeList): void {
    try {
      this.#decodeFile(file).free();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FormatError(
        this.#path,
        ranges.offsetOf(0),
        `row group ${group} must be readable by parquet-wasm, which says: ` +
          reason,
      );
    }
  }
}

/**
 * Decodes row groups with parquet-wasm (arrow-rs) into Arrow tables, which
 * are dropped: only the work counts.
 *
 * The library is loaded when the first file is opened that is to be decoded:
 * it is 5 MB of wasm that nothing else needs.
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
export type DecodeFile = (file: Uint8Array) => DecodedTable;

/**
 * Makes the decoder of one file.
 *
 * @param path The file, for errors.
 * @param footer Its footer alone, which is kept.
 */
export async function loadDecoder(
  path: string,
  footer: Uint8Array,
  facts: FooterFacts,
): Promise<BatchDecoder> {
  const { readParquet } = await import("parquet-wasm");
  return new BatchDecoder(path, footer, facts, readParquet);
}

/** Decodes batches of one file. */
export class BatchDecoder {
  readonly #path: string;
  readonly #facts: FooterFacts;
  readonly #files: GroupFileBuilder;
  readonly #decodeFile: DecodeFile;

  constructor(
    path: string,
    footer: Uint8Array,
    facts: FooterFacts,
    decodeFile: DecodeFile,
  ) {
    this.#path = path;
    this.#facts = facts;
    this.#files = new GroupFileBuilder(footer, facts);
    this.#decodeFile = decodeFile;
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

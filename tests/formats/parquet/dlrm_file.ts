/**
 * A file of the dlrm workloads: 768 row groups of 200 columns, of which 40
 * are read. Only its footer is made: the rest is 3.6 GB.
 *
 * Reference: MLPerf Storage's `configs/dlio/workload/dlrm_b200.yaml`.
 */
import type { FileSpec } from "../../../lib/formats/format.ts";
import { concatBytes } from "../../../lib/bytes/concat_bytes.ts";
import { fileLayout } from "../../../lib/formats/parquet/file_layout.ts";
import { footerPieces } from "../../../lib/formats/parquet/footer.ts";
import { column, parquetSpec } from "./parquet_file.ts";

export const DLRM_ROWS = 4718592;

const LETTERS = "hhddfhfbhbffdfbhfffhddddhffhhfdfdfhhdbbbhfhfdbdddffbbfffbfhf" +
  "dhdbfhbfhfhfhffdhbfdbbffhbhbfbffhfddfhbhhdhfdhhfdfddbhhbbdfbhhbbbhbbfb" +
  "hfdhhdhfddhfbbdfdfddbbbddffbfhfhfhdhdhfbdhbdbbbbhhbdddhdbbhfdbdfdffddh";

const DTYPE_OF: Readonly<Record<string, string>> = {
  h: "float16",
  f: "float32",
  d: "float64",
  b: "int8",
};

// deno-fmt-ignore
const READ = new Set([
  11, 17, 18, 20, 25, 31, 41, 43, 49, 53, 58, 59, 67, 68, 71, 74, 75, 88, 90,
  91, 92, 93, 94, 96, 97, 116, 117, 137, 141, 147, 154, 155, 158, 160, 162,
  169, 180, 186, 189, 195,
]);

/** One file of the dataset. */
export function dlrmSpec(): FileSpec {
  const columns = [...LETTERS].map((letter, i) => {
    const name = `feature_${String(i).padStart(3, "0")}`;
    return column(name, DTYPE_OF[letter]!, 1, READ.has(i));
  });
  return parquetSpec({ columns, rows: DLRM_ROWS, rowGroupRows: 6144 });
}

/** All of the file that follows its row groups. */
export function dlrmFooter(spec: FileSpec): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const piece of footerPieces(fileLayout(spec), null)) {
    pieces.push(piece.slice());
  }
  return concatBytes(pieces);
}

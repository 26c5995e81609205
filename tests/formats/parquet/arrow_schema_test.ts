import { assertEquals } from "@std/assert";
import { tableFromIPC } from "apache-arrow";
import { arrowSchema } from "../../../lib/formats/parquet/arrow_schema.ts";
import { DTYPES } from "../../../lib/formats/parquet/column_type.ts";
import { leavesOf } from "../../../lib/formats/parquet/leaf.ts";
import { column, parquetSpec } from "./parquet_file.ts";

function fieldTypes(size: number): Record<string, string> {
  const columns = DTYPES.map((dtype) => column(dtype, dtype, size));
  const text = arrowSchema(leavesOf(parquetSpec({ columns })));
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const { fields } = tableFromIPC(bytes).schema;
  for (const field of fields) assertEquals(field.nullable, true);
  return Object.fromEntries(fields.map((f) => [f.name, String(f.type)]));
}

const SCALARS = {
  uint8: "Uint8",
  uint16: "Uint16",
  uint32: "Uint32",
  uint64: "Uint64",
  int8: "Int8",
  int16: "Int16",
  int32: "Int32",
  int64: "Int64",
  float16: "Float16",
  float32: "Float32",
  float64: "Float64",
};
const ONE_VALUE = { string: "Utf8", binary: "Binary", bool: "Bool" };

Deno.test("arrowSchema() has scalars where the size is 1", () => {
  const list = "FixedSizeList[1]<Float32>";
  assertEquals(fieldTypes(1), { ...SCALARS, list, ...ONE_VALUE });
});

Deno.test("arrowSchema() has fixed-size lists of numbers", () => {
  const lists = Object.entries({ ...SCALARS, list: "Float32" })
    .map(([name, type]) => [name, `FixedSizeList[7]<${type}>`]);
  assertEquals(fieldTypes(7), { ...Object.fromEntries(lists), ...ONE_VALUE });
});

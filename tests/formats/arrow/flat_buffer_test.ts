import { assertEquals } from "@std/assert";
import { flatBuffer } from "../../../lib/formats/arrow/flat_buffer.ts";

Deno.test("flatBuffer() writes the layout of the specification", () => {
  const bytes = flatBuffer([
    { slot: 0, byteCount: 2, value: 0x0104 },
    { slot: 1, target: { text: "hi" } },
  ]);
  assertEquals(
    [...bytes],
    // deno-fmt-ignore
    [
      12, 0, 0, 0, // root table
      8, 0, 10, 0, 8, 0, 4, 0, // vtable: bytes, table's bytes, slots
      8, 0, 0, 0, // table: its vtable is 8 before
      8, 0, 0, 0, // slot 1: 8 ahead
      4, 1, // slot 0
      0, 0, // filling
      2, 0, 0, 0, 0x68, 0x69, 0,
    ],
  );
});

Deno.test("flatBuffer() leaves out absent slots and aligns tables", () => {
  const bytes = flatBuffer([
    {
      slot: 2,
      target: { tables: [[], [{ slot: 0, byteCount: 1, value: 7 }]] },
    },
  ]);
  const view = new DataView(bytes.buffer);
  const target = (at: number) => at + view.getUint32(at, true);
  const root = target(0);
  const vtable = root - view.getInt32(root, true);
  assertEquals(view.getUint16(vtable, true), 10);
  assertEquals([4, 6].map((at) => view.getUint16(vtable + at, true)), [0, 0]);
  const vector = target(root + view.getUint16(vtable + 8, true));
  assertEquals(view.getUint32(vector, true), 2);
  const tables = [target(vector + 4), target(vector + 8)];
  assertEquals(tables.map((at) => at % 4), [0, 0]);
  const last = tables[1]!;
  const lastVtable = last - view.getInt32(last, true);
  assertEquals(view.getUint8(last + view.getUint16(lastVtable + 4, true)), 7);
});

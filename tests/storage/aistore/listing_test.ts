/** Tests of lib/storage/aistore/listing.ts: what a page says of sizes. */
import { assertEquals } from "@std/assert";
import {
  listMessage,
  parseListing,
} from "../../../lib/storage/aistore/listing.ts";

const FIRST = { token: null, maxKeys: 10 };

function emptyOf(entries: readonly unknown[]): readonly string[] | undefined {
  return parseListing(JSON.stringify({ entries }), "d/", FIRST).emptyKeys;
}

Deno.test("listMessage() asks for names and sizes of one folder", () => {
  const { value } = JSON.parse(listMessage("d/", FIRST));
  assertEquals(value.props, "name,size");
  // LsNameSize and LsNoRecursion of `api/apc/lsmsg.go`.
  assertEquals(Number(value.flags), 32 + 2048);
});

Deno.test("parseListing() takes an object without a size for empty where others have one", () => {
  const [a, b] = [{ name: "d/a", size: "9" }, { name: "d/b" }];
  assertEquals(emptyOf([a, b]), ["d/b"]);
  assertEquals(emptyOf([a, { name: "d/c", size: "0" }]), ["d/c"]);
  assertEquals(emptyOf([a, { name: "d/folder", flags: 256 }]), []);
});

Deno.test("parseListing() says nothing of empty objects where no size was given", () => {
  assertEquals(emptyOf([{ name: "d/a" }, { name: "d/b" }]), []);
  assertEquals(emptyOf([]), []);
});

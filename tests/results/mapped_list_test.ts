import { assertEquals } from "@std/assert";
import { jsonPieces } from "../../lib/results/json_pieces.ts";
import { MappedList } from "../../lib/results/mapped_list.ts";

Deno.test("a mapped list is written as the list of its entries", () => {
  const list = new MappedList([1, 2], (n) => ({ n, inner: [{ n }] }));
  const text = [...jsonPieces({ list })].join("");
  assertEquals(text, [...jsonPieces({ list: [...list] })].join(""));
  assertEquals(JSON.parse(text), JSON.parse(JSON.stringify({ list })));
});

Deno.test("an empty mapped list is written as an empty list", () => {
  const list = new MappedList([], (entry) => entry);
  assertEquals([...jsonPieces(list)].join(""), "[]");
});

Deno.test("a mapped list makes each entry when it is asked for", () => {
  const made: number[] = [];
  const list = new MappedList([1, 2, 3], (n) => {
    made.push(n);
    return n;
  });
  assertEquals(made, []);
  const [first] = list;
  assertEquals([first, made], [1, [1]]);
});

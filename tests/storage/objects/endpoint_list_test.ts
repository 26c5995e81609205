import { assertEquals } from "@std/assert";
import {
  expandEndpoint,
  normalEndpoint,
} from "../../../lib/storage/objects/endpoint_list.ts";

Deno.test("expandEndpoint() writes ranges out with their zeros", () => {
  const sixteen = expandEndpoint("http://node[01-16]:9000") ?? [];
  assertEquals(sixteen.length, 16);
  assertEquals(sixteen[0], "http://node01:9000");
  assertEquals(sixteen[15], "http://node16:9000");
  assertEquals(expandEndpoint("n[9-11]"), ["n9", "n10", "n11"]);
});

Deno.test("expandEndpoint() writes out every combination of two ranges", () => {
  assertEquals(expandEndpoint("h[1-2]:900[0-1]"), [
    "h1:9000",
    "h1:9001",
    "h2:9000",
    "h2:9001",
  ]);
});

Deno.test("expandEndpoint() leaves the brackets of IPv6 alone", () => {
  assertEquals(expandEndpoint("http://[::1]:9000"), ["http://[::1]:9000"]);
});

Deno.test("expandEndpoint() refuses ranges that run backwards or off", () => {
  assertEquals(expandEndpoint("h[5-1]"), null);
  assertEquals(expandEndpoint("h[0-9999]"), null);
  assertEquals(expandEndpoint("h[0-99][0-99]"), null);
});

Deno.test("normalEndpoint() gives origin and path, with a scheme", () => {
  for (
    const [text, secure, wanted] of [
      ["http://h:9000/", true, "http://h:9000"],
      ["h:9000", true, "https://h:9000"],
      ["h:9000", false, "http://h:9000"],
      ["https://H.example/s3/", true, "https://h.example/s3"],
      ["ftp://h", true, null],
      ["http://user:pw@h", true, null],
      ["http://h?x=1", true, null],
      ["not a url", true, null],
    ] as const
  ) {
    assertEquals(normalEndpoint(text, secure), wanted, text);
  }
});

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { redirectTarget } from "../../../lib/storage/objects/redirect.ts";
import { RequestFailure } from "../../../lib/storage/objects/request_failure.ts";

const NAME = { bucket: "b", key: "k" };

function target(
  from: string,
  facts: { location?: string; region?: string },
) {
  const failure = new RequestFailure({
    status: 307,
    code: "TemporaryRedirect",
    message: "",
    ...facts,
  });
  return redirectTarget(failure, { address: from, pathStyle: true }, NAME);
}

Deno.test("redirectTarget() follows to another host, path and style", () => {
  for (
    const [location, address, pathStyle] of [
      ["http://h2:9/b/k", "http://h2:9", true],
      ["http://h2/s3/b/k?x=1", "http://h2/s3", true],
      ["http://b.s3.example/k", "http://s3.example", false],
      ["https://h2/b/k", "https://h2", true],
      ["/b/k", "http://h1", true],
    ] as const
  ) {
    const { query: _query, ...place } = target("http://h1", { location });
    assertEquals(place, { address, region: null, pathStyle });
  }
});

Deno.test("redirectTarget() keeps the query of the place, if it has one", () => {
  const queryOf = (location: string) => target("http://h1", { location }).query;
  assertEquals(queryOf("http://h2/b/k"), null);
  assertEquals(queryOf("http://h2/b/k?"), null);
  assertEquals(queryOf("http://h2/b/k?x=%2F&y=&x=2"), [
    ["x", "/"],
    ["y", ""],
    ["x", "2"],
  ]);
});

Deno.test("redirectTarget() stays and signs for another region", () => {
  assertEquals(target("https://h1", { region: "eu-west-1" }), {
    address: "https://h1",
    region: "eu-west-1",
    pathStyle: true,
    query: null,
  });
});

Deno.test("redirectTarget() never leaves HTTPS for HTTP", () => {
  const error = assertThrows(
    () => target("https://h1", { location: "http://h1/b/k" }),
    RequestFailure,
  );
  assertStringIncludes(error.message, "from HTTPS to http://h1");
  assertEquals(error.isTransient, false);
});

Deno.test("redirectTarget() goes nowhere else", () => {
  const error = assertThrows(
    () => target("http://h1", { location: "http://h2/login" }),
    RequestFailure,
  );
  assertStringIncludes(error.message, "to http://h2/login");
  assertThrows(() => target("http://h1", {}), RequestFailure);
});

Deno.test("redirectTarget() puts a dotted bucket into the path over TLS", () => {
  const failure = (location: string) =>
    new RequestFailure({ status: 307, code: "", message: "", location });
  const from = { address: "https://h1", pathStyle: true };
  const dotted = { bucket: "my.b", key: "k" };
  const host = "https://my.b.s3.eu-west-1.amazonaws.com/k";
  const { address, pathStyle } = redirectTarget(failure(host), from, dotted);
  assertEquals([address, pathStyle], [
    "https://s3.eu-west-1.amazonaws.com",
    true,
  ]);
});

Deno.test("redirectTarget() goes to no other kind of address", () => {
  for (
    const location of [
      "file:///etc/passwd",
      "data:,x",
      "ftp://h/b/k",
      "http://me@h2/b/k",
      "javascript:1",
    ]
  ) {
    const error = assertThrows(
      () => target("http://h1", { location }),
      RequestFailure,
    );
    assertStringIncludes(error.message, `does not follow a redirect to`);
    assertEquals(error.isTransient, false);
  }
});

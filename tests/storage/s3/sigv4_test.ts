import { escapeQuery } from "../../../lib/storage/objects/followed_query.ts";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  EMPTY_SHA256,
  escapePath,
  SigV4Signer,
} from "../../../lib/storage/s3/sigv4.ts";

/** The identity of Amazon's own examples. */
const IDENTITY = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  sessionToken: null,
  region: "us-east-1",
};
const MAY_24_2013 = Date.UTC(2013, 4, 24);
const HOST = "examplebucket.s3.amazonaws.com";

function signatureOf(headers: readonly (readonly [string, string])[]) {
  const authorization = headers.find(([name]) => name === "authorization");
  return authorization?.[1].split("Signature=")[1];
}

function request(path: string, query: string) {
  const method = "GET";
  return {
    method,
    host: HOST,
    path,
    query,
    payloadHash: EMPTY_SHA256,
    amzHeaders: [],
  };
}

Deno.test("SigV4Signer signs Amazon's examples as Amazon does", () => {
  // sig-v4-header-based-auth.html, "GET Bucket Lifecycle", "List Objects".
  const signer = new SigV4Signer(IDENTITY);
  assertEquals(
    signatureOf(signer.sign(request("/", "lifecycle="), MAY_24_2013)),
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  );
  assertEquals(
    signatureOf(signer.sign(request("/", "max-keys=2&prefix=J"), MAY_24_2013)),
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  );
});

Deno.test("SigV4Signer names its headers in order, the token among them", () => {
  const signer = new SigV4Signer({ ...IDENTITY, sessionToken: "TOKEN" });
  const headers = signer.sign({
    ...request("/key", ""),
    amzHeaders: [["x-amz-checksum-crc32", "AAAAAA=="]],
  }, MAY_24_2013);
  assertEquals(headers.slice(0, 4).map(([name]) => name), [
    "x-amz-checksum-crc32",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
  ]);
  assert(
    headers[4]?.[1].includes(
      "SignedHeaders=host;x-amz-checksum-crc32;x-amz-content-sha256;" +
        "x-amz-date;x-amz-security-token,",
    ),
  );
  assert(!JSON.stringify(headers).includes(IDENTITY.secretAccessKey));
});

Deno.test("SigV4Signer turns to another second and another day", () => {
  const signer = new SigV4Signer(IDENTITY);
  const at = (ms: number) => {
    const headers = signer.sign(request("/", ""), ms);
    return [headers[1]?.[1], signatureOf(headers)];
  };
  const first = at(MAY_24_2013);
  assertEquals(first[0], "20130524T000000Z");
  assertEquals(at(MAY_24_2013 + 999), first);
  const later = at(MAY_24_2013 + 1000);
  assertEquals(later[0], "20130524T000001Z");
  assertNotEquals(later[1], first[1]);
  assertEquals(at(MAY_24_2013 + 86_400_000)[0], "20130525T000000Z");
  assertEquals(at(MAY_24_2013), first);
});

Deno.test("SigV4Signer takes keys longer than a block of the hash", () => {
  const long = new SigV4Signer({
    ...IDENTITY,
    secretAccessKey: "k".repeat(100),
  });
  const longer = new SigV4Signer({
    ...IDENTITY,
    secretAccessKey: "k".repeat(101),
  });
  const sign = (signer: SigV4Signer) =>
    signatureOf(signer.sign(request("/", ""), MAY_24_2013));
  assertEquals(sign(long)?.length, 64);
  assertNotEquals(sign(long), sign(longer));
});

Deno.test("escapePath() keeps slashes, escapes what Amazon escapes", () => {
  assertEquals(escapePath("data/img_0-1.~x"), "data/img_0-1.~x");
  assertEquals(
    escapePath("a b/ü!'()*=+&"),
    "a%20b/%C3%BC%21%27%28%29%2A%3D%2B%26",
  );
});

Deno.test("escapeQuery() escapes slashes too", () => {
  assertEquals(escapeQuery("data/x y"), "data%2Fx%20y");
});

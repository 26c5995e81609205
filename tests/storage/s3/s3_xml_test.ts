import { assertEquals, assertThrows } from "@std/assert";
import { RequestFailure } from "../../../lib/storage/objects/request_failure.ts";
import {
  completeBody,
  failureOf,
  parseListPage,
  parseUploadId,
} from "../../../lib/storage/s3/s3_xml.ts";

const PAGE = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<NextContinuationToken>a&amp;b</NextContinuationToken>
<Contents><Key>d/one%20two</Key><Size>5</Size></Contents>
<Contents><Key>d/caf%C3%A9</Key></Contents>
<CommonPrefixes><Prefix>d/sub/</Prefix></CommonPrefixes>
</ListBucketResult>`;

Deno.test("parseListPage() gives keys, prefixes and the token", () => {
  assertEquals(parseListPage(PAGE), {
    keys: ["d/one two", "d/café"],
    emptyKeys: [],
    prefixes: ["d/sub/"],
    nextToken: "a&b",
  });
});

Deno.test("parseListPage() decodes entities of plain keys", () => {
  const page = parseListPage(
    "<ListBucketResult><Contents><Key>a&lt;b&#233;&#xe9;&amp;</Key>" +
      "</Contents></ListBucketResult>",
  );
  assertEquals(page.keys, ["a<béé&"]);
  assertEquals(page.nextToken, null);
});

Deno.test("parseListPage() takes no part of an answer for the whole", () => {
  for (let length = 0; length < PAGE.length; length += 7) {
    assertThrows(() => parseListPage(PAGE.slice(0, length)), RequestFailure);
  }
});

Deno.test("parseListPage() refuses a truncated page without a token", () => {
  const error = assertThrows(
    () =>
      parseListPage(
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
      ),
    RequestFailure,
  );
  assertEquals(error.isTransient, true);
});

Deno.test("parseUploadId() finds the id or fails", () => {
  assertEquals(parseUploadId("<R><UploadId>a&amp;b</UploadId></R>"), "a&b");
  assertThrows(() => parseUploadId("<R></R>"), RequestFailure);
});

Deno.test("completeBody() names parts with their ETags", () => {
  assertEquals(
    completeBody([{ number: 1, etag: '"x"', crc32: null }]),
    '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/' +
      '2006-03-01/"><Part><PartNumber>1</PartNumber><ETag>&quot;x&quot;' +
      "</ETag></Part></CompleteMultipartUpload>",
  );
});

Deno.test("completeBody() has the checksums that parts were sent with", () => {
  const body = completeBody([{ number: 1, etag: "<x>", crc32: "AAAAAA==" }]);
  assertEquals(
    body.includes(
      "<ETag>&lt;x></ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part>",
    ),
    true,
    body,
  );
});

Deno.test("characters that do not exist stay as they are written", () => {
  const page = parseListPage(
    "<ListBucketResult><Contents><Key>a&#99999999;&#xfffffff;&#x41;</Key>" +
      "</Contents></ListBucketResult>",
  );
  assertEquals(page.keys, ["a&#99999999;&#xfffffff;A"]);
});

Deno.test("failureOf() takes code, message and request from either place", () => {
  const xml = "<Error><Code>SlowDown</Code><Message>a &amp; b</Message>" +
    "<RequestId>R1</RequestId></Error>";
  const failure = failureOf(503, xml, new Headers());
  assertEquals(
    [failure.code, failure.message, failure.requestId, failure.isTransient],
    ["SlowDown", "a & b", "R1", true],
  );
  const bare = failureOf(404, "", new Headers({ "x-amz-request-id": "R2" }));
  assertEquals([bare.code, bare.requestId, bare.isMissing], [
    "NotFound",
    "R2",
    true,
  ]);
});

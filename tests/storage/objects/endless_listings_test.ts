/**
 * Listings that go in circles or have what is not in the folder, through every
 * client library: each ends, with an error that says why.
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { StokerError } from "../../../lib/errors.ts";
import { MAX_EMPTY_PAGES } from "../../../lib/storage/objects/folder_listing.ts";
import { storageErrorOf } from "../storage_contract.ts";
import {
  type FakePage,
  type StoreCase,
  testStores,
} from "./object_store_case.ts";

/** Answers every request for a page of a listing. */
function answerPages(given: StoreCase, pageOf: (number: number) => FakePage) {
  let number = 0;
  given.listings.rule = (request) =>
    given.isListing(request)
      ? { kind: "answer", ...given.pageAnswer(pageOf(number++)) }
      : null;
}

async function namesIn({ storage }: StoreCase, folder = "d") {
  const names: string[] = [];
  for await (const { name } of storage.list(folder)) names.push(name);
  return names;
}

const CIRCLES: Readonly<
  Record<string, { page: (number: number) => FakePage; says: string }>
> = {
  "repeats its token": {
    page: (number) => ({ keys: [`d/${number}`], token: "again" }),
    says: "came before",
  },
  "has two tokens in turns": {
    page: (number) => ({ keys: [`d/${number}`], token: `t${number % 2}` }),
    says: "came before",
  },
  "begins again with new tokens": {
    page: (number) => ({ keys: [`d/${number % 3}`], token: `t${number}` }),
    says: 'the key "d/0" came before',
  },
  "has empty pages for ever": {
    page: (number) => ({ token: `t${number}` }),
    says: `more than ${MAX_EMPTY_PAGES} pages in a row were empty`,
  },
};

for (const [how, { page, says }] of Object.entries(CIRCLES)) {
  testStores(`a listing that ${how} is an error`, async (given) => {
    answerPages(given, page);
    const error = await storageErrorOf(() => namesIn(given));
    assertEquals([error.operation, error.code], ["list", "MalformedAnswer"]);
    assertStringIncludes(error.message, says);
  });
}

testStores("a listing with some empty pages is whole", async (given) => {
  answerPages(
    given,
    (number) =>
      number === 5
        ? { keys: ["d/last"] }
        : number === 0
        ? { keys: ["d/first"], token: "t0" }
        : { token: `t${number}` },
  );
  assertEquals(await namesIn(given), ["first", "last"]);
});

testStores("a key with an empty segment is refused by name", async (given) => {
  answerPages(given, () => ({ prefixes: ["d//"], keys: ["d/a"] }));
  const error = await storageErrorOf(() => namesIn(given));
  assertEquals(error.code, "EmptySegment");
  assertStringIncludes(error.message, 'keys begin with "d//"');
});

testStores("keys of another folder are an error", async (given) => {
  answerPages(given, () => ({ keys: ["elsewhere/a"] }));
  const error = await storageErrorOf(() => namesIn(given));
  assertStringIncludes(error.message, 'the key "elsewhere/a" is not below it');
  // AIStore's servers that know no folders give all, so others are left out.
}, { stores: ["fetch", "aws-sdk", "minio"] });

testStores("no request goes to a key with dot segments", async (given) => {
  answerPages(given, () => ({ keys: ["d/.."], prefixes: ["d/../"] }));
  const { storage } = given;
  const before = given.objects.seen.length;
  for (const name of await namesIn(given)) {
    for (
      const act of [
        () => storage.sizeOf(`d/${name}`),
        () => storage.readText(`d/${name}/x`),
        () => namesIn(given, `d/${name}`),
        () => storage.remove(`d/${name}`),
      ]
    ) {
      const error = await storageErrorOf(async () => await act());
      assertEquals(error.code, "EINVAL");
      assertStringIncludes(error.message, 'may be "." or ".."');
    }
  }
  const isOfListing = (seen: string) => /list-type|\/v1\/buckets/.test(seen);
  assertEquals(
    given.objects.seen.slice(before).filter((seen) => !isOfListing(seen)),
    [],
  );
});

for (
  const path of [
    "a/../b",
    "../b",
    "a/./b",
    "a/..",
    "SCHEME://bucket/a/../../o/b",
  ]
) {
  testStores(`${path} is refused before any request`, async (given) => {
    const scheme = given.store === "aistore" ? "ais" : "s3";
    const uri = path.replace("SCHEME", scheme);
    const before = given.objects.seen.length;
    for (
      const act of [
        () => given.storage.sizeOf(uri),
        () => given.storage.open(uri),
        async () => {
          const options = { expectedBytes: 0, atomic: true, fsync: false };
          await (await given.storage.create(uri, options)).commit();
        },
      ]
    ) {
      const error = await storageErrorOf(async () => await act());
      assertEquals(error.code, "EINVAL");
    }
    assertEquals(given.objects.seen.length, before);
  });
}

testStores(
  "a listing that gets on but never ends ends with the run",
  async (given) => {
    answerPages(given, (number) => {
      if (number === 20) given.stop.abort(new StokerError("time is up"));
      return { keys: [`d/${number}`], token: `t${number}` };
    });
    await assertRejects(() => namesIn(given), StokerError, "time is up");
  },
);

testStores("keys are decoded only where the answer says so", async (given) => {
  const keys = ["d/a+b", "d/a%25b", "d/a b", "d/%zz"];
  answerPages(given, () => ({ keys }));
  assertEquals(await namesIn(given), ["a+b", "a%25b", "a b", "%zz"]);
});

for (const isEncoded of [true, false]) {
  testStores(
    `keys that are ${isEncoded ? "" : "wrongly "}encoded are ${
      isEncoded ? "decoded" : "an error"
    }`,
    async (given) => {
      const key = isEncoded ? "d%2Fa%2Bb+c" : "d/%zz";
      const answer = given.pageAnswer({ keys: [key] });
      given.listings.rule = (request) =>
        given.isListing(request)
          ? {
            kind: "answer",
            ...answer,
            body: answer.body?.replace(
              "<IsTruncated>",
              "<EncodingType>url</EncodingType><IsTruncated>",
            ) ?? "",
          }
          : null;
      if (isEncoded) {
        assertEquals(await namesIn(given), ["a+b c"]);
      } else {
        const error = await storageErrorOf(() => namesIn(given));
        assertEquals(error.code, "MalformedAnswer");
      }
    },
    { stores: ["fetch", "aws-sdk", "minio"] },
  );
}

for (const body of ["", "hello", "[]", '{"entries": 5}', "<html></html>"]) {
  testStores(`"${body}" is no listing`, async (given) => {
    given.listings.rule = (request) =>
      given.isListing(request) ? { kind: "answer", status: 200, body } : null;
    // "[]" and the like are no page of AIStore's, and no XML.
    const error = await storageErrorOf(() => namesIn(given));
    assertEquals(error.operation, "list", error.message);
  });
}

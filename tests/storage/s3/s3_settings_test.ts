import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkedOptions } from "../checked_options.ts";
import { readS3Settings } from "../../../lib/storage/s3/s3_settings.ts";

const KEYS = { access_key_id: "id", secret_access_key: "topsecret" };

function read(given: Record<string, unknown>, root = "bucket") {
  const options = checkedOptions("s3", { ...KEYS, ...given });
  return readS3Settings({ kind: "s3", root, options });
}

function problemOf(options: Record<string, unknown>, root?: string): string {
  const { problems } = read(options, root);
  assertEquals(problems.length, 1, problems.join("\n"));
  return problems[0] ?? "";
}

Deno.test("readS3Settings() has defaults for all but bucket and keys", () => {
  const { settings, problems, notices } = read({});
  assertEquals([problems, notices], [[], []]);
  assertEquals(settings.library, "fetch");
  assertEquals(settings.endpoints, ["https://s3.us-east-1.amazonaws.com"]);
  assertEquals(settings.pathStyle, false);
  assertEquals(settings.prefetchWindow, 64);
  assertEquals(settings.rangeGetsInFlight, 4);
  assertEquals(settings.verification, "head");
  assertEquals(settings.maxAttempts, 5);
});

Deno.test("readS3Settings() names every missing setting and its variable", () => {
  const { problems } = readS3Settings({ kind: "s3", root: "./", options: {} });
  assertEquals(problems.length, 3);
  assertStringIncludes(problems[0] ?? "", "storage.storage_root");
  assertStringIncludes(problems[1] ?? "", "set it or AWS_ACCESS_KEY_ID");
  assertStringIncludes(problems[2] ?? "", "set it or AWS_SECRET_ACCESS_KEY");
});

Deno.test("readS3Settings() takes bucket, prefix and URI as the root", () => {
  for (
    const [root, bucket, prefix] of [
      ["bucket", "bucket", ""],
      ["s3://bucket", "bucket", ""],
      ["s3://bucket/a/b/", "bucket", "a/b/"],
      ["bucket/a", "bucket", "a/"],
    ] as const
  ) {
    const { settings } = read({}, root);
    assertEquals([settings.bucket, settings.prefix], [bucket, prefix]);
  }
  assertStringIncludes(problemOf({}, "/data"), "it must be the name of a");
});

Deno.test("readS3Settings() maps DLIO's libraries, with a notice", () => {
  for (
    const [named, library, noticeCount] of [
      ["s3dlio", "fetch", 1],
      ["s3torchconnector", "aws-sdk", 1],
      ["minio", "minio", 0],
      ["aws-sdk", "aws-sdk", 0],
    ] as const
  ) {
    const { settings, notices } = read({ storage_library: named });
    assertEquals([settings.library, notices.length], [library, noticeCount]);
  }
  const named = { ...KEYS, storage_library: "minoi" };
  const { problems } = readS3Settings({
    kind: "s3",
    root: "bucket",
    options: named,
  });
  assertStringIncludes(problems.join(), 'did you mean "minio"');
});

Deno.test("readS3Settings() refuses each wrong value with its rule", () => {
  for (
    const [options, rule] of [
      [{ endpoint_url: "ftp://h" }, "the address of a server"],
      [{ endpoint_uris: ["h[3-1]"] }, "http://host[01-16]:9000"],
      [{ http_proxy: "socks5://h:1" }, "the address of an HTTP proxy"],
      [{ https_proxy: "https://h:1" }, "the address of an HTTP proxy"],
      [{ s3_profile: "me" }, "reads no profiles"],
    ] as const
  ) {
    assertStringIncludes(problemOf(options), rule);
  }
});

Deno.test("readS3Settings() reads sizes, durations and lists", () => {
  const { settings, problems } = read({
    endpoint_uris: "http://n[1-2]:9000, n3:9000",
    secure: false,
    multipart_threshold: "32MiB",
    multipart_part_size: 8 * 2 ** 20,
    connect_timeout: "500ms",
    first_byte_timeout: 2,
    total_timeout: "1m",
  });
  assertEquals(problems, []);
  assertEquals(settings.endpoints, [
    "http://n1:9000",
    "http://n2:9000",
    "http://n3:9000",
  ]);
  assertEquals(settings.multipartThresholdBytes, 32 * 2 ** 20);
  assertEquals(settings.partBytes, 8 * 2 ** 20);
  assertEquals(settings.headerTimeoutMs, 2500);
  assertEquals(settings.totalTimeoutMs, 60_000);
  assertEquals(settings.pathStyle, true);
});

Deno.test("readS3Settings() sends no first part shorter than the others", () => {
  const { settings, notices } = read({
    multipart_threshold: "1MiB",
    multipart_part_size: "8MiB",
  });
  assertEquals(settings.multipartThresholdBytes, 8 * 2 ** 20);
  assertStringIncludes(notices.join(), "go whole");
  const larger = read({ multipart_part_size: "64MiB" });
  assertEquals(larger.settings.multipartThresholdBytes, 64 * 2 ** 20);
  assertEquals(larger.notices, []);
});

Deno.test("readS3Settings() puts a dotted bucket of AWS into the path", () => {
  assertEquals(read({}, "my.bucket").settings.pathStyle, true);
  assertEquals(read({}, "my-bucket").settings.pathStyle, false);
  const told = read({ s3_force_path_style: false }, "my.bucket");
  assertEquals(told.settings.pathStyle, false);
});

Deno.test("readS3Settings() takes the names that servers take, by library", () => {
  const here = { endpoint_url: "http://h:9000" };
  for (
    const [root, options, rule] of [
      ["my_bucket", here, null],
      ["tenant:bucket", here, null],
      ["Bucket", { ...here, storage_library: "aws-sdk" }, null],
      ["my_bucket", { s3_force_path_style: true }, null],
      ["my_bucket", {}, "3 to 63 of the characters a-z 0-9 . -"],
      ["Bucket", {}, "s3_force_path_style = true takes other names"],
      [
        "tenant:bucket",
        { ...here, storage_library: "minio" },
        "the library min",
      ],
      ["my bucket", here, "A-Z a-z 0-9 . _ : -"],
      ["..", here, "begins with a letter or digit"],
      ["x".repeat(256), here, "1 to 255"],
      ["b/../c", here, 'may be "." or ".."'],
      ["s3://b/fe/../../other/zz", here, 'may be "." or ".."'],
    ] as const
  ) {
    if (rule === null) assertEquals(read(options, root).problems, [], root);
    else assertStringIncludes(problemOf(options, root), rule);
  }
});

Deno.test("readS3Settings() warns of a proxy, without its password", () => {
  const proxy = { http_proxy: "http://me:topsecret@proxy:3128" };
  const here = { endpoint_uris: ["http://10.1.2.3", "http://h.example:9000"] };
  const { notices, problems } = read({ ...here, ...proxy });
  assertEquals(problems, []);
  assertEquals(notices, [
    "requests to http://10.1.2.3, http://h.example:9000 go through the proxy " +
    "http://proxy:3128, so it is measured as well: name the hosts in NO_PROXY " +
    "to ask them directly",
  ]);
  const spared = { ...here, ...proxy, no_proxy: ["10.0.0.0/8", "example"] };
  assertEquals(read(spared).notices, []);
});

/**
 * Options of storages are settings: types, bounds, spellings, origins,
 * guesses, help, JSON Schema, secrets.
 */
import {
  assert,
  assertEquals,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { workloadJsonSchema } from "../../lib/config/json_schema.ts";
import { ALL_OPTIONS, OPTIONS_KEY } from "../../lib/config/option_settings.ts";
import { renderOrigins, renderYaml } from "../../lib/config/render.ts";
import { isSecretPath } from "../../lib/config/secrets.ts";
import { ALL_KINDS } from "../../lib/storage/kinds.ts";
import { problemsOf, resolveGiven } from "./resolving.ts";

function wordsOf(
  kind: string,
  options: Readonly<Record<string, unknown>>,
): string[] {
  return [
    `storage.storage_type=${kind}`,
    "storage.storage_root=bucket",
    ...Object.entries(options).map(([name, value]) =>
      `${OPTIONS_KEY}.${name}=${value}`
    ),
  ];
}

function optionsOf(kind: string, options: Readonly<Record<string, unknown>>) {
  const { workload } = resolveGiven({ words: wordsOf(kind, options) });
  return workload.storage.storage_options ?? {};
}

Deno.test("options have help, a sound default and sound bounds", () => {
  assert(ALL_OPTIONS.length > 20);
  for (const { key, setting } of ALL_OPTIONS) {
    assert(setting.help.length > 10, key);
    const { option } = setting;
    if (option.type !== "ignored" && option.fallback !== null) {
      assertEquals(setting.schema.parse(option.fallback), option.fallback, key);
    }
  }
});

Deno.test("options are read in every spelling of a setting", () => {
  const given = {
    endpoint_uris: "'http://n[1-2]:9000, n3:9000'",
    secure: "no",
    insecure: 1,
    multipart_threshold: "32MiB",
    multipart_part_size: 8 * 2 ** 20,
    connect_timeout: "500ms",
    total_timeout: "1m",
    s3_max_attempts: "'3'",
    verify: "Checksum",
    region: 7,
    session_token: "''",
  };
  assertEquals(optionsOf("s3", given), {
    endpoint_uris: ["http://n[1-2]:9000", "n3:9000"],
    secure: false,
    insecure: true,
    multipart_threshold: 32 * 2 ** 20,
    multipart_part_size: 8 * 2 ** 20,
    connect_timeout: 0.5,
    total_timeout: 60,
    s3_max_attempts: 3,
    verify: "checksum",
    region: "7",
    session_token: null,
    // Sized for the host.
    transfer_threads: 1,
  });
});

Deno.test("a wrong option is refused with its rule and origin", () => {
  const cases: readonly (readonly [string, string, unknown, string])[] = [
    ["s3", "endpoint_uris", 7, "a list of texts"],
    ["s3", "s3_max_attempts", 0, "an integer from 1 to 1000000"],
    ["s3", "prefetch_window", "many", "an integer from 1"],
    ["s3", "range_gets_in_flight", 1.5, "an integer from 1"],
    ["s3", "secure", "maybe", "true or false"],
    ["s3", "verify", "maybe", "one of head, checksum, none"],
    ["s3", "multipart_threshold", "big", "an integer from 1"],
    ["s3", "multipart_part_size", "1MiB", "from 5242880 to"],
    ["s3", "total_timeout", "soon", "a duration such as"],
    ["s3", "total_timeout", 0, "a duration such as"],
    ["s3", "uri_scheme", "az", "one of s3"],
    ["s3", "endpoint_selection", "any", "per_rank, round_robin"],
    ["s3", "storage_library", "minoi", 'did you mean "minio"'],
    ["s3", "endpoint_ulr", "x", 'did you mean "endpoint_url"'],
    ["aistore", "verify", "checksum", "one of head, none"],
    ["aistore", "endpoint_ulr", "x", 'did you mean "endpoint_url"'],
    ["aistore", "access_key_id", "x", "no such option of aistore"],
    ["aistore", "region", "x", "no such option of aistore"],
  ];
  for (const [kind, name, value, rule] of cases) {
    const problems = problemsOf({ words: wordsOf(kind, { [name]: value }) });
    assertEquals(problems.length, 1, `${name}: ${problems.join(" | ")}`);
    assertStringIncludes(problems[0]!, rule);
    assertStringIncludes(problems[0]!, `${OPTIONS_KEY}.${name}`);
    const origin = isSecretPath(`${OPTIONS_KEY}.${name}`) ? "***" : value;
    assertStringIncludes(
      problems[0]!,
      `(from ${OPTIONS_KEY}.${name}=${origin})`,
    );
  }
});

Deno.test("an unknown option is a warning where that is allowed", () => {
  const { workload, warnings } = resolveGiven({
    words: wordsOf("s3", { endpoint_ulr: "x", region: "here" }),
    context: { allowUnknown: true },
  });
  assertEquals(workload.storage.storage_options, {
    region: "here",
    transfer_threads: 1,
  });
  assertStringIncludes(warnings.join(), "endpoint_ulr");
});

Deno.test("options of a storage that has none have no effect and say so", () => {
  for (const kind of ["local_fs", "direct_fs"]) {
    const { warnings } = resolveGiven({
      words: wordsOf(kind, { region: "here" }),
    });
    assertStringIncludes(
      warnings.join(),
      `has no effect: storage.storage_type = ${kind} has no options`,
    );
  }
});

Deno.test("options of DLIO's own readers have no effect and say so", () => {
  const { warnings } = resolveGiven({
    words: wordsOf("s3", { stagger_workers: true, columns: "[a]" }),
  });
  assertEquals(warnings.length, 2, warnings.join("\n"));
  for (const each of warnings) {
    assertStringIncludes(each, "has no effect: it steers DLIO's own readers");
  }
});

Deno.test("options are the checkpoints' where only these are objects", () => {
  const words = (folder: string) => [
    `checkpoint.checkpoint_folder=${folder}`,
    `${OPTIONS_KEY}.endpoint_url=http://h`,
    `${OPTIONS_KEY}.provider=aws`,
  ];
  const [s3] = problemsOf({ words: words("s3://bucket/x") });
  assertStringIncludes(s3 ?? "", "no such option of s3");
  const { workload } = resolveGiven({
    words: words("ais://bucket/x"),
    environment: { AWS_CA_BUNDLE: "/ca.pem", AWS_REGION: "here" },
  });
  assertEquals(workload.storage.storage_options, {
    endpoint_url: "http://h",
    provider: "aws",
    ca_bundle: "/ca.pem",
  });
});

Deno.test("--origins names the default of every option in force", () => {
  const resolved = resolveGiven({
    words: wordsOf("s3", { region: "here" }),
    environment: { AWS_SESSION_TOKEN: "hush" },
  });
  const text = renderOrigins(resolved);
  assertNotMatch(text, /hush/);
  const lineOf = (name: string) =>
    text.split("\n").find((line) => line.startsWith(`${OPTIONS_KEY}.${name} `));
  assertStringIncludes(lineOf("region") ?? "", "here");
  assertStringIncludes(lineOf("session_token") ?? "", "env AWS_SESSION_TOKEN");
  assertStringIncludes(lineOf("multipart_part_size") ?? "", "default");
  assertEquals(lineOf("stagger_workers"), undefined);
  assertEquals(lineOf("provider"), undefined);
  assertEquals(renderYaml(resolved.workload).includes("part_size"), false);
});

Deno.test("options whose rows are secret are masked everywhere", () => {
  const secrets = ALL_KINDS.flatMap(({ options }) =>
    Object.entries(options).filter(([, { isSecret }]) => isSecret)
      .map(([name]) => name)
  );
  assert(secrets.includes("secret_access_key"));
  assert(secrets.includes("auth_token"));
  for (const name of secrets) {
    assert(isSecretPath(`${OPTIONS_KEY}.${name}`), name);
    assert(isSecretPath(`${OPTIONS_KEY}.${name}.below`), name);
  }
  const problems = problemsOf({
    yaml: "storage: {storage_type: s3, storage_options: " +
      "{secret_access_key: {nested: hush}, session_token: [hush]}}",
  });
  assertEquals(problems.length, 2, problems.join("\n"));
  assertNotMatch(problems.join("\n"), /hush/);
});

Deno.test("the JSON Schema has every option with its type and help", () => {
  const { properties } = workloadJsonSchema() as {
    properties: { storage: { properties: { storage_options: unknown } } };
  };
  const options = properties.storage.properties.storage_options as {
    anyOf: readonly [
      {
        properties: Record<string, Record<string, unknown>>;
        additionalProperties: boolean;
      },
      { type: string },
    ];
  };
  const [{ properties: byName, additionalProperties }] = options.anyOf;
  assertEquals(additionalProperties, false);
  const names = new Set(ALL_OPTIONS.map(({ name }) => name));
  assertEquals(Object.keys(byName).sort(), [...names].sort());
  const { s3_max_attempts: attempts, verify } = byName;
  assertEquals([attempts?.type, attempts?.minimum], ["integer", 1]);
  assertStringIncludes(`${attempts?.description}`, "aistore, s3");
  // The kinds say different things of it.
  assertEquals((verify?.anyOf as unknown[]).length, 2);
});

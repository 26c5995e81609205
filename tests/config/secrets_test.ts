import { assertEquals, assertNotMatch } from "@std/assert";
import {
  isSecretPath,
  maskOverride,
  maskSecrets,
} from "../../lib/config/secrets.ts";
import { problemsOf, resolveGiven } from "./resolving.ts";
import {
  renderOrigins,
  renderYaml,
  settingOrigins,
} from "../../lib/config/render.ts";
import { MASK } from "../../lib/config/secret_words.ts";

const OPTIONS = "storage.storage_options";

Deno.test("isSecretPath() hides keys, secrets, tokens and passwords", () => {
  for (
    const key of [
      "access_key_id",
      "secret_access_key",
      "session_token",
      "Password",
      "passwd",
      "auth.token",
      "credentials",
    ]
  ) {
    assertEquals(isSecretPath(`${OPTIONS}.${key}`), true, key);
  }
  for (const key of ["region", "endpoint_url", "storage_library"]) {
    assertEquals(isSecretPath(`${OPTIONS}.${key}`), false, key);
  }
  assertEquals(isSecretPath("model.transformer.num_kv_heads"), false);
});

Deno.test("maskSecrets() masks at any depth and in URLs", () => {
  assertEquals(
    maskSecrets({
      storage: {
        storage_options: {
          region: "r",
          secret_access_key: "hush",
          tokens: ["a", "b"],
          session_token: null,
          endpoint_url: "http://user:hush@host:9000/x",
          nested: { password: 1 },
        },
      },
    }, ""),
    {
      storage: {
        storage_options: {
          region: "r",
          secret_access_key: MASK,
          tokens: MASK,
          session_token: null,
          endpoint_url: `http://user:${MASK}@host:9000/x`,
          nested: { password: MASK },
        },
      },
    },
  );
});

Deno.test("maskOverride() leaves harmless words as they were typed", () => {
  assertEquals(
    maskOverride("train.epochs=2", "train.epochs", 2),
    "train.epochs=2",
  );
  assertEquals(
    maskOverride(
      `++${OPTIONS}={region: r, secret_access_key: hush}`,
      OPTIONS,
      { region: "r", secret_access_key: "hush" },
    ),
    `++${OPTIONS}=${MASK}`,
  );
  assertEquals(
    maskOverride("storage={storage_options: {token: x}}", "storage", {
      storage_options: { token: "x" },
    }),
    `storage=${MASK}`,
  );
});

Deno.test("No secret of any source appears in any output", () => {
  const given = {
    yaml: "storage:\n  storage_type: s3\n  storage_options:\n" +
      "    access_key_id: hush1\n    endpoint_url: http://u:hush2@h\n",
    words: [
      `++workload.${OPTIONS}.secret_access_key=hush3`,
      "reader.pin_memory=false",
    ],
    environment: { AWS_SESSION_TOKEN: "hush4" },
    dotenv: "AWS_ACCESS_KEY_ID=hush5",
  };
  const resolved = resolveGiven(given);
  assertEquals(
    resolved.workload.storage.storage_options?.secret_access_key,
    "hush3",
  );
  const outputs = [
    renderYaml(resolved.workload),
    renderOrigins(resolved),
    JSON.stringify(settingOrigins(resolved)),
    JSON.stringify([...resolved.origins]),
    JSON.stringify(resolved.warnings),
  ];
  for (const output of outputs) assertNotMatch(output, /hush/);
});

Deno.test("No secret appears in an error message", () => {
  const problems = problemsOf({
    words: [
      `${OPTIONS}.secret_access_key=hush`,
      "storage.storage_root=/x",
      "storage.storage_type=s3",
      "storage.storage_optons={secret_access_key: hush}",
      "storage.post_generation_settle_seconds.token=x",
    ],
  });
  assertEquals(problems.length, 3, problems.join("\n"));
  assertNotMatch(problems.join("\n"), /hush/);
});

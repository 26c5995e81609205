import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError } from "../../lib/errors.ts";
import {
  isOverride,
  parseOverride,
  parseOverrides,
} from "../../lib/config/overrides.ts";

Deno.test("parseOverride() reads Stoker's and DLIO's spelling alike", () => {
  for (
    const prefix of ["", "workload.", "+workload.", "++workload.", "++", "+"]
  ) {
    const text = `${prefix}train.epochs=2`;
    assertEquals(parseOverride(text), {
      kind: "setting",
      override: { action: "set", path: "train.epochs", value: 2, text },
    });
  }
});

Deno.test("parseOverride() reads a removal with and without a value", () => {
  for (const text of ["~workload.train.epochs", "~train.epochs=2"]) {
    assertEquals(parseOverride(text), {
      kind: "setting",
      override: {
        action: "remove",
        path: "train.epochs",
        value: undefined,
        text,
      },
    });
  }
});

Deno.test("parseOverride() keeps what follows the first = together", () => {
  const parsed = parseOverride("dataset.data_folder=/a=b/c");
  assertEquals(parsed.kind === "setting" && parsed.override.value, "/a=b/c");
});

Deno.test("parseOverride() tells workload and Hydra's own settings apart", () => {
  assertEquals(parseOverride("workload=unet3d_h100"), {
    kind: "workload",
    name: "unet3d_h100",
  });
  assertEquals(parseOverride("++hydra.run.dir=/r/1"), {
    kind: "run_dir",
    folder: "/r/1",
  });
  assertEquals(parseOverride("hydra.output_subdir=dlio_config"), {
    kind: "output_subdir",
    name: "dlio_config",
  });
  assertThrows(
    () => parseOverride("hydra.job.chdir=true"),
    ConfigError,
    "only hydra.run.dir and hydra.output_subdir",
  );
});

Deno.test("parseOverrides() splits a whole DLIO command line", () => {
  const parsed = parseOverrides([
    "workload=resnet50_h100",
    "++hydra.run.dir=/results",
    "++hydra.output_subdir=dlio_config",
    "++workload.dataset.num_files_train=16",
    "--config-dir=/configs",
    "--json",
    "~workload.train",
  ]);
  assertEquals(parsed.workloadName, "resnet50_h100");
  assertEquals(parsed.runDir, "/results");
  assertEquals(parsed.outputSubdir, "dlio_config");
  assertEquals(parsed.configDir, "/configs");
  assertEquals(parsed.rest, ["--json"]);
  assertEquals(parsed.overrides.map(({ path }) => path), [
    "dataset.num_files_train",
    "train",
  ]);
});

Deno.test("parseOverrides() takes --config-dir with its next word", () => {
  const parsed = parseOverrides(["--config-dir", "/c", "quick"]);
  assertEquals(parsed.configDir, "/c");
  assertEquals(parsed.rest, ["quick"]);
});

Deno.test("parseOverrides() reports all words that it cannot read", () => {
  const error = assertThrows(
    () => parseOverrides(["train.epochs=[1", "hydra.x=1", "model.name=ok"]),
    ConfigError,
  );
  assertEquals(error.problems.length, 2);
});

Deno.test("parseOverride() shows no secret that it cannot read", () => {
  const error = assertThrows(
    () => parseOverride("storage.storage_options.secret_access_key='hush"),
    ConfigError,
  );
  assertStringIncludes(error.message, "secret_access_key=***");
  assertEquals(error.message.includes("hush"), false);
});

Deno.test("isOverride() leaves paths, flags and names alone", () => {
  for (const word of ["quick", "./a=b.yaml", "--data=x", "-n", "/x=y", ""]) {
    assertEquals(isOverride(word), false, word);
  }
  for (const word of ["a.b=c", "~a.b", "++a=1", "a="]) {
    assertEquals(isOverride(word), true, word);
  }
});

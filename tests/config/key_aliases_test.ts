/** Tests of lib/config/key_aliases.ts. */
import { assertEquals } from "@std/assert";
import { formatOrigin } from "../../lib/config/origins.ts";
import { valueAt } from "../../lib/config/unhonored.ts";
import { problemsOf, resolveGiven } from "./resolving.ts";

/** Old key, a value, and the setting that it sets. */
const ALIASES: readonly [string, unknown, string][] = [
  ["dataset.record_length", 146600628, "dataset.record_length_bytes"],
  ["dataset.record_length_stdev", 5.5, "dataset.record_length_bytes_stdev"],
  ["dataset.record_length_resize", 7, "dataset.record_length_bytes_resize"],
  ["dataset.batch_size", 4, "reader.batch_size"],
  ["dataset.batch_size_eval", 2, "reader.batch_size_eval"],
  ["dataset.file_access", "shared", "reader.file_access"],
  ["model.model_size", 499153191, "model.model_size_bytes"],
  ["checkpoint.model_size", 30102, "model.model_size_bytes"],
  ["checkpoint.optimization_groups", [100, 86], "model.optimization_groups"],
  ["checkpoint.num_layers", 44, "model.num_layers"],
  ["checkpoint.layer_parameters", [52, 209], "model.layer_parameters"],
  ["checkpoint.tensor_parallelism", 4, "model.parallelism.tensor"],
  ["checkpoint.pipeline_parallelism", 8, "model.parallelism.pipeline"],
];

/** One key as YAML. */
function yamlOf(...entries: (readonly [string, unknown])[]): string {
  const sections = new Map<string, string[]>();
  for (const [path, value] of entries) {
    const dot = path.indexOf(".");
    const section = path.slice(0, dot);
    // A nested key as a map in flow style.
    const rest = path.slice(dot + 1).split(".");
    const text = rest.slice(1).reduceRight(
      (inner, key) => `{${key}: ${inner}}`,
      JSON.stringify(value),
    );
    sections.set(section, [
      ...sections.get(section) ?? [],
      `  ${rest[0]}: ${text}`,
    ]);
  }
  return [...sections].map(([name, lines]) => `${name}:\n${lines.join("\n")}`)
    .join("\n");
}

Deno.test("An old key counts where the newer one is absent, with its own origin", () => {
  for (const [old, value, key] of ALIASES) {
    const yaml = yamlOf([old, value]);
    const { workload, origins, warnings } = resolveGiven({ yaml });
    assertEquals(valueAt(workload, key), value, old);
    const origin = origins.get(key);
    assertEquals(origin && formatOrigin(origin), "file w.yaml:2", old);
    const isInert = old === "dataset.file_access";
    assertEquals(warnings.length, isInert ? 1 : 0, warnings.join("\n"));
  }
});

Deno.test("Of an old and a newer key the newer one wins, with a note", () => {
  for (const [old, value, key] of ALIASES) {
    const newer = Array.isArray(value) ? [1] : value === "shared" ? "posix" : 1;
    for (
      const entries of [
        [[old, value], [key, newer]],
        [[key, newer], [old, value]],
      ] as const
    ) {
      const yaml = yamlOf(...entries);
      const { workload, warnings } = resolveGiven({ yaml });
      assertEquals(valueAt(workload, key), newer, old);
      const notes = warnings.filter((each) =>
        each.startsWith(`${old} (from file w.yaml:`) &&
        each.includes(` is ignored: ${key} is set too (from file w.yaml:`)
      );
      assertEquals(notes.length, 1, warnings.join("\n"));
    }
  }
});

Deno.test("An old key on the command line goes over a file, a newer word over it", () => {
  const yaml = "dataset: {record_length_bytes: 100}";
  const bytesOf = (...words: string[]) => {
    const { workload, warnings } = resolveGiven({ yaml, words });
    return [workload.dataset.record_length_bytes, warnings.length];
  };
  // Said, since the file's own is replaced under another name.
  assertEquals(bytesOf("++workload.dataset.record_length=7"), [7, 1]);
  assertEquals(
    bytesOf("dataset.record_length=7", "dataset.record_length_bytes=9"),
    [9, 1],
  );
  assertEquals(
    bytesOf("dataset.record_length_bytes=9", "dataset.record_length=7"),
    [9, 1],
  );
  assertEquals(bytesOf("~workload.dataset.record_length"), [65536, 0]);
  assertEquals(bytesOf("dataset={record_length: 5}"), [5, 1]);
});

Deno.test("A model that is a name is the model's name, a map is the section", () => {
  const nameOf = (yaml: string, ...words: string[]) =>
    resolveGiven({ yaml, words }).workload.model.name;
  assertEquals(nameOf("model: unet3d"), "unet3d");
  assertEquals(nameOf("model: {name: bert, type: cnn}"), "bert");
  assertEquals(
    nameOf("model: {name: bert}", "++workload.model=other"),
    "other",
  );
  assertEquals(nameOf("model: {name: bert}", "~workload.model"), "default");
  assertEquals(nameOf("model:"), "default");
});

Deno.test("A wrong value of an old key is an error at its place", () => {
  assertEquals(problemsOf({ yaml: "dataset:\n  record_length: big" }), [
    'Cannot use dataset.record_length_bytes = "big" (from file w.yaml:2): it ' +
    "must be a size such as 4096, 114660.07 or 4KiB from 1 to " +
    `${2 ** 50}`,
  ]);
});

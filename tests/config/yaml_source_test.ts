import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../lib/errors.ts";
import { parseYaml } from "../../lib/config/yaml_source.ts";

function problem(text: string): string {
  return assertThrows(() => parseYaml({ path: "w.yaml", text }), ConfigError)
    .message;
}

Deno.test("parseYaml() knows the line of every key in block style", () => {
  const { lineOf } = parseYaml({
    path: "w.yaml",
    text: "# head\nreader:\n  # why\n  batch_size: 4\n\n" +
      "dataset:\n  parquet:\n    columns:\n      - {name: a}\n" +
      "  format: npz\n",
  });
  assertEquals(lineOf("reader.batch_size"), 4);
  assertEquals(lineOf("dataset.parquet.columns"), 8);
  assertEquals(lineOf("dataset.format"), 10);
  assertEquals(lineOf("model.name"), null);
});

Deno.test("parseYaml() gives keys of flow style the line of their parent", () => {
  const { lineOf } = parseYaml({
    path: "w.yaml",
    text: "model: {name: x}\ntrain: {epochs: 2}\n",
  });
  assertEquals(lineOf("train.epochs"), 2);
});

Deno.test("parseYaml() takes the sections out of `workload`", () => {
  const { tree, lineOf } = parseYaml({
    path: "w.yaml",
    text: "workload:\n  train:\n    epochs: 2\n",
  });
  assertEquals(tree, { train: { epochs: 2 } });
  assertEquals(lineOf("train.epochs"), 3);
});

Deno.test("parseYaml() leaves dates as text", () => {
  const { tree } = parseYaml({ path: "w.yaml", text: "model: 2024-01-02" });
  assertEquals(tree, { model: "2024-01-02" });
});

Deno.test("parseYaml() says why a file cannot be used", () => {
  assertEquals(problem(""), 'Cannot use "w.yaml": it holds no settings');
  assertEquals(
    problem("# only a comment\n"),
    'Cannot use "w.yaml": it holds no settings',
  );
  assertEquals(
    problem("- 1\n- 2\n"),
    'Cannot use "w.yaml": it must be a map of sections, not a list',
  );
  assertEquals(
    problem("just text"),
    'Cannot use "w.yaml": it must be a map of sections, not the string ' +
      '"just text"',
  );
  assertEquals(
    problem("train: &a {epochs: *a}\n"),
    'Cannot use "w.yaml": an anchor in it contains itself',
  );
});

Deno.test("parseYaml() names the file and place of a syntax error", () => {
  const message = problem("train:\n  epochs: [1\nmodel: x\n");
  assertEquals(message.startsWith('Cannot read "w.yaml" as YAML: '), true);
  assertEquals(/line \d/.test(message), true, message);
  assertEquals(message.includes("\n"), false, message);
});

Deno.test("parseYaml() refuses a key that is given twice", () => {
  assertEquals(
    problem("train: {epochs: 1}\ntrain: {epochs: 2}\n").includes("duplicate"),
    true,
  );
});

Deno.test("parseYaml() quotes no line of the file in an error", () => {
  const message = problem("storage:\n  secret_access_key: 'hush\n");
  assertEquals(message.includes("hush"), false, message);
});

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

/** `levels` lists, each of `width` times the one before. */
function aliasBomb(levels: number, width: number): string {
  let text = "a0: &a0 [x]\n";
  for (let level = 1; level <= levels; level++) {
    const aliases = Array(width).fill(`*a${level - 1}`).join(", ");
    text += `a${level}: &a${level} [${aliases}]\n`;
  }
  return text;
}

Deno.test("parseYaml() refuses what is too long when aliases are written out", () => {
  const bombs = [
    aliasBomb(10, 10),
    aliasBomb(64, 2),
    aliasBomb(5, 11),
    aliasBomb(10, 10).replaceAll("[", "{k: [").replaceAll("]", "]}"),
  ];
  for (const text of bombs) {
    assertThrows(
      () => parseYaml({ path: "w.yaml", text }),
      ConfigError,
      "with its aliases written out it must have at most 100000 values",
    );
  }
});

Deno.test("parseYaml() takes aliases of a decent number", () => {
  const { tree } = parseYaml({ path: "w.yaml", text: aliasBomb(4, 8) });
  assertEquals(Object.keys(tree).length, 5);
});

Deno.test("parseYaml() says that an anchor contains itself, also deep inside", () => {
  for (const text of ["a: &a [*a]\n", "a: &a {b: {c: [1, {d: *a}]}}\n"]) {
    assertThrows(
      () => parseYaml({ path: "w.yaml", text }),
      ConfigError,
      "contains itself",
    );
  }
});

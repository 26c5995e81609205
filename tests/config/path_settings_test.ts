/** Settings that become parts of paths lead nowhere else. */
import { assertEquals, assertThrows } from "@std/assert";
import { parseOverride } from "../../lib/config/overrides.ts";
import { ConfigError } from "../../lib/errors.ts";
import { problemsOf, resolveGiven } from "./resolving.ts";

const S3 = ["storage.storage_type=s3", "storage.storage_root=bucket"];
const AIS = ["storage.storage_type=aistore", "storage.storage_root=bucket"];
const SAVES = "workflow.checkpoint=true";
const UP = 'must not have the name ".."';

/** What is given → the end of the one problem; null: it is taken. */
const CASES: readonly (readonly [readonly string[], string | null])[] = [
  [["dataset.file_prefix=../../x"], `it ${UP}`],
  [["dataset.file_prefix=/abs"], 'it must not begin with "/"'],
  [["dataset.file_prefix=a/../../x"], `it ${UP}`],
  [["dataset.file_prefix=a/b"], null],
  [["model.name=.."], `it ${UP}`],
  [["model.name=../other"], `it ${UP}`],
  [["model.name=/tmp"], 'it must not begin with "/"'],
  [["model.name=meta/llama"], null],
  [["output.log_file=../x.log"], 'it must not have "/"'],
  [["output.log_file=logs/x.log"], 'it must not have "/"'],
  [["output.log_file=.."], `it ${UP}`],
  [["output.log_file=summary.json"], "has that name"],
  [["output.log_file=3_output.json"], "has that name"],
  [["output.log_file=run.log"], null],
  [["dataset.data_folder=fe/../../other", ...S3], UP],
  [["dataset.data_folder=fe/../../other", ...AIS], UP],
  [["dataset.data_folder=s3://bucket/../other", ...S3], UP],
  [["dataset.data_folder=fe/../../other"], null],
  [["dataset.data_folder=./data/", ...S3], null],
  [["checkpoint.checkpoint_folder=s3://bucket/a/../../c", SAVES], UP],
  [["checkpoint.checkpoint_folder=../c"], null],
  [["checkpoint.checkpoint_folder=../c", SAVES, ...S3], UP],
  [["checkpoint.checkpoint_folder=../c", ...S3], null],
];

/** Characters that no path has; YAML can write them. */
const CONTROL: readonly string[] = [
  'dataset: {file_prefix: "a\\0b"}',
  'dataset: {data_folder: "a\\nb"}',
  'model: {name: "\\e[2J"}',
  'output: {folder: "a\\0"}',
  'checkpoint: {checkpoint_folder: "a\\0"}',
  'storage: {storage_root: "a\\x7f"}',
];

Deno.test("settings that name paths refuse what leads elsewhere", () => {
  for (const [words, end] of CASES) {
    if (end === null) {
      resolveGiven({ words });
      continue;
    }
    const problems = problemsOf({ words }).filter((one) => one.endsWith(end));
    assertEquals(problems.length, 1, words.join(" "));
  }
});

Deno.test("settings that name paths refuse control characters", () => {
  for (const yaml of CONTROL) {
    const [problem, ...others] = problemsOf({ yaml });
    assertEquals(others, []);
    assertEquals(
      problem?.endsWith("it must not have control characters"),
      true,
      `${yaml}: ${problem}`,
    );
  }
});

Deno.test("hydra.output_subdir stays in the results folder", () => {
  for (const name of ["..", "../x", "/tmp", "a/../.."]) {
    assertThrows(
      () => parseOverride(`hydra.output_subdir=${name}`),
      ConfigError,
      "it must not",
    );
  }
  assertEquals(parseOverride("hydra.output_subdir=a/b"), {
    kind: "output_subdir",
    name: "a/b",
  });
});

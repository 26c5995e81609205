import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  renderOrigins,
  renderYaml,
  settingOrigins,
} from "../../lib/config/render.ts";
import { SETTING_ROWS } from "../../lib/config/setting_rows.ts";
import { resolveGiven } from "./resolving.ts";

const GIVEN = {
  yaml: "framework: pytorch\n" +
    "train:\n  computation_time: {type: gamma, shape: 2, scale: 0.1}\n" +
    "dataset: {record_dims: [4, 8], format: npz}\n" +
    "storage: {storage_type: null}\n",
  words: ["++workload.reader.file_shuffle=seed"],
};

Deno.test("renderYaml() gives the same workload when it is read back", () => {
  const { workload } = resolveGiven(GIVEN);
  const again = resolveGiven({ yaml: renderYaml(workload) });
  assertEquals(again.workload, workload);
  assertEquals(again.warnings, []);
});

Deno.test("settingOrigins() has every setting, in the schema's order", () => {
  const rows = settingOrigins(resolveGiven(GIVEN));
  const keys = rows.map(({ key }) => key);
  for (const key of SETTING_ROWS.keys()) {
    assertEquals(
      keys.some((each) => each === key || each.startsWith(`${key}.`)),
      true,
      key,
    );
  }
  const found = rows.find(({ key }) => key === "reader.file_shuffle");
  assertEquals(found, {
    key: "reader.file_shuffle",
    value: "seed",
    origin: "++workload.reader.file_shuffle=seed",
  });
  assertEquals(rows.filter(({ key }) => key.includes("computation_time")), [
    {
      key: "train.computation_time.type",
      value: "gamma",
      origin: "file w.yaml:3",
    },
    { key: "train.computation_time.shape", value: 2, origin: "file w.yaml:3" },
    {
      key: "train.computation_time.scale",
      value: 0.1,
      origin: "file w.yaml:3",
    },
  ]);
});

Deno.test("renderOrigins() has one line per value in columns", () => {
  const resolved = resolveGiven(GIVEN);
  const lines = renderOrigins(resolved).trimEnd().split("\n");
  assertEquals(lines.length, settingOrigins(resolved).length);
  const line = lines.find((each) => each.startsWith("framework "))!;
  assertEquals(line.split(/ {2,}/), ["framework", "pytorch", "file w.yaml:1"]);
  assertStringIncludes(
    lines.find((each) => each.startsWith("reader.data_loader"))!,
    "derived from framework",
  );
});

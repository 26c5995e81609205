import { assertEquals } from "@std/assert";
import { groupRuns } from "../../lib/compare/run_group.ts";
import { settingDifferences } from "../../lib/compare/setting_difference.ts";
import { comparedRun } from "./compared_runs.ts";

Deno.test("settingDifferences() gives what differs with origins, without paths of results", () => {
  const differences = settingDifferences(groupRuns([
    comparedRun({ folder: "results/a" }),
    comparedRun({
      folder: "results/b",
      context: { label: "after" },
      settings: { "reader.odirect": true, "dataset.files_train": ["x"] },
    }),
  ]));
  assertEquals(differences, [
    {
      key: "label",
      values: [
        { value: "", origin: "of the run" },
        { value: "after", origin: "of the run" },
      ],
    },
    {
      key: "reader.odirect",
      values: [
        { value: false, origin: "default" },
        { value: true, origin: "++workload.reader.odirect=true" },
      ],
    },
    {
      key: "dataset.files_train",
      values: [
        null,
        { value: ["x"], origin: "++workload.dataset.files_train=x" },
      ],
    },
  ]);
});

import { assertEquals } from "@std/assert";
import { groupRuns } from "../../lib/compare/run_group.ts";
import { comparedRun } from "./compared_runs.ts";

function foldersOf(groups: ReturnType<typeof groupRuns>): unknown {
  return groups.map(({ name, runs }) => [
    name,
    ...runs.map(({ folder }) => folder),
  ]);
}

Deno.test("groupRuns() puts runs of the same settings together, wherever their results are", () => {
  const direct = { "reader.odirect": true };
  const groups = groupRuns([
    comparedRun({ folder: "r/1" }),
    comparedRun({ folder: "r/2", settings: direct }),
    comparedRun({ folder: "r/3" }),
    comparedRun({ folder: "r/4", settings: direct }),
  ]);
  assertEquals(foldersOf(groups), [["A", "r/1", "r/3"], ["B", "r/2", "r/4"]]);
});

Deno.test("groupRuns() keeps labels, hosts and versions apart", () => {
  const [host] = comparedRun().record.hosts;
  const groups = groupRuns([
    comparedRun({ folder: "1" }),
    comparedRun({ folder: "2", context: { label: "after" } }),
    comparedRun({
      folder: "3",
      record: { hosts: [{ ...host!, hostname: "node-2" }] },
    }),
    comparedRun({ folder: "4", context: { stokerVersion: "9" } }),
  ]);
  assertEquals(groups.length, 4);
});

Deno.test("groupRuns() compares runs one by one where all settings are the same", () => {
  const groups = groupRuns([
    comparedRun({ folder: "1" }),
    comparedRun({ folder: "2" }),
    comparedRun({ folder: "3" }),
  ]);
  assertEquals(foldersOf(groups), [["A", "1"], ["B", "2"], ["C", "3"]]);
});

Deno.test("groupRuns() has a name for the 27th group", () => {
  const runs = Array.from(
    { length: 27 },
    (_, i) => comparedRun({ context: { label: String(i) } }),
  );
  assertEquals(groupRuns(runs).at(-1)?.name, "A2");
});

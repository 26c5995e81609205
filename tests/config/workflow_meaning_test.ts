/** Tests of lib/config/workflow_meaning.ts. */
import { assertEquals } from "@std/assert";
import { resolveGiven } from "./resolving.ts";

const FILE = `
workflow: {generate_data: false, train: true, evaluation: true}
dataset: {num_files_eval: 8}
`;

/** Words of a DLIO line, and what the run is then made of. */
const LINES: readonly [words: readonly string[], does: string][] = [
  [[], "train evaluation"],
  [
    [
      "++workload.workflow.generate_data=True",
      "++workload.workflow.train=False",
    ],
    "generate_data",
  ],
  [
    ["++workload.workflow.checkpoint=True", "++workload.workflow.train=False"],
    "checkpoint",
  ],
  [
    [
      "++workload.workflow.generate_data=True",
      "++workload.workflow.train=False",
      "++workload.workflow.checkpoint=True",
    ],
    "generate_data checkpoint",
  ],
  [
    ["++workload.workflow.generate_data=True"],
    "generate_data train evaluation",
  ],
  // Stoker's own: nothing but evaluation.
  [["++workload.workflow.train=False"], "evaluation"],
];

Deno.test("workflow means what DLIO's lines mean, evaluation in the file or not", () => {
  for (const [words, does] of LINES) {
    const { workload, warnings } = resolveGiven({ yaml: FILE, words });
    const { workflow } = workload;
    const parts =
      (["generate_data", "train", "evaluation", "checkpoint"] as const)
        .filter((part) => workflow[part]);
    assertEquals(parts.join(" "), does, words.join(" "));
    const isOff = !does.includes("evaluation");
    assertEquals(
      warnings.filter((each) =>
        each.startsWith(
          "workflow.evaluation = true (from file w.yaml:2) has no",
        )
      ).length,
      isOff ? 1 : 0,
      words.join(" "),
    );
  }
});

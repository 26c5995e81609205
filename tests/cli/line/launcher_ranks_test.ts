/** Tests of lib/cli/line/launcher_ranks.ts. */
import { assertEquals, assertThrows } from "@std/assert";
import { requireSingleRank } from "../../../lib/cli/line/launcher_ranks.ts";
import { dispatch } from "../../../lib/cli/dispatch.ts";
import { COMMANDS } from "../../../lib/cli/registry.ts";
import { EXIT_USAGE, UsageError } from "../../../lib/errors.ts";
import { testContext } from "../test_context.ts";

type Variables = Readonly<Record<string, string>>;

/** What launchers say of the first and of the second of two ranks. */
const SEVERAL: readonly Variables[] = [
  { OMPI_COMM_WORLD_SIZE: "2", OMPI_COMM_WORLD_RANK: "0" },
  { PMI_SIZE: "2", PMI_RANK: "0" },
  { PMI_RANK: "1" },
  { PMIX_RANK: "1" },
  { SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "0", SLURM_NTASKS: "2" },
  { SLURM_PROCID: "1", SLURM_NTASKS: "2" },
  { PALS_LOCAL_SIZE: "2", PALS_RANKID: "0" },
  { PALS_LOCAL_SIZE: "1", PALS_RANKID: "1" },
];

const SINGLE: readonly Variables[] = [
  {},
  { OMPI_COMM_WORLD_SIZE: "1", OMPI_COMM_WORLD_RANK: "0", PMIX_RANK: "0" },
  { PMI_SIZE: "1", PMI_RANK: "0" },
  // A batch script is one process, however many tasks it may start.
  { SLURM_NTASKS: "64", SLURM_PROCID: "0" },
  { PMI_RANK: "" },
];

Deno.test("requireSingleRank() refuses one of several ranks and names -n", () => {
  for (const variables of SEVERAL) {
    const error = assertThrows(
      () => requireSingleRank((name) => variables[name]),
      UsageError,
      "each would be a whole benchmark",
      JSON.stringify(variables),
    );
    const name = Object.keys(variables).find((each) =>
      error.message.includes(`the launcher set ${each} = ${variables[each]}`)
    );
    assertEquals(name === undefined, false, error.message);
    assertEquals(/say -n (2|N) \(--accelerators\)$/.test(error.message), true);
  }
});

Deno.test("requireSingleRank() is content with a launcher's only rank", () => {
  for (const variables of SINGLE) {
    requireSingleRank((name) => variables[name]);
  }
});

Deno.test("dispatch() ends every command with a workload under several ranks", async () => {
  const lines = [
    ["workload=default", "--dry-run"],
    ["run", "--dry-run"],
    ["generate", "--dry-run"],
    ["config"],
    ["datasize"],
    ["verify"],
  ];
  for (const args of lines) {
    const { context, stderr } = testContext(args, {
      OMPI_COMM_WORLD_SIZE: "2",
    });
    const status = await dispatch({ ...context, commands: COMMANDS });
    assertEquals(status, EXIT_USAGE, args.join(" "));
    assertEquals(stderr.text.includes("OMPI_COMM_WORLD_SIZE = 2"), true);
  }
});

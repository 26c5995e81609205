import { assertEquals, assertMatch } from "@std/assert";
import { findResults } from "../../lib/history/find_results.ts";
import {
  planRemoval,
  removeContent,
  selectRuns,
} from "../../lib/history/prune_results.ts";
import type { ResultsHead, RunStatus } from "../../lib/history/results_head.ts";
import { saveRun, withRoot } from "./saved_runs.ts";

const HERE = { hostname: "node-1" };

function runAt(startMs: number, status: RunStatus): ResultsHead {
  return {
    folder: `${startMs}`,
    status,
    reason: null,
    startMs,
    endMs: null,
    facts: null,
    accelerators: 1,
    hostname: "node-1",
    auPercent: null,
    mibPerSecond: null,
  };
}

const RUNS = [
  runAt(1, "complete"),
  runAt(2, "failed"),
  runAt(3, "running"),
  runAt(4, "interrupted"),
  runAt(5, "damaged"),
  runAt(6, "unknown"),
  runAt(7, "complete"),
];

/** Rules, what goes, what has to stay. */
const SELECTIONS = [
  [{ keep: 5 }, [1, 2], []],
  [{ keep: 100 }, [], []],
  [{ beforeMs: 5 }, [1, 2, 4], [3]],
  [{ onlyFailed: true }, [2, 4], [3, 5, 6]],
  [{ onlyFailed: true, keep: 1 }, [2, 4], [3, 5]],
  [{ onlyFailed: true, beforeMs: 3 }, [2], []],
] as const;

for (const [rules, selected, held] of SELECTIONS) {
  Deno.test(`selectRuns() with ${JSON.stringify(rules)} never takes what may go on`, () => {
    const found = selectRuns(RUNS, {
      keep: null,
      beforeMs: null,
      onlyFailed: false,
      ...rules,
    });
    assertEquals(found.selected.map(({ startMs }) => startMs), [...selected]);
    assertEquals(found.held.map(({ startMs }) => startMs), [...held]);
  });
}

/** Plans and, where that is allowed, removes the only run below a root. */
async function prune(root: string): Promise<string | null> {
  const { runs: [run] } = await findResults(root, HERE);
  const { content, reason } = await planRemoval(run!);
  return content === null ? reason : await removeContent(content);
}

Deno.test("removeContent() removes every file of a finished run, and its folder", async () => {
  await withRoot(async (root) => {
    await saveRun(`${root}/m/r`, {
      context: { logFile: "my.log", hydraFolder: "conf" },
    });
    await Deno.writeTextFile(`${root}/m/r/summary.json.partial`, "");
    await Deno.writeTextFile(
      `${root}/m/r/training_20260724_123243_metadata.json`,
      "",
    );
    assertEquals(await prune(root), null);
    assertEquals([...Deno.readDirSync(`${root}/m`)], []);
  });
});

/** What somebody may have put into a results folder. */
const FOREIGN:
  readonly (readonly [string, (folder: string) => Promise<void>])[] = [
    [
      "a file of another name",
      (folder) => Deno.writeTextFile(`${folder}/notes.txt`, ""),
    ],
    [
      "a file that only begins like a result",
      (folder) => Deno.writeTextFile(`${folder}/stoker.json.bak`, ""),
    ],
    [
      "somebody's metadata",
      (folder) => Deno.writeTextFile(`${folder}/my_metadata.json`, ""),
    ],
    [
      "a file beside Hydra's",
      (folder) => Deno.writeTextFile(`${folder}/.hydra/notes.yaml`, ""),
    ],
    ["a folder", (folder) => Deno.mkdir(`${folder}/plots`)],
    ["a folder with the name of a result", async (folder) => {
      await Deno.remove(`${folder}/report.txt`);
      await Deno.mkdir(`${folder}/report.txt`);
    }],
    ["a link with the name of a result", async (folder) => {
      await Deno.remove(`${folder}/report.txt`);
      await Deno.symlink("/etc/hostname", `${folder}/report.txt`);
    }],
    ["a link instead of Hydra's folder", async (folder) => {
      await Deno.rename(`${folder}/.hydra`, `${folder}/../../hydra`);
      await Deno.symlink(`${folder}/../../hydra`, `${folder}/.hydra`);
    }],
  ];

for (const [title, add] of FOREIGN) {
  Deno.test(`planRemoval() leaves a folder with ${title} whole`, async () => {
    await withRoot(async (root) => {
      const folder = `${root}/m/r`;
      await saveRun(folder);
      await add(folder);
      const names = () =>
        [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
      const before = names();
      assertMatch(await prune(root) ?? "", /a file that is not Stoker's: /);
      assertEquals(names(), before);
    });
  });
}

Deno.test("planRemoval() believes no name that leads out of the folder", async () => {
  await withRoot(async (root) => {
    await saveRun(`${root}/m/r`);
    await Deno.writeTextFile(`${root}/m/precious`, "");
    const { runs: [run] } = await findResults(root, HERE);
    const facts = {
      ...run!.facts!,
      logFile: "../precious",
      hydraFolder: "../..",
    };
    const { content, reason } = await planRemoval({ ...run!, facts });
    assertEquals(content, null);
    assertMatch(reason ?? "", /not Stoker's: .*(dlio\.log|\.hydra)/);
  });
});

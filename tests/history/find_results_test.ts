import { assert, assertEquals, assertRejects } from "@std/assert";
import { StorageError } from "../../lib/errors.ts";
import { findResults } from "../../lib/history/find_results.ts";
import { momentAt } from "../metrics/sample_run.ts";
import { beginRun, saveRun, withRoot } from "./saved_runs.ts";

const HERE = { hostname: "node-1" };

/** Folder below the root and status of each run. */
async function statuses(root: string, hostname = "node-1") {
  const { runs } = await findResults(root, { hostname });
  return runs.map(({ folder, status }) => [
    folder.slice(root.length + 1),
    status,
  ]);
}

Deno.test("findResults() sorts runs by time and says how each ended", async () => {
  await withRoot(async (root) => {
    await saveRun(`${root}/m/late`, { record: { start: momentAt(500) } });
    await saveRun(`${root}/m/early`);
    const ends = [
      ["m/interrupted", "Interrupted by SIGINT", 10],
      ["m/limited", "Stopped by --time-limit 5s", 20],
      ["tree/a/b/failed", 'Cannot read "/x": no such file (ENOENT)', 30],
    ] as const;
    for (const [name, failure, at] of ends) {
      await saveRun(`${root}/${name}`, {
        record: { complete: false, failure, start: momentAt(at) },
      });
    }
    assertEquals(await statuses(root), [
      ["m/early", "complete"],
      ["m/interrupted", "interrupted"],
      ["m/limited", "interrupted"],
      ["tree/a/b/failed", "failed"],
      ["m/late", "complete"],
    ]);
  });
});

Deno.test("findResults() takes label, workload and figures from the head", async () => {
  await withRoot(async (root) => {
    await saveRun(`${root}/r`, { context: { label: "before" } });
    const { runs: [run] } = await findResults(root, HERE);
    assertEquals(
      [run?.facts?.label, run?.facts?.workload, run?.accelerators],
      ["before", "unet3d_h100", 2],
    );
    // Half of 0.625 s is compute on both ranks: 80 %.
    assertEquals(run?.auPercent, 80);
    assertEquals(run?.mibPerSecond, 14);
    assertEquals(run?.endMs, run!.startMs + 100_000);
  });
});

Deno.test("findResults() knows a run that goes on from one that was killed", async () => {
  await withRoot(async (root) => {
    const end = await beginRun(`${root}/r`);
    try {
      assertEquals(await statuses(root), [["r", "running"]]);
    } finally {
      end();
    }
    assertEquals(await statuses(root), [["r", "interrupted"]]);
    assertEquals(await statuses(root, "node-2"), [["r", "unknown"]]);
  });
});

Deno.test("findResults() lists damaged folders with the reason", async () => {
  await withRoot(async (root) => {
    await saveRun(`${root}/whole`);
    const whole = await Deno.readTextFile(`${root}/whole/stoker.json`);
    await Deno.remove(`${root}/whole`, { recursive: true });
    const damages: readonly (readonly [string, string])[] = [
      ["hosts", whole.replace('"hosts": [', '"hosts": [null, ')],
      ["date", whole.replace(/"wall_ms": \d+/, '"wall_ms": 1e300')],
      ["log", whole.replace('"log_file": "dlio.log"', '"log_file": {}')],
      ["words", whole.replace('"overrides": [', '"overrides_": [')],
      ["cut", '{\n    "stoker_version": "0.1.0",\n'],
      ["text", "not JSON"],
      ["other", '{\n    "a": 1,\n    "phases": []\n}\n'],
      [
        "newer",
        '{\n    "format_version": 99,\n    "context": {},\n    "phases": []\n}',
      ],
    ];
    for (const [name, text] of damages) {
      await Deno.mkdir(`${root}/${name}`);
      await Deno.writeTextFile(`${root}/${name}/stoker.json`, text);
    }
    const { runs } = await findResults(root, HERE);
    assertEquals(
      runs.map(({ folder, status }) => [folder, status]),
      runs.map(({ folder }) => [folder, "damaged"]),
    );
    assertEquals(runs.length, damages.length);
    for (const { reason } of runs) assert(reason !== null);
  });
});

Deno.test("findResults() counts foreign folders, and follows no link", async () => {
  await withRoot(async (root) => {
    await saveRun(`${root}/m/run`);
    await Deno.mkdir(`${root}/photos/2026`, { recursive: true });
    await Deno.writeTextFile(`${root}/photos/2026/a.jpg`, "");
    await Deno.mkdir(`${root}/dlio`);
    await Deno.writeTextFile(`${root}/dlio/summary.json`, "{}");
    await Deno.mkdir(`${root}/.counts`);
    await Deno.writeTextFile(`${root}/.counts/x`, "");
    await Deno.symlink(`${root}/m`, `${root}/again`);
    const { runs, ...counts } = await findResults(root, HERE);
    assertEquals(runs.length, 1);
    assertEquals(counts, {
      // photos/2026, dlio, and the root, which has a link.
      foreignFolders: 3,
      closedFolders: 0,
      skippedFolders: 0,
    });
  });
});

Deno.test("findResults() reads a folder whose phases are long no further than its head", async () => {
  await withRoot(async (root) => {
    await saveRun(`${root}/r`);
    const path = `${root}/r/stoker.json`;
    const text = await Deno.readTextFile(path);
    const mark = text.indexOf('"phases": [');
    // What follows is not even JSON.
    await Deno.writeTextFile(
      path,
      `${text.slice(0, mark + 11)}\n${"?".repeat(1e7)}`,
    );
    assertEquals(await statuses(root), [["r", "complete"]]);
  });
});

Deno.test("findResults() lists a thousand folders", async () => {
  await withRoot(async (root) => {
    await saveRun(`${root}/first`);
    const text = await Deno.readTextFile(`${root}/first/stoker.json`);
    for (let i = 0; i < 1000; i++) {
      await Deno.mkdir(`${root}/m/${i}`, { recursive: true });
      await Deno.writeTextFile(`${root}/m/${i}/stoker.json`, text);
    }
    let folderCount = 0;
    const { runs } = await findResults(root, {
      ...HERE,
      onFolder: () => folderCount++,
    });
    assertEquals([runs.length, folderCount], [1001, 1003]);
  });
});

Deno.test("findResults() refuses a folder that is not there", async () => {
  await withRoot(async (root) => {
    await assertRejects(
      () => findResults(`${root}/none`, HERE),
      StorageError,
      "there is no such folder",
    );
  });
});

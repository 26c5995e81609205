/** Tests of lib/measure/measured_run.ts. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError, DatasetError, StorageError } from "../../lib/errors.ts";
import type { Workload } from "../../lib/config/workload.ts";
import type { RunHooks } from "../../lib/engine/run/run_hooks.ts";
import { readHostFacts } from "../../lib/host/host_facts.ts";
import {
  type MeasureOptions,
  measureRun,
} from "../../lib/measure/measured_run.ts";
import { readResults } from "../../lib/results/results_reader.ts";
import { summaryJson } from "../../lib/results/summary_json.ts";
import { CountedStorages } from "../engine/run/counted_storages.ts";
import {
  inTempFolder,
  quietHooks,
  smallWorkload,
} from "../engine/engine_fixture.ts";
import { inProcesses, ownHosts } from "../engine/process_fixture.ts";
import { CONTEXT } from "../metrics/sample_run.ts";

/** Nothing is read ahead, so that AU of few steps gives no warning. */
const NO_READERS = "reader.read_threads=0";

/** What a caller hears, in order. */
function listener() {
  const heard: string[] = [];
  return {
    heard,
    hooks: quietHooks({ onPhaseEnd: ({ kind }) => void heard.push(kind) }),
    options: {
      onBegin: () => heard.push("begin"),
      onWarning: (text: string) => heard.push(`warning: ${text}`),
    },
  };
}

function measure(
  workload: Workload,
  hooks: RunHooks,
  options: Partial<MeasureOptions> & Pick<MeasureOptions, "resultsPath">,
) {
  return measureRun(workload, hooks, {
    accelerators: 1,
    randomSeed: 1,
    context: CONTEXT,
    host: readHostFacts(),
    warnings: [],
    onWarning: () => {},
    ...options,
  });
}

function isThere(path: string): boolean {
  return [...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))].some(
    ({ name }) => path.endsWith(`/${name}`),
  );
}

Deno.test("measureRun() measures again and again, each time into a folder of its own", async () => {
  await inTempFolder(async (folder) => {
    for (const epochs of [1, 2]) {
      const resultsPath = `${folder}/results/${epochs}`;
      const storages = new CountedStorages();
      const { heard, hooks, options } = listener();
      const { outcome, record, summary, ...saved } = await measure(
        smallWorkload(`${folder}/data`, [
          NO_READERS,
          `train.epochs=${epochs}`,
        ]),
        hooks,
        { resultsPath, connect: storages.connect, ...options },
      );
      assertEquals(outcome.error, null);
      assertEquals(saved, { folder: resultsPath, notSaved: null });
      assertEquals(record.complete, true);
      assertEquals(record.phases.length, 1 + epochs);
      assertEquals(heard, [
        "begin",
        "generate",
        ...Array.from({ length: epochs }, () => "train"),
      ]);
      assertEquals([storages.connected.length, storages.closed.length], [1, 1]);
      const read = await readResults(resultsPath);
      assertEquals(read.record.phases.length, 1 + epochs);
      assertEquals(
        JSON.parse(Deno.readTextFileSync(`${resultsPath}/summary.json`)),
        JSON.parse(JSON.stringify(summaryJson(summary, CONTEXT))),
      );
      assert(isThere(`${resultsPath}/report.txt`));
    }
  });
});

Deno.test("measureRun() keeps warnings of the settings, of the dataset and of the plan, in order", async () => {
  await inTempFolder(async (folder) => {
    await measure(smallWorkload(`${folder}/data`), quietHooks(), {
      resultsPath: `${folder}/first`,
    });
    const { heard, hooks, options } = listener();
    const { record } = await measure(
      smallWorkload(`${folder}/data`, [
        "workflow.generate_data=false",
        "dataset.num_files_train=9",
        NO_READERS,
        "train.epochs=1",
      ]),
      hooks,
      {
        resultsPath: `${folder}/second`,
        warnings: ["said before"],
        ...options,
      },
    );
    assertEquals(record.warnings.length, 3);
    assertEquals(record.warnings[0], "said before");
    assert(record.warnings[1]?.includes("9 are used"), record.warnings[1]);
    assert(record.warnings[2]?.includes("1 of 9"), record.warnings[2]);
    // What was said before is not said again.
    assertEquals(heard, [
      "begin",
      `warning: ${record.warnings[1]}`,
      `warning: ${record.warnings[2]}`,
      "train",
    ]);
  });
});

Deno.test("measureRun() saves what was measured before a failure", async () => {
  await inTempFolder(async (folder) => {
    const resultsPath = `${folder}/results`;
    const { outcome, record, notSaved } = await measure(
      smallWorkload(`${folder}/data`),
      quietHooks({
        onPhaseBegin: ({ epoch }) => {
          if (epoch !== 2) return;
          Deno.removeSync(`${folder}/data/train/img_05_of_12.npz`);
        },
      }),
      { resultsPath },
    );
    assert(outcome.error !== null);
    assertEquals(notSaved, null);
    assertEquals(record.failure, outcome.error.message);
    const read = await readResults(resultsPath);
    assertEquals(read.record.complete, false);
    assertEquals(
      read.record.phases.map(({ kind, complete }) => [kind, complete]),
      [["generate", true], ["train", true], ["train", false]],
    );
  });
});

for (
  const [what, generates, kind] of [
    ["settings that cannot be run", true, ConfigError],
    ["a missing dataset", false, DatasetError],
  ] as const
) {
  Deno.test(`measureRun() gives the folder back where ${what} end it`, async () => {
    await inTempFolder(async (folder) => {
      await assertRejects(
        () =>
          measure(
            smallWorkload(`${folder}/data`, [
              `workflow.generate_data=${generates}`,
            ]),
            quietHooks(),
            // Seven accelerators with batches of two need 14 samples.
            {
              resultsPath: `${folder}/results`,
              accelerators: generates ? 7 : 1,
            },
          ),
        kind,
      );
      assertEquals(isThere(`${folder}/results`), false);
    });
  });
}

Deno.test("measureRun() begins nothing where the folder holds results", async () => {
  await inTempFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/summary.json`, "{}");
    const { heard, hooks, options } = listener();
    await assertRejects(
      () =>
        measure(smallWorkload(`${folder}/data`), hooks, {
          resultsPath: folder,
          ...options,
        }),
      StorageError,
      "results would have",
    );
    assertEquals(heard, []);
    assertEquals(isThere(`${folder}/data`), false);
  });
});

Deno.test("measureRun() has no folder in a process that is not the first, which has the results of all", async () => {
  await inTempFolder(async (folder) => {
    const [first, second] = await inProcesses(
      ownHosts(2),
      ({ hooks, rank }) =>
        measure(
          smallWorkload(`${folder}/data`, [NO_READERS, "train.epochs=1"]),
          hooks,
          { resultsPath: `${folder}/results${rank}`, accelerators: 2 },
        ),
    );
    assertEquals([first?.outcome.error, second?.outcome.error], [null, null]);
    assertEquals([second?.folder, second?.notSaved], [null, null]);
    assertEquals(isThere(`${folder}/results1`), false);
    assertEquals(first?.notSaved, null);
    const { record } = await readResults(`${folder}/results0`);
    assertEquals(
      record.phases.map(({ kind, ranks, hosts }) => [
        kind,
        ranks.map(({ rank, host }) => `${rank} ${host}`),
        hosts.map(({ host }) => host),
      ]),
      [
        ["generate", [], ["host0", "host1"]],
        ["train", ["0 host0", "1 host1"], ["host0", "host1"]],
      ],
    );
  });
});

Deno.test("workflow.profiling leaves iostat.json in the results, unless the profiler is none", async () => {
  for (const [profiler, isWanted] of [["iostat", true], ["none", false]]) {
    await inTempFolder(async (folder) => {
      const resultsPath = `${folder}/results`;
      const { heard, hooks, options } = listener();
      await measure(
        smallWorkload(`${folder}/data`, [
          NO_READERS,
          "workflow.profiling=true",
          `profiling.profiler=${profiler}`,
        ]),
        hooks,
        { resultsPath, ...options },
      );
      assertEquals(isThere(`${resultsPath}/iostat.json`), isWanted);
      assertEquals(heard.filter((each) => each.startsWith("warning")), []);
    });
  }
});

import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { DatasetError, InterruptedError } from "../../../lib/errors.ts";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import type {
  PhaseRecord,
  RankRecord,
} from "../../../lib/metrics/run_record.ts";
import {
  hashesOf,
  inTempFolder,
  runSmall,
  smallWorkload,
} from "../engine_fixture.ts";

function rank0(phase: PhaseRecord | undefined): RankRecord {
  assert(phase !== undefined);
  const [rank] = phase.ranks;
  assert(rank !== undefined);
  return rank;
}

Deno.test("runWorkload() generates, trains each epoch and reads every byte once", async () => {
  await inTempFolder(async (folder) => {
    const { phases, error } = await runSmall(smallWorkload(folder));
    assertEquals(error, null);
    assertEquals(phases.map((phase) => [phase.kind, phase.epoch]), [
      ["generate", 0],
      ["train", 1],
      ["train", 2],
    ]);
    const [generate, first] = phases;
    const trainBytes = await folderBytes(`${folder}/train`);
    const evalBytes = await folderBytes(`${folder}/valid`);
    assertEquals(generate?.bytesRequested, trainBytes + evalBytes);
    assertEquals(first?.bytesRequested, trainBytes);
    assertEquals(rank0(first).stepCount, 6);
    const files = first?.workers.reduce((sum, { files }) => sum + files, 0);
    assertEquals(files, 12);
    const samples = first?.workers.reduce((sum, w) => sum + w.samples, 0);
    assertEquals(samples, 12);
    const opens = first?.latencies.open;
    assert(opens !== undefined);
    assertEquals(histogramTotals(opens).count, 12);
  });
});

Deno.test("runWorkload() measures steps that contain their load and compute", async () => {
  await inTempFolder(async (folder) => {
    const { phases } = await runSmall(
      smallWorkload(folder, ["train.computation_time=0.002"]),
    );
    const { loadSeconds, computeSeconds, stepSeconds, ...rank } = rank0(
      phases[1],
    );
    assertEquals(stepSeconds.length, 6);
    for (const [step, seconds] of stepSeconds.entries()) {
      const compute = computeSeconds[step] ?? 0;
      assertGreaterOrEqual(compute, 0.002);
      assertGreaterOrEqual(seconds, (loadSeconds[step] ?? 0) + compute - 1e-9);
    }
    const sum = stepSeconds.reduce((total, seconds) => total + seconds, 0);
    assert(Math.abs((rank.blocks[0]?.durationSeconds ?? 0) - sum) < 1e-9);
    const asked = rank.computeRequestedSeconds;
    assertEquals([...asked].map((one) => one.toFixed(6)), [
      ...Array(6).fill("0.002000"),
    ]);
  });
});

Deno.test("runWorkload() makes the same files with any number of threads and accelerators", async () => {
  const results: Record<string, string>[] = [];
  for (
    const [writeThreads, accelerators] of [[1, 1], [2, 1], [2, 3]] as const
  ) {
    await inTempFolder(async (folder) => {
      const workload = smallWorkload(folder, [
        `reader.write_threads=${writeThreads}`,
        "dataset.record_length_bytes_stdev=2000",
      ]);
      const { error } = await runSmall(workload, { accelerators });
      assertEquals(error, null);
      results.push(await hashesOf(folder));
    });
  }
  assertEquals(Object.keys(results[0] ?? {}).length, 16);
  assertEquals(results[1], results[0]);
  assertEquals(results[2], results[0]);
});

Deno.test("runWorkload() evaluates when the settings say and on its own files", async () => {
  await inTempFolder(async (folder) => {
    const { phases, error } = await runSmall(smallWorkload(folder, [
      "workflow.evaluation=true",
      "train.epochs=5",
      "evaluation.eval_after_epoch=2",
      "evaluation.epochs_between_evals=2",
      "reader.batch_size_eval=4",
    ]));
    assertEquals(error, null);
    const evals = phases.filter(({ kind }) => kind === "eval");
    assertEquals(evals.map(({ epoch }) => epoch), [2, 4]);
    assertEquals(rank0(evals[0]).stepCount, 1);
    const evalBytes = await folderBytes(`${folder}/valid`);
    assertEquals(evals[0]?.bytesRequested, evalBytes);
  });
});

Deno.test("runWorkload() evaluates without training", async () => {
  await inTempFolder(async (folder) => {
    await runSmall(smallWorkload(folder, ["train.epochs=1"]));
    const { phases } = await runSmall(smallWorkload(folder, [
      "workflow.generate_data=false",
      "workflow.train=false",
      "workflow.evaluation=true",
      "train.epochs=1",
    ]));
    assertEquals(phases.map(({ kind }) => kind), ["eval"]);
  });
});

Deno.test("runWorkload() runs the same number of steps on every accelerator", async () => {
  await inTempFolder(async (folder) => {
    const warnings: string[] = [];
    const { phases, error } = await runSmall(
      smallWorkload(folder, ["dataset.num_files_train=13"]),
      { accelerators: 3, onWarning: (text) => warnings.push(text) },
    );
    assertEquals(error, null);
    for (const phase of phases.slice(1)) {
      assertEquals(phase.ranks.map(({ stepCount }) => stepCount), [2, 2, 2]);
    }
    const dropping = warnings.filter((text) => text.includes("leaves out"));
    assertEquals(dropping.length, 1);
    assertStringIncludes(dropping[0] ?? "", "leaves out 1 of 13 samples");
  });
});

for (
  const [name, overrides, files] of [
    ["reads in the accelerator with read_threads 0", [
      "reader.read_threads=0",
    ], 12],
    ["reads nothing with the synthetic loader", [
      "reader.data_loader=synthetic",
    ], 0],
    ["reads a file of several samples once", [
      "dataset.num_samples_per_file=4",
      "reader.batch_size=3",
    ], 12],
    ["caps the epoch at total_training_steps", [
      "train.total_training_steps=2",
    ], 4],
  ] as const
) {
  Deno.test(`runWorkload() ${name}`, async () => {
    await inTempFolder(async (folder) => {
      const workload = smallWorkload(folder, overrides);
      const { phases, error } = await runSmall(workload);
      assertEquals(error, null);
      const last = phases.at(-1);
      const count = last?.workers.reduce((sum, { files }) => sum + files, 0);
      // Readers run ahead of a cap by what the queue holds, never beyond the
      // epoch's steps.
      assertEquals(count, files);
    });
  });
}

Deno.test("runWorkload() spends preprocess_time in the reader", async () => {
  await inTempFolder(async (folder) => {
    const { phases } = await runSmall(smallWorkload(folder, [
      "reader.preprocess_time=0.005",
      "reader.read_threads=1",
      "train.epochs=1",
    ]));
    const { stepSeconds } = rank0(phases[1]);
    const sum = stepSeconds.reduce((total, seconds) => total + seconds, 0);
    assertGreaterOrEqual(sum, 12 * 0.005);
  });
});

Deno.test("runWorkload() continues a generation that was cut short", async () => {
  await inTempFolder(async (folder) => {
    const workload = smallWorkload(folder);
    await runSmall(workload);
    const whole = await hashesOf(folder);
    const names = Object.keys(whole).sort();
    await Deno.truncate(`${folder}/${names[3]}`, 100);
    await Deno.remove(`${folder}/${names[5]}`);
    const { phases } = await runSmall(workload);
    assertEquals(await hashesOf(folder), whole);
    assertEquals(phases[0]?.workers.reduce((n, w) => n + w.operations, 0), 4);
  });
});

Deno.test("runWorkload() refuses a folder with another dataset, naming differences", async () => {
  await inTempFolder(async (folder) => {
    await runSmall(smallWorkload(folder));
    const error = await assertRejects(
      () => runSmall(smallWorkload(folder, ["dataset.seed=11"])),
      DatasetError,
    );
    assertStringIncludes(error.message, "dataset.seed is 10 there, 11 here");
    assertStringIncludes(error.message, "--force");
  });
});

Deno.test("runWorkload() replaces another dataset when forced", async () => {
  await inTempFolder(async (folder) => {
    await runSmall(smallWorkload(folder));
    const before = await hashesOf(folder);
    const workload = smallWorkload(folder, [
      "dataset.seed=11",
      "dataset.num_files_train=14",
    ]);
    const { error } = await runSmall(workload, { force: true });
    assertEquals(error, null);
    const after = await hashesOf(folder);
    assertEquals(Object.keys(after).length, 18);
    assertNotEquals(after, before);
  });
});

Deno.test("runWorkload() does not write over files that Stoker did not make", async () => {
  await inTempFolder(async (folder) => {
    await Deno.mkdir(`${folder}/train`);
    await Deno.writeTextFile(`${folder}/train/precious.npz`, "data");
    await assertRejects(
      () => runSmall(smallWorkload(folder)),
      DatasetError,
      "no manifest",
    );
    assertEquals(
      await Deno.readTextFile(`${folder}/train/precious.npz`),
      "data",
    );
  });
});

Deno.test("runWorkload() removes the listed files and no others with keep_files false", async () => {
  await inTempFolder(async (folder) => {
    const workload = smallWorkload(folder, ["dataset.keep_files=false"]);
    await Deno.writeTextFile(`${folder}/mine.txt`, "mine");
    const { error } = await runSmall(workload);
    assertEquals(error, null);
    assertEquals(Object.keys(await hashesOf(folder)), ["mine.txt"]);
  });
});

for (
  const [what, damage] of [
    ["truncated", (path: string) => Deno.truncate(path, 1000)],
    ["deleted", (path: string) => Deno.remove(path)],
    [
      "lengthened",
      (path: string) =>
        Deno.writeFile(path, new Uint8Array(9), { append: true }),
    ],
  ] as const
) {
  Deno.test(`runWorkload() ends with the file's name when one is ${what} during a run`, async () => {
    await inTempFolder(async (folder) => {
      const workload = smallWorkload(folder, [
        "train.epochs=1000",
        "train.computation_time=0.001",
      ]);
      let damaged = "";
      const { phases, error } = await runSmall(workload, {}, {
        onPhaseBegin: ({ kind, epoch }) => {
          if (kind !== "train" || epoch !== 2) return;
          damaged = `${folder}/train/img_05_of_12.npz`;
          damage(damaged);
        },
      });
      assert(error !== null);
      assertStringIncludes(error.message, damaged);
      assertStringIncludes(error.message, "of rank 0");
      const last = phases.at(-1);
      assertEquals(last?.complete, false);
      assertEquals(phases.at(-2)?.complete, true);
    });
  });
}

for (const kind of ["generate", "train", "eval"] as const) {
  Deno.test(`runWorkload() stops within the phase ${kind} and keeps what was measured`, async () => {
    await inTempFolder(async (folder) => {
      const controller = new AbortController();
      const workload = smallWorkload(folder, [
        "workflow.evaluation=true",
        "dataset.num_files_train=2000",
        "train.computation_time=0.001",
        "evaluation.eval_time=1",
      ]);
      const { phases, error } = await runSmall(workload, {}, {
        signal: controller.signal,
        onPhaseBegin: (phase) => {
          if (phase.kind !== kind) return;
          setTimeout(() => controller.abort(new InterruptedError("stop")), 30);
        },
      });
      assert(error instanceof InterruptedError);
      assertEquals(phases.at(-1)?.kind, kind);
      assertEquals(phases.at(-1)?.complete, false);
    });
  });
}

Deno.test("runWorkload() names rank, file and operation of a stalled read", async () => {
  await inTempFolder(async (folder) => {
    // Generated before: a busy disk may take long for a write.
    const settings = ["reader.file_shuffle=off", "train.epochs=1"];
    await runSmall(smallWorkload(folder, settings));
    const path = `${folder}/train/img_06_of_12.npz`;
    const workload = smallWorkload(folder, [
      ...settings,
      "workflow.generate_data=false",
    ]);
    // Opening a pipe that nobody writes to never ends.
    const pipe = `${folder}/pipe`;
    new Deno.Command("mkfifo", { args: [pipe] }).outputSync();
    const { error } = await runSmall(workload, {}, {
      stallTimeoutMs: 1000,
      onPhaseBegin: ({ kind, epoch }) => {
        if (kind === "train" && epoch === 1) Deno.renameSync(pipe, path);
      },
    });
    // Open for both, it waits for nobody, and lets the blocked thread go: the
    // test process can end, whatever comes next.
    Deno.openSync(path, { read: true, write: true }).close();
    assert(error !== null);
    assertStringIncludes(error.message, path);
    assertStringIncludes(error.message, "open");
    assertStringIncludes(error.message, "of rank 0");
    assertStringIncludes(error.message, "has not ended for");
  });
});

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for await (const entry of Deno.readDir(folder)) {
    bytes += (await Deno.stat(`${folder}/${entry.name}`)).size;
  }
  return bytes;
}

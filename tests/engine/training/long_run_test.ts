import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import {
  entryCountOf,
  STEP_TIMES_MAX,
} from "../../../lib/metrics/step_entries.ts";
import { phaseUtilization } from "../../../lib/metrics/utilization.ts";
import { phaseToPlain } from "../../../lib/results/phase_json.ts";
import { jsonPieces } from "../../../lib/results/json_pieces.ts";
import { inTempFolder, runSmall, smallWorkload } from "../engine_fixture.ts";

const STEPS = 2 * STEP_TIMES_MAX;
/** A barrier of several would take its time 500,000 times. */
const ACCELERATORS = 1;

Deno.test("a run of more steps than are kept measures each, keeps sums of some, and says so", () =>
  inTempFolder(async (folder) => {
    const warnings: string[] = [];
    const { phases, error } = await runSmall(
      smallWorkload(folder, [
        "workflow.generate_data=false",
        "reader.data_loader=synthetic",
        "reader.batch_size=1",
        `dataset.num_files_train=${STEPS}`,
        "train.epochs=1",
      ]),
      {
        accelerators: ACCELERATORS,
        onWarning: (text: string) => warnings.push(text),
      },
    );
    assertEquals(error, null);
    const [phase] = phases;
    assert(phase?.stepEntries !== undefined);
    assertEquals(phase.stepEntries.stepsPerEntry, 2);
    assert(warnings.some((text) => text.includes("sums over 2 steps each")));
    const perRank = STEPS / ACCELERATORS;
    for (const rank of phase.ranks) {
      assertEquals(rank.stepCount, perRank);
      assertEquals(rank.stepSeconds.length, entryCountOf(phase.stepEntries));
      assert(rank.stepSeconds.length <= STEP_TIMES_MAX / ACCELERATORS + 2);
      // All steps together are the time from the gate to the last one.
      const sum = rank.stepSeconds.reduce((total, one) => total + one, 0);
      assertAlmostEquals(sum, rank.doneSeconds, 0.05);
    }
    const { stepTimes } = phase;
    assert(stepTimes !== undefined);
    for (const [name, counts] of Object.entries(stepTimes)) {
      assertEquals(histogramTotals(counts).count, STEPS, name);
    }
    const loadMs = 1000 * phase.ranks
      .flatMap((rank) => [...rank.loadSeconds]).reduce((a, b) => a + b, 0);
    assertAlmostEquals(histogramTotals(stepTimes.load).sumMs, loadMs, 1e-3);
    const maxMs = Math.max(
      ...phase.ranks.map((rank) =>
        1000 * (rank.stepExtremes?.maxStepSeconds ?? 0)
      ),
    );
    assertAlmostEquals(histogramTotals(stepTimes.step).maxMs, maxMs, 1e-9);
    const { windowSteps } = phaseUtilization(phase, {
      excludeStartSteps: 1,
      excludeEndSteps: 0,
    });
    assertEquals(windowSteps, perRank - 1);
    let bytes = 0;
    for (const piece of jsonPieces(phaseToPlain(phase))) bytes += piece.length;
    assert(bytes < 100 * STEP_TIMES_MAX, `${bytes} bytes`);
  }));

/** Tests of lib/engine/run/planned_phases.ts: what is planned is what is run. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type PlannedKind,
  trainingKinds,
  trainingPhases,
} from "../../../lib/engine/run/planned_phases.ts";
import type { RunPlan } from "../../../lib/engine/plan/run_plan.ts";
import type { PhaseKind } from "../../../lib/metrics/phase_kinds.ts";
import { inTempFolder, runSmall, smallWorkload } from "../engine_fixture.ts";

for (
  const [title, settings] of [
    ["generates and trains", []],
    ["trains and evaluates every second epoch", [
      "workflow.evaluation=true",
      "train.epochs=4",
      "evaluation.epochs_between_evals=2",
    ]],
    ["saves checkpoints after epochs", [
      "train.epochs=3",
      "workflow.checkpoint=true",
      "checkpoint.checkpoint_after_epoch=1",
      "checkpoint.epochs_between_checkpoints=2",
      "model.model_size=4096",
    ]],
    ["only saves and loads checkpoints", [
      "workflow.generate_data=false",
      "workflow.train=false",
      "workflow.checkpoint=true",
      "checkpoint.num_checkpoints_write=2",
      "checkpoint.num_checkpoints_read=1",
      "model.model_size=4096",
    ]],
  ] as const
) {
  Deno.test(`plannedKinds() of a run that ${title} are the phases that it has, with their totals`, async () => {
    await inTempFolder(async (folder) => {
      const plans: (readonly PlannedKind[])[] = [];
      const totals: number[] = [];
      const workload = smallWorkload(`${folder}/data`, [
        ...settings,
        `checkpoint.checkpoint_folder=${folder}/checkpoints`,
      ]);
      const { phases, error } = await runSmall(workload, { accelerators: 2 }, {
        onPlan: (planned) => plans.push(planned),
        onPhaseBegin: () => totals.push(0),
        onProgress: ({ total }) => totals[totals.length - 1] = total,
      });
      assertEquals(error, null);
      const ran = counted(
        phases.map(({ kind }, index) => ({ kind, total: totals[index] ?? 0 })),
      );
      assertEquals(byKind(plans[0]), ran);
      // Said again once the dataset was looked at, without what is done.
      ran.delete("generate");
      assertEquals(byKind(plans.at(-1)), ran);
    });
  });
}

/** How many phases of a kind there are, and the total of each. */
function counted(
  phases: Iterable<{ readonly kind: PhaseKind; readonly total: number }>,
): Map<PhaseKind, readonly [number, number]> {
  const kinds = new Map<PhaseKind, readonly [number, number]>();
  for (const { kind, total } of phases) {
    kinds.set(kind, [(kinds.get(kind)?.[0] ?? 0) + 1, total]);
  }
  return kinds;
}

function byKind(
  planned: readonly PlannedKind[] = [],
): Map<PhaseKind, readonly [number, number]> {
  return new Map(
    planned.map(({ kind, phaseCount, total }) => [kind, [phaseCount, total]]),
  );
}

Deno.test("trainingKinds() count the phases of all epochs, whenever evaluations and checkpoints begin", () => {
  const number = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 9 }),
      number,
      number,
      number,
      (
        epochs,
        evalAfterEpoch,
        epochsBetweenEvals,
        afterEpoch,
        epochsBetween,
      ) => {
        const plan = {
          ranks: { first: 0, count: 2, total: 2 },
          training: {
            epochs,
            evalAfterEpoch,
            epochsBetweenEvals,
            train: { stepCount: 3 },
            eval: { stepCount: 2 },
          },
          checkpoint: {
            stepsBetween: 0,
            afterEpoch,
            epochsBetween,
            // No ranks, no files.
            ranks: { first: 0, count: 0, total: 0 },
          },
        } as unknown as RunPlan;
        assertEquals(
          byKind(trainingKinds(plan)),
          counted(trainingPhases(plan)),
        );
      },
    ),
  );
});

/** Tests of lib/engine/run/planned_phases.ts: what is planned is what is run. */
import { assertEquals } from "@std/assert";
import type { PlannedPhase } from "../../../lib/engine/run/planned_phases.ts";
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
  Deno.test(`plannedPhases() of a run that ${title} are the phases that it has, with their totals`, async () => {
    await inTempFolder(async (folder) => {
      const plans: (readonly PlannedPhase[])[] = [];
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
      const ran = phases.map(({ kind, epoch }, index) => ({
        kind,
        epoch,
        total: totals[index] ?? 0,
      }));
      assertEquals(plans[0], ran);
      // Said again once the dataset was looked at, without what is done.
      const ahead = ran.filter(({ kind }) => kind !== "generate");
      assertEquals(plans.at(-1), ahead);
    });
  });
}

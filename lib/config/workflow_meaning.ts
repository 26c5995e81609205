/**
 * What the switches of `workflow` mean together.
 *
 * Without training, DLIO only generates where it is to generate, and only
 * checkpoints where it is to checkpoint (after generating, if it is to): it
 * evaluates between epochs of training, so there is nothing to evaluate.
 * A workflow with nothing but evaluation is Stoker's own.
 *
 * Reference: DLIO's `utils/config.py`, `generate_only` and `checkpoint_only`.
 */
import { formatOrigin, type Origin } from "./origins.ts";
import type { Workload } from "./workload.ts";

const KEY = "workflow.evaluation";

/** A workflow that is still being put together. */
type Draft = {
  -readonly [Name in keyof Workload["workflow"]]: Workload["workflow"][Name];
};

/**
 * Turns evaluation off where it has no training to belong to.
 *
 * @param workload Its workflow is changed in place.
 * @param origins Where each value came from.
 * @param warnings Receives what is said of it.
 */
export function settleWorkflow(
  { workflow }: Workload,
  origins: Map<string, Origin>,
  warnings: string[],
): void {
  const { generate_data, train, evaluation, checkpoint } = workflow;
  if (train || !evaluation || !(generate_data || checkpoint)) return;
  const does = [
    ...(generate_data ? ["generates"] : []),
    ...(checkpoint ? ["checkpoints"] : []),
  ].join(" and ");
  const origin = origins.get(KEY);
  const from = origin === undefined ? "" : ` (from ${formatOrigin(origin)})`;
  warnings.push(
    `${KEY} = true${from} has no effect: without workflow.train a run only ` +
      `${does}, as in DLIO`,
  );
  (workflow as Draft).evaluation = false;
  origins.set(KEY, { kind: "derived", key: "workflow.train" });
}

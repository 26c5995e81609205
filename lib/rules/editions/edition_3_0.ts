/**
 * Edition 3.0 of the benchmark's rules, as its tools of 3.0.x apply it after
 * the round: what the round only warned of are errors.
 */
import type { Edition } from "../edition.ts";
import { rule as auGoal } from "../training/au_goal.ts";
import { rule as datasetSize } from "../training/dataset_size.ts";
import { LIMITS_3_0 } from "./limits_3_0.ts";

/** The edition. */
export const EDITION_3_0: Edition = {
  name: "3.0",
  limits: LIMITS_3_0,
  rules: {
    tree: [],
    organization: [],
    system: [],
    leaf: [],
    trainingModel: [],
    trainingSeries: [],
    trainingRun: [datasetSize, auGoal],
    checkpointModel: [],
    checkpointSeries: [],
    checkpointRun: [],
    vector: [],
    kvCache: [],
  },
};

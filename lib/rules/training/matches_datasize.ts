/**
 * 3.3.1: the runs read what datasize asked for.
 */
import type { PhaseRunFacts, TrainingModelFacts } from "../facts/series.ts";
import type { RunFacts } from "../facts/run_facts.ts";
import { type Problem, type Rule } from "../rule.ts";
import { count, folderOf } from "../values.ts";

/** The rule. */
export const rule: Rule<TrainingModelFacts> = {
  id: "3.3.1",
  title: "the runs read the dataset that datasize asked for",
  severity: "invalid",
  reads: "metadata of datasize, datagen and runs",
  isKnownBefore: false,
  why: "Otherwise the run is one of another dataset than the one whose size " +
    "was found enough.",
  mend: "Run with the numbers that datasize printed, or keep the datasize of " +
    "these hosts and accelerators.",
  dispute: "The text wants exactly the number of datasize, the field's " +
    "checker at least it. Fewer is invalid here, more is a warning.",
  *check({ datasizes, datagens, runs }) {
    const usable = datasizes.filter(({ metadata }) => metadata !== null);
    if (usable.length === 0) return;
    for (const run of runs) {
      const own = usable.find((each) => isOf(each, run));
      if (own === undefined) {
        yield {
          where: run.where,
          have: `datasize of ${
            usable.map(({ metadata }) => metadata!.maxAccelerators).join(", ")
          } accelerators`,
          need: `one of ${run.accelerators} accelerators`,
        };
      } else yield* compared(own, run);
    }
    yield* folderProblems(datagens, runs);
  },
};

function isOf({ metadata }: PhaseRunFacts, run: RunFacts): boolean {
  const { maxAccelerators, hostCount } = metadata!;
  return (run.accelerators === null || maxAccelerators === null ||
    maxAccelerators === run.accelerators) &&
    (run.hostCount === null || hostCount === null ||
      hostCount === run.hostCount);
}

function* compared(
  { metadata }: PhaseRunFacts,
  run: RunFacts,
): Generator<Problem> {
  const need = metadata!.numFilesTrain;
  const have = run.numFilesTrain;
  if (need === null || have === null || need === have) return;
  yield {
    where: run.where,
    have: `${count(have)} files`,
    need: `${count(need)}, as datasize found`,
    ...(have < need
      ? { deficit: `${count(need - have)} files` }
      : { severity: "warning" }),
  };
}

/** The datagen is where the runs read. */
function* folderProblems(
  datagens: readonly PhaseRunFacts[],
  runs: readonly RunFacts[],
): Generator<Problem> {
  const made = folderOf(datagens[0]?.metadata?.dataFolder ?? null);
  if (made === null) return;
  for (const { where, dataFolder } of runs) {
    const read = folderOf(dataFolder);
    // The tool puts the model's name behind the folder that it is given.
    if (read === null || read === made || read.startsWith(`${made}/`)) continue;
    if (made.startsWith(`${read}/`)) continue;
    yield {
      where,
      have: `data in "${read}"`,
      need: `data in "${made}", where datagen wrote`,
    };
  }
}

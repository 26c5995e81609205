/**
 * Files that the folder of an invocation has, by family and phase.
 */
import type { LeafFacts } from "../facts/leaf.ts";
import type { Problem } from "../rule.ts";

/** A file that must be there: its name for people, and how it is found. */
type WantedFile = readonly [string, RegExp];

/** What DLIO writes. */
const DLIO_FILES: readonly WantedFile[] = [
  ["*output.json", /output\.json$/],
  ["*per_epoch_stats.json", /per_epoch_stats\.json$/],
  ["*summary.json", /summary\.json$/],
  ["dlio.log", /^dlio\.log$/],
];

/** Files of DLIO's folder of settings. */
const CONFIG_NAMES = ["config.yaml", "hydra.yaml", "overrides.yaml"];

/** What the tool writes of an invocation: "training_run.stdout.log". */
function logFiles(prefix: string): WantedFile[] {
  return ["stdout", "stderr"].map((stream) => {
    const name = `${prefix}.${stream}.log`;
    return [name, new RegExp(`^${name.replaceAll(".", "\\.")}$`)];
  });
}

/**
 * Problems of files that are missing.
 *
 * @param prefix Of the logs: "training_run".
 * @param needsDlio Whether DLIO's files are needed too.
 */
export function* missingFiles(
  { names }: LeafFacts,
  prefix: string,
  { needsDlio }: { readonly needsDlio: boolean },
): Generator<Problem> {
  const wanted = [
    ...logFiles(prefix),
    ...needsDlio ? DLIO_FILES : [["dlio.log", /^dlio\.log$/] as const],
  ];
  const missing = wanted.filter(([, pattern]) =>
    !names.some((name) => pattern.test(name))
  );
  if (missing.length === 0) return;
  yield {
    have: null,
    need: `the files ${missing.map(([name]) => name).join(", ")}`,
  };
}

/** Problems of `dlio_config/`. */
export function* configProblems(
  { configNames }: LeafFacts,
): Generator<Problem> {
  if (configNames === null) {
    yield { have: null, need: "the folder dlio_config/" };
    return;
  }
  const missing = CONFIG_NAMES.filter((name) => !configNames.includes(name));
  const odd = configNames.filter((name) =>
    !CONFIG_NAMES.includes(name) && !name.startsWith(".")
  );
  if (missing.length > 0) {
    yield { have: null, need: `${missing.join(", ")} in dlio_config/` };
  }
  if (odd.length > 0) {
    yield {
      have: `"${odd.slice(0, 5).join('", "')}" in dlio_config/`,
      need: `nothing but ${CONFIG_NAMES.join(", ")}`,
    };
  }
}

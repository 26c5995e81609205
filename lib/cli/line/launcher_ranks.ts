/**
 * Refuses to be one of several ranks that a launcher of MPI started.
 *
 * Stoker's accelerators are threads of one process. Two processes that know
 * nothing of each other would be two whole benchmarks at once, each with a
 * result that looks like that of one.
 */
import { LAUNCHER_VARIABLES } from "../../config/environment_source.ts";
import { UsageError } from "../../errors.ts";

/**
 * Checks that this process is the only one of its launch.
 *
 * @param env Reads a variable.
 * @throws {UsageError} If a launcher started more than one.
 */
export function requireSingleRank(
  env: (name: string) => string | undefined,
): void {
  const { sizes, ranks } = LAUNCHER_VARIABLES;
  const size = sizes.find((name) => Number(env(name)) > 1);
  const name = size ?? ranks.find((name) => Number(env(name)) > 0);
  if (name === undefined) return;
  const count = size === undefined ? "N" : env(size);
  throw new UsageError(
    `Cannot run as one of several ranks as each would be a whole benchmark: ` +
      `the launcher set ${name} = ${env(name)}; start Stoker once, without ` +
      `mpirun or srun, and say -n ${count} (--accelerators)`,
  );
}

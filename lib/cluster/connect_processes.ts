/**
 * The one door to the other processes of a run: asks the environment whether
 * there are any, and joins them.
 */
import { createBarrierMemory } from "./barrier_memory.ts";
import { type ProcessLink, soloLink } from "./link.ts";
import { launcherOf } from "./mpi/launcher.ts";
import { programsAbove } from "./mpi/launcher_programs.ts";
import { librarySearch } from "./mpi/library_search.ts";
import { joinWithMpi } from "./mpi/mpi_link.ts";

/** Unless `--peer-timeout` says otherwise. */
export const DEFAULT_PEER_TIMEOUT_MS = 60_000;

/** What the command line says of it. */
export interface ProcessOptions {
  /**
   * "auto", "openmpi", "mpich", the path of a library, or "off": this process
   * is alone whatever started it. Null: "auto".
   */
  readonly mpi: string | null;
  /** A process that is silent for so long is lost; null: the default. */
  readonly peerTimeoutMs: number | null;
}

/**
 * Joins the processes that a launcher of MPI started together with this one.
 *
 * @param env Reads a variable of the environment.
 * @param options See {@linkcode ProcessOptions}.
 * @returns {@linkcode soloLink} if there are no others; nothing is loaded then.
 * @throws {ConfigError} If no MPI library is usable, or it is not that of the
 *   launcher.
 * @throws {StokerError} If the others cannot be met.
 */
export async function connectProcesses(
  env: (name: string) => string | undefined,
  { mpi, peerTimeoutMs }: ProcessOptions,
): Promise<ProcessLink> {
  const launcher = mpi === "off" ? null : launcherOf(env);
  if (launcher === null) return soloLink;
  const search = librarySearch(
    mpi ?? "auto",
    launcher,
    programsAbove(Deno.ppid),
  );
  return await joinWithMpi({
    ...search,
    launcher: launcher.name,
    size: launcher.size,
    rank: launcher.rank,
    hostname: Deno.hostname(),
    peerTimeoutMs: peerTimeoutMs ?? DEFAULT_PEER_TIMEOUT_MS,
  }, createBarrierMemory());
}

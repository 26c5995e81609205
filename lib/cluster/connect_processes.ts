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
import { shareHostMemory } from "./share_host_memory.ts";

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
  /**
   * Whether threads of processes of one host meet in memory that these share,
   * rather than through MPI; true where absent. The result is the same.
   */
  readonly sharesMemory?: boolean;
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
  { mpi, peerTimeoutMs, sharesMemory = true }: ProcessOptions,
): Promise<ProcessLink> {
  const launcher = mpi === "off" ? null : launcherOf(env);
  if (launcher === null) return soloLink;
  const search = librarySearch(
    mpi ?? "auto",
    launcher,
    programsAbove(Deno.ppid),
  );
  const link = await joinWithMpi({
    ...search,
    launcher: launcher.name,
    size: launcher.size,
    rank: launcher.rank,
    hostname: Deno.hostname(),
    peerTimeoutMs: peerTimeoutMs ?? DEFAULT_PEER_TIMEOUT_MS,
  }, createBarrierMemory());
  const place = sharesMemory ? await shareHostMemory(link) : null;
  if (place !== null) link.meetAt(place);
  return link;
}

/**
 * The programs that started this process, by /proc: a launcher's own folder
 * tells where its library is.
 */
import { cPath, openLibc } from "../../libc/libc.ts";
import { readSystemFile } from "../../host/system_file.ts";

/** A launcher may start a shell that starts this process. */
const MAX_LEVELS = 3;
const PATH_BYTES = 4096;

/**
 * Launchers and what they start on each host: of Open MPI 4 and 5, of MPICH
 * and Intel MPI. Those of batch systems are not a run's to end.
 */
const LAUNCHER_REGEXP =
  /\/(mpirun|mpiexec|orterun|orted|prterun|prte|prted|hydra_pmi_proxy|hydra_bstrap_proxy)([.-][^/]*)?$/;

/** SIGINT of signal(7). */
const END_SIGNAL = 2;
/** Between two: launchers count what comes later than that. */
const AGAIN_US = 100_000;

/** A program above a process. */
interface ProgramAbove {
  readonly pid: number;
  readonly path: string;
}

/**
 * Paths of the programs above a process, nearest first.
 *
 * @param parent Number of the process's parent.
 */
export function programsAbove(parent: number): string[] {
  return lineAbove(parent).map(({ path }) => path);
}

/**
 * Tells the launcher above this process on its host to end. When the network
 * to another host is gone, it waits for that host for as long as TCP does: a
 * quarter of an hour, in which it hears of nothing but signals.
 *
 *    process <- hydra_pmi_proxy <- mpiexec       the last one is told
 *    process <- orted <- sshd
 *
 * @param parent Number of the process's parent.
 * @returns Whether there was one.
 */
export function endLauncherAbove(parent: number): boolean {
  const libc = openLibc();
  if (libc.value === null) return false;
  let last: ProgramAbove | null = null;
  for (const program of lineAbove(parent)) {
    if (LAUNCHER_REGEXP.test(program.path)) last = program;
    else if (last !== null) break;
  }
  if (last === null || libc.value.kill(last.pid, END_SIGNAL) !== 0) {
    return false;
  }
  // As somebody at a terminal: the first one asks, the second one ends.
  libc.value.usleep(AGAIN_US);
  libc.value.kill(last.pid, END_SIGNAL);
  return true;
}

function lineAbove(parent: number): ProgramAbove[] {
  const libc = openLibc();
  if (libc.value === null) return [];
  const programs: ProgramAbove[] = [];
  let pid = parent;
  for (let level = 0; level < MAX_LEVELS && pid > 1; level++) {
    const link = new Uint8Array(PATH_BYTES);
    const length = libc.value.readlink(
      cPath(`/proc/${pid}/exe`),
      link,
      BigInt(link.length),
    );
    if (length > 0) {
      const path = new TextDecoder().decode(link.subarray(0, length));
      programs.push({ pid, path });
    }
    // proc_pid_stat(5): after the name, which ends with the last ")", the
    // state and the parent.
    const stat = readSystemFile(`/proc/${pid}/stat`).value ?? "";
    pid = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
  }
  return programs;
}

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
 * Paths of the programs above a process, nearest first.
 *
 * @param parent Number of the process's parent.
 */
export function programsAbove(parent: number): string[] {
  const libc = openLibc();
  if (libc.value === null) return [];
  const programs: string[] = [];
  let pid = parent;
  for (let level = 0; level < MAX_LEVELS && pid > 1; level++) {
    const link = new Uint8Array(PATH_BYTES);
    const length = libc.value.readlink(
      cPath(`/proc/${pid}/exe`),
      link,
      BigInt(link.length),
    );
    if (length > 0) {
      programs.push(new TextDecoder().decode(link.subarray(0, length)));
    }
    // proc_pid_stat(5): after the name, which ends with the last ")", the
    // state and the parent.
    const stat = readSystemFile(`/proc/${pid}/stat`).value ?? "";
    pid = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
  }
  return programs;
}

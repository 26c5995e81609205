/**
 * The lines that start a command on several hosts, one for each launcher.
 *
 * Processes are not bound to cores, as each has many threads. What is printed
 * is for a shell; the words of the command are quoted where they need it.
 */
import { UsageError } from "../../errors.ts";
import type { FlagName } from "../line/flags.ts";
import { parseHostList } from "../line/host_list.ts";

/** Flags that speak of the launch and are not part of what is launched. */
const LAUNCH_FLAGS: Readonly<Partial<Record<FlagName, "value" | "none">>> = {
  "print-launch": "none",
  "hosts": "value",
  "per-host": "value",
};

/** What is to be launched. */
export interface Launch {
  /** Words of the command line, without the program. */
  readonly args: readonly string[];
  /** The program as a shell finds it on every host. */
  readonly program: string;
  /** As given to `--hosts`; null: it was not. */
  readonly hosts: string | null;
  /** Processes of each host, >= 1. */
  readonly perHost: number;
}

/**
 * The lines, with the launcher's name above each.
 *
 * @throws {UsageError} If the hosts are not given, or are no list of them.
 */
export function launchLines({ args, program, hosts, perHost }: Launch): string {
  if (hosts === null || /^\d+$/.test(hosts)) {
    throw new UsageError(
      "Cannot print a launch without the names of the hosts: give them as " +
        "--hosts node[01-16],gpu1",
    );
  }
  const names = parseHostList(hosts);
  const count = names.length * perHost;
  const command = [program, ...withoutLaunch(args)].map(quoted).join(" ");
  const list = names.join(",");
  const slots = names.map((name) => `${name}:${perHost}`).join(",");
  const cpus = perHost === 1
    ? "$SLURM_CPUS_ON_NODE"
    : `$((SLURM_CPUS_ON_NODE / ${perHost}))`;
  const lines = [
    [
      "Open MPI",
      `mpirun --bind-to none --map-by ppr:${perHost}:node --host ${slots} ` +
      `-np ${count}`,
    ],
    [
      "MPICH, Intel MPI (Hydra)",
      `mpiexec -ppn ${perHost} -hosts ${list} -n ${count}`,
    ],
    [
      "Slurm, inside an allocation of these nodes",
      `srun --nodelist=${quoted(hosts)} --nodes=${names.length} ` +
      `--ntasks=${count} --ntasks-per-node=${perHost} ` +
      `--cpus-per-task="${cpus}"`,
    ],
    [
      "PALS (Cray)",
      `mpiexec --hosts ${list} --ppn ${perHost} -n ${count} --cpu-bind none`,
    ],
  ] as const;
  return lines.map(([launcher, line]) => `# ${launcher}\n${line} ${command}`)
    .join("\n\n");
}

/** The words without those that speak of the launch. */
function withoutLaunch(args: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const [, name = "", value] = /^--([\w-]+)(=.*)?$/s.exec(word) ?? [];
    const kind = LAUNCH_FLAGS[name as FlagName];
    if (kind === undefined) kept.push(word);
    else if (kind === "value" && value === undefined) i++;
  }
  return kept;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}

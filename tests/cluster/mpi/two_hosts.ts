/**
 * Two hosts on one machine: network namespaces with a link between them, each
 * with a host name and a /tmp of its own. A launcher that takes this for its
 * remote shell starts processes on both.
 *
 *    host a  10.77.0.1 ── veth ── 10.77.0.2  host b
 *
 * What both need is bound into their /tmp: as a file system that they share.
 * Processes, memory and the kernel are those of the machine.
 */
import type { InstalledLauncher } from "./launchers.ts";

/** Addresses of the hosts. */
const ADDRESSES = ["10.77.0.1", "10.77.0.2"] as const;

/** Name of the link on both sides. */
const LINK = "hosts0";
/** Its sides. */
const NEAR = 0;
const FAR = 1;

/** Longest wait until it carries, and time between two looks. */
const LINK_MS = 5000;
const LINK_LOOK_MS = 20;

/** Two hosts, until they are disposed of. */
export interface TwoHosts extends AsyncDisposable {
  /** Names of the hosts, as their processes see them. */
  readonly names: readonly [string, string];
  /**
   * A launcher on the first host.
   *
   * @param perHost Processes that it starts on each.
   * @param isBound Messages go by the link alone. UCX, which MPICH of Debian
   *   sends with, knows machines by the boot id of their kernel, and otherwise
   *   uses memory that hosts have not in common. Bound, its MPI_Finalize may
   *   never end: for runs that do not get there.
   */
  launcher(
    launcher: InstalledLauncher,
    perHost: number,
    isBound: boolean,
  ): InstalledLauncher;
  /** Cuts the link, without a word to either side. */
  cut(): Promise<void>;
  /** Ids of all processes on both. */
  pids(): Promise<number[]>;
}

/** @returns Why this process cannot make hosts; null if it can. */
export async function hostsProblem(): Promise<string | null> {
  if (Deno.build.os !== "linux") return "namespaces are a matter of Linux";
  if (Deno.uid() !== 0) return "namespaces of the network need root";
  const name = `stoker-try-${Deno.pid}`;
  try {
    await ip("netns", "add", name);
    await ip("netns", "exec", name, "unshare", "--uts", "--mount", "true");
    await ip("netns", "del", name);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

/**
 * Makes the hosts.
 *
 * @param folder For their own folders and what starts them.
 * @param shared Further folders that both see as they are.
 * @throws {Error} If a command fails.
 */
export async function makeHosts(
  folder: string,
  shared: readonly string[],
): Promise<TwoHosts> {
  const names = [`stoker-${Deno.pid}-a`, `stoker-${Deno.pid}-b`] as const;
  const removeAll = async () => {
    for (const name of names) await ip("netns", "del", name).catch(() => {});
  };
  try {
    for (const name of names) await ip("netns", "add", name);
    const peer = ["type", "veth", "peer", "name", LINK, "netns", names[FAR]];
    await ip("link", "add", LINK, "netns", names[NEAR], ...peer);
    for (const [index, name] of names.entries()) {
      const address = `${ADDRESSES[index]}/24`;
      await ip("-n", name, "addr", "add", address, "dev", LINK);
      for (const device of ["lo", LINK]) {
        await ip("-n", name, "link", "set", device, "up");
      }
    }
    for (const name of names) await untilUp(name);
  } catch (error) {
    await removeAll();
    throw error;
  }
  const enter = `${folder}/enter.sh`;
  await writeProgram(enter, enterText(folder, [folder, ...shared]));
  const shell = `${folder}/shell.sh`;
  await writeProgram(shell, shellText(names, enter));
  const pids = async () => {
    const texts = await Promise.all(
      names.map((name) => ip("netns", "pids", name)),
    );
    return texts.join("\n").split("\n").filter((text) => text !== "")
      .map(Number);
  };
  return {
    names,
    pids,
    launcher: (launcher, perHost, isBound) => ({
      ...launcher,
      line: [
        ...entering(names[NEAR], enter),
        ...isBound
          ? ["env", "UCX_TLS=tcp,self", `UCX_NET_DEVICES=${LINK}`]
          : [],
        ...launcher.line,
        ...shellFlags(launcher, shell, perHost),
      ],
    }),
    async cut() {
      await ip("-n", names[NEAR], "link", "set", LINK, "down");
    },
    async [Symbol.asyncDispose]() {
      for (const pid of await pids()) killIfThere(pid);
      await removeAll();
    },
  };
}

/** The kernel tells a moment later that a link carries: UCX looks for that. */
async function untilUp(name: string): Promise<void> {
  const limitMs = performance.now() + LINK_MS;
  while (!(await ip("-n", name, "link", "show", LINK)).includes("state UP")) {
    if (performance.now() > limitMs) throw new Error(`${LINK} does not get up`);
    await new Promise((resolve) => setTimeout(resolve, LINK_LOOK_MS));
  }
}

/** Words before a command that is to run on a host. */
function entering(name: string, enter: string): string[] {
  return [
    "ip",
    "netns",
    "exec",
    name,
    "unshare",
    "--uts",
    "--mount",
    enter,
    name,
  ];
}

/** How a launcher is told of the hosts and the remote shell. */
function shellFlags(
  { warns: isOpenMpi }: InstalledLauncher,
  shell: string,
  perHost: number,
): string[] {
  return isOpenMpi
    ? [
      ...["--mca", "plm_rsh_agent", shell],
      ...["-host", ADDRESSES.map((host) => `${host}:${perHost}`).join()],
    ]
    : [
      ...["-launcher", "ssh", "-launcher-exec", shell],
      ...["-hosts", ADDRESSES.join(), "-ppn", String(perHost)],
    ];
}

/**
 * Called with a host's name and a command, in its namespaces: gives it a /tmp
 * of its own, where what is shared stays, and becomes the command.
 */
function enterText(folder: string, shared: readonly string[]): string {
  const below = shared.filter((path) => path.startsWith("/tmp/"));
  const binds = below.map((path) => {
    const place = `"$own"/${path.slice("/tmp/".length)}`;
    return `mkdir -p ${place} && mount --bind ${path} ${place} &&`;
  });
  return `#!/bin/sh
hostname "$1"
own=${folder}/tmp.$1
shift
mkdir -p "$own" &&
${binds.join("\n")}
mount --rbind "$own" /tmp && exec "$@"
`;
}

/** Launchers put options of ssh before the host. */
function shellText(
  names: readonly [string, string],
  enter: string,
): string {
  return `#!/bin/sh
while [ "\${1#-}" != "$1" ]; do shift; done
if [ "$1" = ${ADDRESSES[NEAR]} ]; then name=${names[NEAR]}; else name=${
    names[FAR]
  }; fi
shift
# Not in its place: between the hosts there is nobody's parent.
${entering("$name", enter).join(" ")} sh -c "$*"
`;
}

async function writeProgram(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o755 });
}

function killIfThere(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** @returns What it prints. */
async function ip(...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("ip", {
    args: [...args],
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  const text = new TextDecoder().decode(stderr);
  throw new Error(`ip ${args.join(" ")} failed: ${text}`);
}

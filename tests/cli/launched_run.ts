/**
 * `stoker run` as processes of a launcher of MPI. Every process is started
 * through a script of a shell, which keeps its id and what it prints and may
 * do to one process what the others do not have.
 */
import type { InstalledLauncher } from "../cluster/mpi/launchers.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** What is started. */
export interface LaunchedOptions {
  /** Null: a single process, without a launcher. */
  readonly launcher: InstalledLauncher | null;
  readonly size: number;
  /** For what the processes print; the data and results are for `args`. */
  readonly folder: string;
  /** Of `stoker`. */
  readonly args: readonly string[];
  /** Lines of sh before the program starts: `$rank`, `"$@"`. */
  readonly before?: string;
  /** What is started in place of Stoker's source: an executable. */
  readonly program?: string;
}

/** Processes that were started. */
export interface LaunchedRun extends AsyncDisposable {
  readonly launcherPid: number;
  /** Exit status of the launcher, and how long it took from now on. */
  ended(): Promise<{ readonly code: number; readonly seconds: number }>;
  /** What a process, or the launcher, has printed. */
  said(who: number | "launcher"): Promise<string>;
  /** Id of a process. */
  pid(rank: number): Promise<number>;
  /** Resolves when a process has printed a text. @throws {Error} If it ends. */
  untilSaid(rank: number, text: string): Promise<void>;
  /** Processes that are there two seconds after the launcher's end. */
  orphans(): Promise<number[]>;
}

/** Then a run has failed, and is ended. */
const LIMIT_MS = 40_000;
const LOOK_MS = 20;
const ORPHAN_MS = 2000;

/**
 * Loads what the program needs into Deno's cache: the processes of a launcher
 * would all do it at once, and those of a host without a network could not.
 *
 * @returns Folder of that cache.
 */
export function cacheProgram(): Promise<string> {
  return cachedIn ??= loadIntoCache();
}

let cachedIn: Promise<string> | undefined;

async function loadIntoCache(): Promise<string> {
  await output("cache", "--quiet", MAIN);
  const { denoDir } = JSON.parse(await output("info", "--json")) as {
    readonly denoDir: string;
  };
  return denoDir;
}

async function output(...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(new TextDecoder().decode(stderr));
}

/** Starts the processes. */
export async function launch(options: LaunchedOptions): Promise<LaunchedRun> {
  const { launcher, size, folder, args } = options;
  if (options.program === undefined) await cacheProgram();
  const script = `${folder}/start.sh`;
  await Deno.writeTextFile(script, scriptText(options), { mode: 0o755 });
  const line = launcher === null
    ? [script, ...args]
    : [...launcher.line, "-np", String(size), script, ...args];
  // The launcher takes the place of the shell, whose id is its own.
  const shell = `exec "$@" > ${folder}/said.launcher 2>&1`;
  const child = new Deno.Command("sh", {
    args: ["-c", shell, "sh", ...line],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let hasEnded = false;
  const status = child.status.then(({ code }) => {
    hasEnded = true;
    return code;
  });
  const read = (name: string) =>
    Deno.readTextFile(`${folder}/${name}`).catch(() => "");
  const pids = async () => {
    const ranks = Array.from({ length: size }, (_, rank) => rank);
    const texts = await Promise.all(ranks.map((rank) => read(`pid.${rank}`)));
    return texts.filter((text) => text !== "").map(Number);
  };
  const endAll = async () => {
    for (const pid of await pids()) kill(pid);
    if (!hasEnded) kill(child.pid);
  };
  const timer = setTimeout(endAll, LIMIT_MS);
  return {
    launcherPid: child.pid,
    async ended() {
      const startMs = performance.now();
      const code = await status;
      return { code, seconds: (performance.now() - startMs) / 1000 };
    },
    said: (who) => read(`said.${who}`),
    pid: async (rank) => Number(await read(`pid.${rank}`)),
    async untilSaid(rank, text) {
      while (!(await read(`said.${rank}`)).includes(text)) {
        if (hasEnded) throw new Error(await read(`said.${rank}`));
        await pause(LOOK_MS);
      }
    },
    async orphans() {
      const limitMs = performance.now() + ORPHAN_MS;
      let left = (await pids()).filter(isThere);
      while (left.length > 0 && performance.now() < limitMs) {
        await pause(LOOK_MS);
        left = left.filter(isThere);
      }
      return left;
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await endAll();
      await status;
    },
  };
}

function scriptText(
  { folder, before = "", program }: LaunchedOptions,
): string {
  const stoker = program ?? `${Deno.execPath()} run -A --no-check ${MAIN}`;
  return `#!/bin/sh
rank=\${OMPI_COMM_WORLD_RANK:-\${PMI_RANK:-0}}
exec > ${folder}/said.$rank 2>&1
echo $$ > ${folder}/pid.$rank
stoker='${stoker}'
${before}
exec $stoker "$@"
`;
}

function isThere(pid: number): boolean {
  try {
    // A zombie that nobody has waited for does nothing any more.
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return !/^State:\s*Z/m.test(status);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

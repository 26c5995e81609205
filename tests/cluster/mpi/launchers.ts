/**
 * The launchers of MPI that are installed here, and running this process's
 * tests under them.
 *
 * Debian's by their names in PATH; others in `$STOKER_MPI_FOLDER`, where the
 * interop suite installs them.
 */

/** One that is installed. */
export interface InstalledLauncher {
  /** "Open MPI", as results name the library. */
  readonly library: string;
  /** Program and arguments, before `-np`. */
  readonly line: readonly string[];
  /** It tells the others with SIGTERM before it kills them. */
  readonly warns: boolean;
}

/** Any number of processes, on any core, whoever the user is. */
const OPENMPI_FLAGS = [
  "--allow-run-as-root",
  "--oversubscribe",
  "--bind-to",
  "none",
];

/** Debian's. */
export const OPENMPI = installed("Open MPI", "mpirun.openmpi", OPENMPI_FLAGS);
/** Debian's. */
export const MPICH = installed("MPICH", "mpirun.mpich", []);

/** Those that are here, with names for tests. */
export const LAUNCHERS: readonly (readonly [
  string,
  InstalledLauncher | null,
])[] = [
  ["Open MPI", OPENMPI],
  ["MPICH", MPICH],
];

function installed(
  library: string,
  program: string,
  flags: readonly string[],
): InstalledLauncher | null {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const isThere = folders.some((folder) => exists(`${folder}/${program}`));
  if (!isThere) return null;
  return { library, line: [program, ...flags], warns: flags.length > 0 };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** A line that a process printed. */
// deno-lint-ignore no-explicit-any
export type Printed = Record<string, any>;

/** How it ended. */
export interface Ended {
  readonly code: number;
  /** JSON lines of all processes. */
  readonly printed: readonly Printed[];
  /** Everything, for messages. */
  readonly text: string;
}

/** Processes that were started. */
export interface Started {
  readonly ended: Promise<Ended>;
  /** Resolves with the first lines that fulfil it. */
  until(isThere: (printed: readonly Printed[]) => boolean): Promise<Printed[]>;
}

const PROGRAM = new URL("./process.ts", import.meta.url).pathname;
/** Then it has failed. */
const LIMIT_MS = 60_000;

/**
 * Starts processes of `process.ts`.
 *
 * @param launcher Who starts them.
 * @param size How many.
 * @param args See `process.ts`.
 */
export function start(
  launcher: InstalledLauncher,
  size: number,
  ...args: readonly string[]
): Started {
  const [program = "", ...flags] = launcher.line;
  const child = new Deno.Command(program, {
    args: [
      ...flags,
      "-np",
      String(size),
      Deno.execPath(),
      "run",
      "--allow-all",
      "--no-check",
      PROGRAM,
      ...args,
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const printed: Printed[] = [];
  let text = "";
  let look = () => {};
  const reading = [child.stdout, child.stderr].map(async (stream) => {
    let rest = "";
    for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
      text += piece;
      const lines = (rest + piece).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        if (line.startsWith("{")) printed.push(JSON.parse(line));
      }
      look();
    }
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const ended = (async () => {
    await Promise.all(reading);
    const { code } = await child.status;
    clearTimeout(timer);
    return { code, printed, text };
  })();
  return {
    ended,
    until: (isThere) =>
      new Promise((resolve) => {
        look = () => {
          if (isThere(printed)) resolve([...printed]);
        };
        look();
      }),
  };
}

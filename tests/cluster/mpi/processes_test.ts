/**
 * Real processes under real launchers, with the libraries that are installed
 * here; the interop suite installs them.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Answer,
  answerOf,
  type InstalledLauncher,
  LAUNCHERS,
  lossOf,
  OTHER_LAUNCHERS,
  type Printed,
  start,
} from "./launchers.ts";

const LENGTHS = [0, 10, 4088, 4089, 500_000];
const PEER_TIMEOUT_MS = 1500;

/** A test under each launcher. */
function underEach(
  name: string,
  test: (launcher: InstalledLauncher) => Promise<void>,
  launchers: typeof LAUNCHERS = LAUNCHERS,
): void {
  for (const [library, launcher] of launchers) {
    Deno.test({
      name: launcher === null
        ? `${library} is not installed here: ${name}`
        : `${library}: ${name}`,
      ignore: launcher === null,
      fn: () => test(launcher!),
    });
  }
}

function byRank(
  printed: readonly Printed[],
): { rank: number; answer: Answer }[] {
  return printed.flatMap(({ rank, answer }) =>
    answer === undefined ? [] : [{ rank, answer }]
  ).sort((a, b) => a.rank - b.rank);
}

/** What `process.ts together` must say of its calls. */
function expectedCalls(rank: number, size: number): unknown[] {
  return LENGTHS.map((length) => {
    const all = Array.from(
      { length: size },
      (_, peer) => `${length + peer} x ${length + peer === 0 ? 0 : peer + 1}`,
    );
    return { all, first: rank === 0 ? all : null, from: all[0] };
  });
}

/** What their threads may meet through, and how `process.ts` is told. */
const WAYS = { MPI: "relay", memory: "" } as const;

type Way = keyof typeof WAYS;

/** Runs of the launcher itself meet in memory, also with 2 and 8 processes. */
for (
  const [size, way] of [[2, "MPI"], [3, "MPI"], [8, "MPI"], [3, "memory"]] as (
    readonly [number, Way]
  )[]
) {
  underEach(
    `${size} processes exchange bytes, meet at barriers through ${way} and part`,
    (launcher) => expectTogether(launcher, size, way),
  );
}

underEach(
  "3 processes exchange bytes, meet at barriers through MPI and part",
  (launcher) => expectTogether(launcher, 3, "MPI"),
  OTHER_LAUNCHERS,
);

async function expectTogether(
  launcher: InstalledLauncher,
  size: number,
  way: Way,
): Promise<void> {
  const started = start(
    launcher,
    size,
    ...["together", launcher.mpi, "60000", WAYS[way]],
  );
  const { code, printed, text } = await started.ended;
  const answers = byRank(printed);
  assertEquals(answers.length, size, text);
  for (const { rank, answer } of answers) {
    assertEquals(answer.calls, expectedCalls(rank, size));
    assertEquals(answer.early, [0, 0]);
    assertEquals(answer.transport.library, launcher.library);
    assertEquals(answer.transport.barrier, way);
  }
  // The launcher is content with how they ended, and the library with what was
  // open then.
  assertEquals(code, 0, text);
  assertEquals(/was not (matched|returned)/.test(text), false, text);
}

for (const [way, told] of Object.entries(WAYS)) {
  underEach(
    `all others hear why a process leaves, say their last words and end, wherever they meet: ${way}`,
    (launcher) => expectLeaving(launcher, told),
  );
}

async function expectLeaving(
  launcher: InstalledLauncher,
  told: string,
): Promise<void> {
  const started = start(launcher, 3, "leave", "auto", "60000", told);
  const { printed, text } = await started.ended;
  const reason = "No space left on device";
  const answers = byRank(printed);
  assertEquals(answers.map(({ rank }) => rank), [0, 1, 2], text);
  for (const { rank, answer } of answers) {
    assertStringIncludes(answer.refused, reason);
    assertEquals(answer.said, rank === 0 ? [1, 2, 3] : null);
    if (rank === 1) continue;
    assertEquals(answer.loss.process, 1);
    assertEquals(answer.loss.hostname, Deno.hostname());
    assertEquals(answer.loss.reason, reason);
  }
}

/** Starts endless processes, sends one a signal, waits for the end. */
async function signalOne(
  launcher: InstalledLauncher,
  signal: Deno.Signal,
): Promise<{ printed: readonly Printed[]; pids: number[]; text: string }> {
  const started = start(launcher, 3, "endless", "auto", `${PEER_TIMEOUT_MS}`);
  const lines = await started.until((printed) => printed.length === 3);
  const pids = lines.toSorted((a, b) => a.rank - b.rank).map(({ pid }) => pid);
  Deno.kill(pids[1]!, signal);
  const { printed, text } = await started.ended;
  // A stopped one stays behind where its launcher leaves it alone.
  if (signal === "SIGSTOP") killIfThere(pids[1]!);
  return { printed, pids, text };
}

function killIfThere(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function isThere(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

underEach(
  "a process that is stopped is noticed and named, and the others end",
  async (launcher) => {
    const { printed, text } = await signalOne(launcher, "SIGSTOP");
    // The launcher may kill process 2 once process 0 has ended.
    assertEquals(answerOf(printed, 0)?.said, [1, null, 3], text);
    for (const rank of [0, 2]) {
      const { process, reason } = lossOf(printed, rank)!;
      assertEquals({ process, reason }, { process: 1, reason: null });
    }
  },
);

underEach(
  "a process that is killed takes no other one along unheard, and none stays",
  async (launcher) => {
    const { printed, pids, text } = await signalOne(launcher, "SIGKILL");
    const warned = printed.filter(({ signal }) => signal === "SIGTERM");
    assertEquals(warned.length, launcher.warns ? 2 : 0, text);
    // The launcher may end before the processes that it kills.
    for (let look = 0; look < 500 && pids.some(isThere); look++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assertEquals(pids.filter(isThere), []);
  },
);

/** Libraries that cannot be the launcher's, and what is said of them. */
const UNUSABLE:
  readonly (readonly [string, (library: string) => string, string])[] = [
    ["is not there", () => "/nowhere/libmpi.so.40", "/nowhere/libmpi.so.40"],
    ["is no library of MPI", () => "libm.so.6", "MPI_Ibarrier"],
    [
      "is another launcher's",
      (library) => library === "MPICH" ? "openmpi" : "mpich",
      "must find 2 of them: it finds 1",
    ],
  ];

for (const [what, mpi, text] of UNUSABLE) {
  underEach(
    `no process runs alone where the library ${what}`,
    async (launcher) => {
      const line = start(launcher, 2, "together", mpi(launcher.library));
      const { code, printed, text: all } = await line.ended;
      const errors = printed.map(({ error }) => error ?? "");
      assert(errors.length > 0, all);
      for (const error of errors) assertStringIncludes(error, text);
      assert(code !== 0);
    },
  );
}

/**
 * One of several processes that a launcher of MPI started: does what its first
 * argument says, and prints one line of JSON.
 *
 *    mpirun -np 3 deno run -A tests/cluster/mpi/process.ts WHAT [mpi]
 *      [timeout ms] [relay: meets through MPI also on one host]
 */
import { connectProcesses } from "../../../lib/cluster/connect_processes.ts";
import type { ProcessLink } from "../../../lib/cluster/link.ts";
import { StokerError } from "../../../lib/errors.ts";
import { type MeetingThreads, startMeetings } from "./barrier_threads.ts";

const [what = "", mpi = "auto", timeoutMs = "60000", way = ""] = Deno.args;

/** What each does; what it returns is printed. */
const PARTS: Readonly<
  Record<string, (link: ProcessLink) => Promise<unknown>>
> = {
  /** Collective calls, barriers, a stop in the middle, the end. */
  async together(link) {
    const calls = await collectives(link);
    const early = await barriers(link);
    await stopInTheMiddle(link);
    return { calls, early, transport: link.transport };
  },
  /** Process 1 leaves with a reason. */
  async leave(link) {
    const { rank } = link.cluster;
    const meetings = startMeetings({
      place: link.barrierPlace!,
      threads: 1,
      turns: rank === 1 ? 1 : 50,
      channel: "steps",
    });
    if (rank === 1) {
      await meetings.ended;
      await link.leave("No space left on device");
    }
    return await afterLoss(link, rank === 1 ? null : meetings);
  },
  /** Says its number, then goes on until another process is lost. */
  async endless(link) {
    const startMs = performance.now();
    Deno.addSignalListener("SIGTERM", () => {
      print({ rank: link.cluster.rank, signal: "SIGTERM" });
    });
    void link.peerLoss.then((loss) =>
      print({ rank: link.cluster.rank, loss, ms: performance.now() - startMs })
    );
    print({ rank: link.cluster.rank, pid: Deno.pid });
    const meetings = startMeetings({
      place: link.barrierPlace!,
      threads: 1,
      turns: 1_000_000,
      channel: "steps",
    });
    return await afterLoss(link, meetings);
  },
};

const TURNS = 100;

/** What each call answered, as lengths and the byte that they are full of. */
async function collectives(link: ProcessLink): Promise<unknown[]> {
  const { rank } = link.cluster;
  const calls: unknown[] = [];
  // Empty, within the head of a message, just beyond it, of several chunks of
  // what libraries send at once.
  for (const length of [0, 10, 4088, 4089, 500_000]) {
    const own = new Uint8Array(length + rank).fill(rank + 1);
    const all = await link.toAll(own);
    const first = await link.toFirst(own);
    const from = await link.fromFirst(rank === 0 ? own : null);
    calls.push({
      all: all.map(shape),
      first: first?.map(shape) ?? null,
      from: shape(from),
    });
  }
  return calls;
}

/** Threads of two barriers at once; the turns that let one go too soon. */
async function barriers(link: ProcessLink): Promise<number[]> {
  const channels = ["steps", "checkpoints"] as const;
  const times = await Promise.all(channels.map((channel) => {
    // One process has a thread more than the others.
    const threads = link.cluster.rank === 0 ? 2 : 1;
    const place = link.barrierPlace!;
    return startMeetings({ place, threads, turns: TURNS, channel }).ended;
  }));
  const early: number[] = [];
  for (const own of times) {
    const all = await link.toAll(new Uint8Array(joined(own).buffer));
    const process = all.map((bytes) => new BigInt64Array(bytes.buffer));
    early.push(earlyTurns(process));
  }
  return early;
}

/** Process 1 comes to fewer barriers than the others, as it was stopped. */
async function stopInTheMiddle(link: ProcessLink): Promise<void> {
  const { rank } = link.cluster;
  const meetings = startMeetings({
    place: link.barrierPlace!,
    threads: 2,
    turns: rank === 1 ? 5 : 50,
    channel: "steps",
  });
  if (rank === 1) await meetings.ended;
  await link.toAll(new Uint8Array());
  meetings.stop();
  await meetings.ended;
}

/** What a process does when it hears that another is gone. */
async function afterLoss(
  link: ProcessLink,
  meetings: MeetingThreads | null,
): Promise<unknown> {
  const { rank } = link.cluster;
  const hasLeft = meetings === null;
  const refused = await link.toAll(new Uint8Array()).then(
    () => "answered",
    (error) => error.message,
  );
  const loss = hasLeft ? null : await link.peerLoss;
  meetings?.stop();
  await meetings?.ended;
  const words = await link.lastToFirst(new Uint8Array([rank + 1]), 2000);
  const said = words?.map((word) => word?.[0] ?? null) ?? null;
  return { loss, refused, said };
}

function joined(times: readonly BigInt64Array[]): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(times.flatMap((own) => [...own]));
}

/** Turns in which a thread went on before the last one had come. */
function earlyTurns(times: readonly BigInt64Array[]): number {
  let count = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    let lastCame = 0n;
    let firstWentOn = 1n << 62n;
    for (const process of times) {
      for (let at = 2 * turn; at < process.length; at += 2 * TURNS) {
        const [came, wentOn] = [process[at]!, process[at + 1]!];
        if (came > lastCame) lastCame = came;
        if (wentOn < firstWentOn) firstWentOn = wentOn;
      }
    }
    if (firstWentOn < lastCame) count++;
  }
  return count;
}

/** Length and the byte that it is full of. */
function shape(bytes: Uint8Array): string {
  const value = bytes[0] ?? 0;
  const isFull = bytes.every((byte) => byte === value);
  return `${bytes.length} x ${isFull ? value : "?"}`;
}

function print(value: unknown): void {
  Deno.stdout.writeSync(
    new TextEncoder().encode(JSON.stringify(value) + "\n"),
  );
}

try {
  const link = await connectProcesses((name) => Deno.env.get(name), {
    mpi,
    peerTimeoutMs: Number(timeoutMs),
    sharesMemory: way !== "relay",
  });
  const answer = await PARTS[what]!(link);
  print({ rank: link.cluster.rank, answer });
  // Launchers kill the others as soon as one has ended.
  await link.close();
  Deno.exit(what === "leave" ? 1 : 0);
} catch (error) {
  if (!(error instanceof StokerError)) throw error;
  print({ error: `${error.name}: ${error.message}` });
  Deno.exit(error.exitCode);
}

/**
 * GB/s and CPU seconds per GB of S3 clients that read the same objects from
 * the same server, with as many requests in flight.
 *
 * Two servers: versitygw, a real one on a folder in page cache, and the
 * object server of `deno task perf`, which answers from memory. Both take
 * part of the same machine, so GB/s are those of client and server together;
 * the CPU time is the client's alone.
 */
import { BUCKET, CREDENTIALS, startVersitygw } from "../interop/s3_servers.ts";
import { runEngine, workloadOf } from "../perf/engine_run.ts";
import { startObjectServer } from "../perf/object_server_process.ts";
import type { Answer, Question, Setting } from "./question.ts";
import { type S3Client, s3Clients } from "./s3_clients.ts";
import {
  IN_FLIGHT_PER_THREAD,
  OBJECT_BYTES,
  OBJECT_COUNT,
  objectKeys,
  stokerSettings,
  THREAD_COUNT,
} from "./s3_objects.ts";
import {
  type ClientRounds,
  paceCells,
  readInRounds,
  WARM_PASSES,
} from "./s3_rounds.ts";

const ROUND_COUNT = 3;
const COUNTED_PASSES = 2;
const WARP = "github.com/minio/warp@latest";

/** Question "s3". */
export const s3: Question = {
  id: "s3",
  title: `S3 clients, ${OBJECT_COUNT} objects of ${OBJECT_BYTES / 2 ** 20} ` +
    `MiB, ${THREAD_COUNT} × ${IN_FLIGHT_PER_THREAD} requests in flight`,
  answer: compareClients,
};

/** A server with a name for the table. */
interface Server {
  readonly name: string;
  start(): Promise<AsyncDisposable & { readonly endpoint: string }>;
}

async function compareClients({ python, folder }: Setting): Promise<Answer> {
  const cacheFolder = `${Deno.env.get("HOME") ?? "/tmp"}/.cache/stoker`;
  const clients = s3Clients(python, cacheFolder);
  const servers: readonly Server[] = [
    { name: "versitygw", start: () => startVersitygw(cacheFolder) },
    { name: "from memory", start: startObjectServer },
  ];
  const rows: string[][] = [];
  const problems: string[] = [];
  for (const { name, start } of servers) {
    try {
      await using server = await start();
      for (const rounds of await readFrom(server.endpoint, clients)) {
        const { client, problem } = rounds;
        rows.push([name, client.title, client.version, ...paceCells(rounds)]);
        if (problem !== null) {
          problems.push(`${client.title} at ${name} failed: ${problem}`);
        }
      }
    } catch (error) {
      // The other server can still be asked.
      if (!(error instanceof Error)) throw error;
      problems.push(`No client read from ${name}: ${error.message}`);
    }
  }
  return {
    commands: [],
    table: [HEAD, ...rows],
    notes: [...problems, await warpNote(folder), ...NOTES],
  };
}

const HEAD = [
  "server",
  "client",
  "version",
  "GB/s",
  "rounds",
  "CPU s/GB",
  "rounds",
];

const NOTES = [
  `Medians of ${ROUND_COUNT} rounds in turns, each a process of the client ` +
  `alone that reads all objects ${WARM_PASSES} times to warm up and ` +
  `${COUNTED_PASSES} times that count; CPU is user and system of that ` +
  "process (getrusage)",
  "Kept: every object whole in memory, as DLIO's readers take it. Dropped: " +
  "bytes let go as they come, as Stoker does",
  "s3dlio asks for each object's length before it gets it. " +
  "s3torchconnector asks in ranges of 8 MiB over as many connections as it " +
  "likes (25 seen), whatever the number of threads",
];

/** Puts the objects and lets all clients read them. */
async function readFrom(
  endpoint: string,
  clients: readonly S3Client[],
): Promise<readonly ClientRounds[]> {
  const order = {
    endpoint,
    bucket: BUCKET,
    ...CREDENTIALS,
    keys: objectKeys(),
    inFlight: THREAD_COUNT * IN_FLIGHT_PER_THREAD,
    passCount: WARM_PASSES + COUNTED_PASSES,
  };
  const [generation] = await runEngine(workloadOf([
    ...stokerSettings({ ...order, library: "fetch" }),
    "workflow.generate_data=true",
    "workflow.train=false",
  ]));
  if (generation === undefined) throw new Error("no object was put");
  return await readInRounds(clients, order, {
    roundCount: ROUND_COUNT,
    byteCount: generation.bytesRequested,
  });
}

/** Its module was not to be had when this was written, so it is not driven. */
async function warpNote(folder: string): Promise<string> {
  const command = `go install ${WARP}`;
  try {
    const { success, stderr } = await new Deno.Command("go", {
      args: ["install", WARP],
      env: { GOBIN: folder },
    }).output();
    const text = new TextDecoder().decode(stderr).trim();
    return success
      ? `warp is not compared, although "${command}" works by now`
      : `warp is not compared, "${command}" says: ${
        text.replace(/\s+/g, " ").replace(/\.$/, "")
      }`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return `warp is not compared: there is no "go" for "${command}"`;
  }
}

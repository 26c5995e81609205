/**
 * Every phase of every command ends when it is told to: storage × phase ×
 * (signal, time limit, stall).
 *
 * Each case runs Stoker as a process, holds it in one phase (long compute, a
 * long pause, a great many files, a server that does not answer) and stops
 * it. It must end soon, in one line, with its exit status, and keep what was
 * measured.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type SeenRequest,
  startFaultProxy,
} from "../storage/s3/fault_proxy.ts";
import { startS3rver } from "../storage/s3/s3rver_server.ts";
import {
  CHECKPOINTS,
  type Held,
  type Place,
  said,
  SMALL,
  stoker,
} from "./held_phase.ts";
import { heldByFiles, heldLooks } from "./held_by_files.ts";

/** Nobody waits so long for an end; a hang is a failure. */
const END_MS_MAX = 30_000;
/** Nor for a phase to be reached on a busy machine. */
const REACHED_MS_MAX = 60_000;
/** What holds a run; longer than any of these tests. */
const HELD_SECONDS = 600;

const MANY_FILES = 300_000;

const held = ({ s3 }: Place) => s3!.heldCount > 0;

/** Phases of storage whose files are on this host, or nowhere. */
function heldOnHost(storage: "local_fs" | "direct_fs" | "null"): Held[] {
  const compute = `train.computation_time=${HELD_SECONDS}`;
  const generates = storage === "null" ? [] : [{
    title: "generate",
    storage,
    args: [
      "generate",
      `dataset.num_files_train=${MANY_FILES}`,
      "dataset.record_length_bytes=64",
    ],
    reached: ({ folder }: Place) => isThere(`${folder}/data/train`),
    isMeasured: false,
  }];
  return [
    ...generates,
    {
      title: "training",
      storage,
      args: ["run", ...SMALL, compute],
      reached: said("generate:"),
      isMeasured: true,
    },
    {
      title: "the pause between checkpoints",
      storage,
      args: [
        "run",
        ...CHECKPOINTS,
        `checkpoint.time_between_checkpoints=${HELD_SECONDS}`,
      ],
      reached: said("results in"),
      isMeasured: false,
    },
  ];
}

const HELD: readonly Held[] = [
  ...heldOnHost("local_fs"),
  ...heldOnHost("direct_fs"),
  ...heldOnHost("null"),
  {
    title: "evaluation",
    storage: "local_fs",
    args: ["run", ...SMALL, `evaluation.eval_time=${HELD_SECONDS}`],
    reached: said("train, epoch 1 of 1:"),
    isMeasured: true,
  },
  {
    title: "removal of another dataset",
    storage: "local_fs",
    args: ["generate", "--force", ...SMALL],
    before: async ({ folder }) => {
      await stoker(["generate", ...SMALL, `--data=${folder}/data`]).output();
      const path = `${folder}/data/.stoker/manifest.json`;
      const manifest = JSON.parse(await Deno.readTextFile(path));
      // As many as nobody removes in the time of this test.
      manifest.train.file_count = 50_000_000;
      await Deno.writeTextFile(path, JSON.stringify(manifest));
    },
    reached: said("clearing the way in"),
    isMeasured: false,
  },
  ...heldOnS3(),
  ...heldByFiles("local_fs"),
  ...heldByFiles("direct_fs"),
  ...heldLooks(),
];

function heldOnS3(): Held[] {
  const isData = ({ target }: SeenRequest) => target.includes(".npz");
  const isSaved = ({ target }: SeenRequest) => target.includes("states");
  const has =
    (method: string, matches: (request: SeenRequest) => boolean) =>
    (request: SeenRequest) => request.method === method && matches(request);
  const generated: Pick<Held, "before"> = {
    before: (place) => generateFirst(place),
  };
  const row = (
    title: string,
    args: readonly string[],
    holds: Held["holds"],
    more: Partial<Held> = {},
  ): Held => ({
    title,
    storage: "s3",
    args,
    reached: held,
    isMeasured: false,
    ...(holds === undefined ? {} : { holds }),
    ...more,
  });
  const existing = ["run", ...SMALL, "workflow.generate_data=false"];
  return [
    row("preflight", ["run", ...SMALL], () => true),
    row("generate", ["generate", ...SMALL], has("PUT", isData)),
    row(
      "the pause after generating",
      [
        "run",
        ...SMALL,
        `storage.post_generation_settle_seconds=${HELD_SECONDS}`,
      ],
      undefined,
      { reached: said("generate:"), isMeasured: true },
    ),
    row(
      "the manifest",
      existing,
      ({ target }) => target.includes("manifest.json"),
      generated,
    ),
    row("training", existing, has("GET", isData), generated),
    row("verify", ["verify", ...SMALL], has("GET", isData), generated),
    row("saving", ["run", ...CHECKPOINTS], has("PUT", isSaved)),
    row("loading", ["run", ...CHECKPOINTS], has("GET", isSaved), {
      isMeasured: true,
    }),
  ];
}

/** Ways to stop, with the exit status and the words that they bring. */
const STOPS = [
  { name: "SIGINT", flags: [], code: 130, text: "Interrupted by SIGINT" },
  { name: "SIGTERM", flags: [], code: 130, text: "Interrupted by SIGTERM" },
  { name: "SIGHUP", flags: [], code: 130, text: "Interrupted by SIGHUP" },
  {
    name: "time limit",
    flags: ["--time-limit=10s"],
    code: 1,
    text: "Stopped by --time-limit 10s",
  },
  {
    name: "stall",
    flags: ["--stall-timeout=2s"],
    code: 1,
    text: "",
  },
] as const;

type Stop = typeof STOPS[number];

/**
 * Cases that end by themselves after seconds of waiting begin while others
 * before them are waited for: so many at once.
 */
const WAITING_AT_ONCE = 4;

/** Cases that wait, in the order of their tests. */
const waiting: {
  readonly begin: () => Promise<void>;
  ended?: Promise<void>;
}[] = [];

/** @returns A test that begins the next waiting cases before it waits. */
function beginAhead(begin: () => Promise<void>): () => Promise<void> {
  const index = waiting.push({ begin }) - 1;
  return async () => {
    for (const each of waiting.slice(index, index + WAITING_AT_ONCE)) {
      each.ended ??= each.begin();
      // Its own test tells of it.
      each.ended.catch(() => {});
    }
    await waiting[index]!.ended;
  };
}

for (const phase of HELD) {
  for (const stop of STOPS) {
    // One mechanism: the other signals are tried where files are here.
    const isTried = phase.stops?.includes(stop.name) ??
      (stop.name === "SIGINT" || stop.name === "time limit" ||
        (stop.name === "stall"
          ? phase.holds !== undefined
          : phase.storage === "local_fs"));
    if (!isTried) continue;
    const isIgnored = phase.isIgnored === true;
    const run = () => inPlace(phase, (place) => stopIn(place, phase, stop));
    const waits = !stop.name.startsWith("SIG") && !isIgnored;
    Deno.test({
      name: `${phase.args[0]} on ${phase.storage} ends in ${phase.title}: ` +
        stop.name,
      sanitizeOps: false,
      sanitizeResources: false,
      ignore: isIgnored,
      fn: waits ? beginAhead(run) : run,
    });
  }
}

async function stopIn(place: Place, phase: Held, stop: Stop): Promise<void> {
  await phase.before?.(place);
  const { s3 } = place;
  const { holds } = phase;
  if (s3 !== null && holds !== undefined) {
    s3.proxy.rule = (request) => {
      if (!holds(request)) return null;
      s3.heldCount++;
      return { kind: "late", delayMs: HELD_SECONDS * 1000 };
    };
  }
  const results = phase.args[0] === "run"
    ? [`--results=${place.folder}/results`]
    : [];
  const child = stoker([
    ...phase.line?.(place) ?? [
      ...phase.args,
      ...storageArgs(place, phase.storage),
      ...results,
    ],
    ...stop.flags,
  ]).spawn();
  let stderr = "";
  const said = child.stderr.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({ write: (text) => void (stderr += text) }),
  );
  const stdout = new Response(child.stdout).text();
  let isEnded = false;
  const status = child.status.then((status) => {
    isEnded = true;
    return status;
  });
  try {
    const isSignal = stop.name.startsWith("SIG");
    if (isSignal || phase.stalls !== undefined) {
      await until(
        () => isEnded || phase.reached(place, stderr),
        REACHED_MS_MAX,
      );
      assert(!isEnded, "it ended before it was stopped");
      await phase.stalls?.(place);
      if (isSignal) child.kill(stop.name as Deno.Signal);
    }
    await until(() => isEnded, END_MS_MAX + 10_000);
    await said;
    const { code } = await status;
    assertEquals(code, stop.code, stderr);
    assertStringIncludes(stderr, stop.text);
    assert(!stderr.includes("defect"), stderr);
    for (const text of phase.says ?? []) assertStringIncludes(stderr, text);
    const isReached = isSignal || phase.stalls !== undefined;
    if (isReached && phase.isMeasured) {
      assertStringIncludes(await stdout, "[METRIC]");
    }
    if (isReached && phase.isMeasured && phase.losesResults !== true) {
      const path = `${place.folder}/results/summary.json`;
      assertEquals(JSON.parse(Deno.readTextFileSync(path)).complete, false);
    }
  } catch (error) {
    throw new Error(`${(error as Error).message}\nstderr:\n${stderr}`);
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // Ended, as it should.
    }
    await stdout;
  }
}

async function inPlace(
  { storage }: Held,
  test: (place: Place) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker-stop-" });
  const server = storage === "s3" ? await startS3rver() : null;
  const proxy = server === null ? null : startFaultProxy(server.endpoint);
  const s3 = server === null || proxy === null
    ? null
    : { server, proxy, heldCount: 0 };
  const place: Place = { folder, s3, silenced: [] };
  try {
    await test(place);
  } finally {
    await proxy?.stop();
    await server?.stop();
    for (const { release } of place.silenced) release();
    await Deno.remove(folder, { recursive: true });
  }
}

async function generateFirst(place: Place): Promise<void> {
  const { success, stderr } = await stoker([
    "generate",
    ...SMALL,
    ...storageArgs(place, "s3"),
  ]).output();
  assert(success, new TextDecoder().decode(stderr));
}

function storageArgs(
  { folder, s3 }: Place,
  storage: Held["storage"],
): string[] {
  if (s3 === null) {
    return [
      `storage.storage_type=${storage}`,
      `--data=${folder}/data`,
      `checkpoint.checkpoint_folder=${folder}/checkpoints`,
    ];
  }
  const options = "storage.storage_options";
  return [
    `--data=s3://${s3.server.bucket}/data`,
    `checkpoint.checkpoint_folder=checkpoints`,
    `${options}.endpoint_uris=${s3.proxy.endpoint}`,
    `${options}.access_key_id=${s3.server.accessKeyId}`,
    `${options}.secret_access_key=${s3.server.secretAccessKey}`,
  ];
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function until(isTrue: () => boolean, waitMs: number): Promise<void> {
  const endMs = performance.now() + waitMs;
  while (!isTrue()) {
    if (performance.now() > endMs) {
      throw new Error(`not within ${waitMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

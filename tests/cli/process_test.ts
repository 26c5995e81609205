/** Tests of the process as a whole: signals and closed pipes. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

function stoker(args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", MAIN, ...args],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
}

/** Reads until a text was seen. */
async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  text: string,
): Promise<string> {
  const decoder = new TextDecoder();
  let seen = "";
  while (!seen.includes(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`ended before "${text}": ${seen}`);
    seen += decoder.decode(value, { stream: true });
  }
  return seen;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`${signal} ends a run with 130 and partial results`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const child = stoker([
        "run",
        `--data=${folder}/data`,
        `--results=${folder}/results`,
        "dataset.num_files_train=8",
        "dataset.record_length_bytes=4096",
        "train.computation_time=60",
      ]).spawn();
      const stderr = child.stderr.getReader();
      await readUntil(stderr, "generate: 28 files");
      child.kill(signal);
      await readUntil(stderr, `error: Interrupted by ${signal}`);
      await stderr.cancel();
      await child.stdout.cancel();
      assertEquals((await child.status).code, 130);
      const text = await Deno.readTextFile(`${folder}/results/summary.json`);
      assertEquals(JSON.parse(text).complete, false);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** A run of a second, more or less, by a shell. */
const SHORT_RUN = "dataset.num_files_train=8 " +
  "dataset.record_length_bytes=4096 train.epochs=1 train.computation_time=1";

/** Runs Stoker by a shell: `$STOKER` is its command, `$FOLDER` free. */
async function inShell(
  script: string,
): Promise<{ code: number; output: string; saved: boolean | null }> {
  const folder = await Deno.makeTempDir();
  const run = `exec ${Deno.execPath()} run --no-check --allow-all ${MAIN} ` +
    `run --data=${folder}/data --results=${folder}/results ${SHORT_RUN}`;
  try {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script],
      env: { NO_COLOR: "1", STOKER: run, FOLDER: folder },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    let saved: boolean | null = null;
    try {
      const text = Deno.readTextFileSync(`${folder}/results/summary.json`);
      saved = JSON.parse(text).complete;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return {
      code,
      output: decoder.decode(stdout) + decoder.decode(stderr),
      saved,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a log on a full disk does not end a run", async () => {
  const { code, output, saved } = await inShell("eval $STOKER 2>/dev/full");
  assertEquals([code, saved], [0, true]);
  assertStringIncludes(output, "[METRIC]");
});

Deno.test("stdout on a full disk is one line, and the results are saved", async () => {
  const { code, output, saved } = await inShell("eval $STOKER >/dev/full");
  assertEquals([code, saved], [1, true]);
  assertStringIncludes(
    output,
    "error: Cannot write the result to standard output: No space left",
  );
  assertEquals(output.includes("defect"), false);
});

Deno.test("SIGHUP does not end a run that nohup started", async () => {
  const { code, saved } = await inShell(`
    nohup bash -c "$STOKER" >$FOLDER/log 2>&1 &
    until grep -q "generate: 28 files" $FOLDER/log 2>/dev/null; do
      sleep 0.05
    done
    kill -HUP $!
    wait $!
  `);
  assertEquals([code, saved], [0, true]);
});

Deno.test("a reader that goes away is no failure", async () => {
  const child = stoker(["config", "dlrm_b200"]).spawn();
  await child.stdout.cancel();
  const { code, stderr } = await collect(child);
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("an unknown command is told on stderr alone", async () => {
  const { code, stdout, stderr } = await stoker(["nonsense"]).output();
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stdout)], [2, ""]);
  assertStringIncludes(decoder.decode(stderr), "Unknown command nonsense");
});

async function collect(child: Deno.ChildProcess) {
  const stderr = await new Response(child.stderr).text();
  return { code: (await child.status).code, stderr };
}

Deno.test("stoker version answers where the environment may not be read", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-read", MAIN, "version"],
  }).output();
  assertEquals(code, 0);
  assert(new TextDecoder().decode(stdout).startsWith("stoker "));
});

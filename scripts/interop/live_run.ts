/**
 * A real run with `--live` in a browser: its numbers rise, the page may be
 * loaded anew, comes back when its connection was cut, gets its charts by
 * itself, and is the final report when the run is over.
 */
import type { Chromium, Page } from "./chromium.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const ACCELERATORS = 3;
/** Some seconds for each epoch, so that the second one has charts to show. */
const RUN_SETTINGS = [
  "dataset.num_files_train=180",
  "dataset.record_length_bytes=65536",
  "reader.batch_size=1",
  "train.epochs=4",
  "train.computation_time=0.1",
  "workflow.evaluation=false",
];
/** Longest wait for what a page shows. */
const WAIT_MS = 30_000;
const LOOK_MS = 100;
/** What a browser says of a connection that was cut on purpose. */
const CUT_REGEXP = /Failed to load resource: net::ERR_/;

const PROGRESS = `(document.querySelector("[data-live=progress]") ??
  { textContent: "" }).textContent`;
/** Steps that are done of the phase at hand, with its epoch before them. */
const STEPS = `(() => {
  const [, epoch, done] =
    /epoch (\\d+) of \\d+: (\\d+) of/.exec(${PROGRESS}) ?? [];
  return done === undefined ? -1 : 1000 * Number(epoch) + Number(done);
})()`;
const IS_LIVE = `document.documentElement.dataset.events !== undefined`;

/** Checks the page of a run that is started here. */
export async function checkLiveRun(
  browser: Chromium,
  folder: string,
): Promise<string[]> {
  const run = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", MAIN, "run", "--live"],
      ...["-n", String(ACCELERATORS)],
      ...["--data", `${folder}/live_data`, "--results", `${folder}/live`],
      ...RUN_SETTINGS,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const address = await addressOf(run.stderr);
  const proxy = new CuttingProxy(Number(address.port));
  try {
    const page = await browser.open(
      `http://127.0.0.1:${proxy.port}/${address.search}`,
      { width: 1280, scheme: "light", isOffline: false },
    );
    const problems = await watchRun(page, proxy);
    const { code } = await run.status;
    if (code !== 0) problems.push(`The run ended with ${code}`);
    problems.push(
      ...page.events.problems.filter((text) => !CUT_REGEXP.test(text)),
    );
    await page.close();
    return problems;
  } finally {
    killQuietly(run);
    proxy.close();
  }
}

/** A process that has ended cannot be killed. */
function killQuietly(process: Deno.ChildProcess): void {
  try {
    process.kill();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

async function watchRun(page: Page, proxy: CuttingProxy): Promise<string[]> {
  const problems: string[] = [];
  const expect = async (what: string, expression: string) => {
    for (let waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
      // Between two documents there is nothing to ask.
      if (await page.evaluate<boolean>(expression).catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    const shown = await page.evaluate<string>(PROGRESS);
    problems.push(`${what}: not within ${WAIT_MS} ms; "${shown}"`);
  };
  const steps = () => page.evaluate<number>(STEPS);
  await expect("steps are shown", `${STEPS} >= 0`);
  await expect("they rise", `${STEPS} > ${await steps()}`);
  await expect(
    "each accelerator has a row",
    `document.querySelectorAll("[data-rows=now-ranks] tr").length ===
      ${ACCELERATORS}`,
  );
  await expect(
    "the last seconds are drawn",
    `document.querySelector("figure[data-chart=now] canvas") !== null`,
  );
  await expect(
    "AU is a number",
    `Number(document.querySelector("[data-live=au]").textContent) > 0`,
  );
  const before = await steps();
  await page.send("Page.reload");
  await expect("they go on after a reload", `${STEPS} > ${before}`);
  const cutAt = await steps();
  if (proxy.cut() === 0) problems.push("There was no connection to cut");
  await expect("they go on after a cut", `${STEPS} > ${cutAt}`);
  await expect(
    "charts come by themselves when a phase is over",
    `${IS_LIVE} && document.querySelector("figure[data-chart=au]") !== null`,
  );
  await expect("it becomes the final report", `!(${IS_LIVE})`);
  await expect(
    "which is whole",
    `document.readyState === "complete" &&
      document.querySelector("figure[data-chart=au] canvas") !== null &&
      document.querySelector("[data-live=progress]") === null`,
  );
  return problems;
}

/**
 * Reads until the address is there; what follows is read and dropped, so that
 * the run never blocks.
 */
async function addressOf(
  stderr: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<URL> {
  const reader = stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const found = /^Live: (\S+)\n/m.exec(text)?.[1];
    if (found !== undefined) {
      drain(reader).catch(() => {});
      return new URL(found);
    }
    const { value, done } = await reader.read();
    if (done) throw new Error(`The run ended without an address: ${text}`);
    text += value;
  }
}

async function drain(
  reader: ReadableStreamDefaultReader<string>,
): Promise<void> {
  for (;;) {
    if ((await reader.read()).done) return;
  }
}

/** Passes connections on until they are cut. */
class CuttingProxy {
  readonly port: number;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();

  constructor(serverPort: number) {
    this.port = this.#listener.addr.port;
    this.#accept(serverPort);
  }

  /** Cuts all of them. @returns How many there were. */
  cut(): number {
    const open = [...this.#open];
    this.#open.clear();
    for (const connection of open) closeQuietly(connection);
    return open.length;
  }

  close(): void {
    this.#listener.close();
    this.cut();
  }

  async #accept(serverPort: number): Promise<void> {
    for await (const client of this.#listener) {
      this.#pass(client, serverPort).catch(() => {});
    }
  }

  /** Either end ends both. */
  async #pass(client: Deno.Conn, serverPort: number): Promise<void> {
    this.#open.add(client);
    try {
      const server = await Deno.connect({ port: serverPort });
      this.#open.add(server);
      await Promise.race([
        client.readable.pipeTo(server.writable),
        server.readable.pipeTo(client.writable),
      ]).catch(() => {});
      this.#open.delete(server);
      closeQuietly(server);
    } finally {
      this.#open.delete(client);
      closeQuietly(client);
    }
  }
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

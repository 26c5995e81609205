/** A real run that is watched: `stoker run --live`. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { LiveData } from "../../../lib/report/html/live_data.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

function stoker(folder: string, ...args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-all",
      MAIN,
      "run",
      `--data=${folder}/data`,
      `--results=${folder}/results`,
      "dataset.num_files_train=8",
      "dataset.record_length_bytes=4096",
      "train.computation_time=0.5",
      ...args,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
}

/** Reads until the address is there, and what follows without keeping it. */
async function liveAddress(stderr: ReadableStream<Uint8Array>): Promise<URL> {
  const [head, rest] = stderr.tee();
  rest.pipeTo(new WritableStream()).catch(() => {});
  const decoder = new TextDecoder();
  let text = "";
  const reader = head.getReader();
  for (;;) {
    const found = /^Live: (\S+)$/m.exec(text)?.[1];
    if (found !== undefined) {
      reader.cancel();
      return new URL(found);
    }
    const { value, done } = await reader.read();
    if (done) throw new Error(`ended without an address: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
}

function valueOf(metrics: string, name: string): number {
  const line = metrics.split("\n").find((each) => each.startsWith(name));
  return Number(line?.split(" ").at(-1) ?? NaN);
}

Deno.test("a run with --live is watched by page, events and metrics until it is over", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const child = stoker(folder, "--live", "-q", "train.epochs=4").spawn();
    const { origin, search } = await liveAddress(child.stderr);
    const at = async (path: string) =>
      await (await fetch(`${origin}${path}${search}`)).text();
    const events: LiveData[] = [];
    let report = "";
    const listening = (async () => {
      const text = await at("/events");
      report = await at("/");
      for (const [, data] of text.matchAll(/^data: (.*)$/gm)) {
        events.push(JSON.parse(data!));
      }
    })();
    const elapsed: number[] = [];
    let page = "";
    while (elapsed.length < 2 || !page.includes("Training")) {
      const metrics = await at("/metrics");
      assertStringIncludes(metrics, "stoker_up{");
      const seconds = valueOf(metrics, "stoker_phase_elapsed_seconds");
      if (seconds > (elapsed.at(-1) ?? 0)) elapsed.push(seconds);
      page = await at("/");
      await new Promise((done) => setTimeout(done, 200));
    }
    assertStringIncludes(page, 'data-live="au"');
    assertEquals(page.includes("ended early"), false);
    assertStringIncludes(page, `data-events="/events${search}"`);
    assertEquals((await child.status).code, 0);
    await listening;
    assert(events.length > 2);
    assertEquals([events.at(-1)?.isOver, events.at(-1)?.hasReport], [
      true,
      true,
    ]);
    assertEquals(
      report,
      await Deno.readTextFile(`${folder}/results/report.html`),
    );
    assert(events.some(({ answer }) => answer !== undefined));
    const charts = new Set(
      events.flatMap(({ charts = [] }) => charts.map(({ id }) => id)),
    );
    assert(charts.has("now") && charts.has("load"), [...charts].join());
    assertEquals(events.filter(({ isOver }) => isOver === true).length, 1);
    const progress = new Set(events.map(({ texts }) => texts?.progress));
    assert(progress.size > 2, [...progress].join("\n"));
    assertMatch(
      [...progress].join("\n"),
      /train, epoch \d of 4: \d of 4 steps/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a port in use ends a run before it begins", async () => {
  const folder = await Deno.makeTempDir();
  const other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const { port } = other.addr;
    const { code, stderr } = await stoker(folder, `--live=${port}`).output();
    assertEquals(code, 1);
    assertStringIncludes(
      new TextDecoder().decode(stderr),
      `error: Cannot listen at 127.0.0.1:${port} as --live needs a port`,
    );
    assertEquals([...Deno.readDirSync(folder)], []);
  } finally {
    other.close();
    await Deno.remove(folder, { recursive: true });
  }
});

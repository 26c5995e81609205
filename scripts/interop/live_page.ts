/**
 * A live page in a browser: it shows what its server sends, finds a server
 * that was away, and stops listening when the run is over.
 */
import { summarize } from "../../lib/metrics/summary.ts";
import type { LiveData } from "../../lib/report/html/live_data.ts";
import { overTime } from "../../lib/report/html/over_time.ts";
import { reportHtml } from "../../lib/report/html/page.ts";
import { CONTEXT, sampleRun } from "../../tests/metrics/sample_run.ts";
import type { Chromium, Page } from "./chromium.ts";

const EVENTS_PATH = "/events?token=t";
/** Longest wait for what a page shows; browsers reconnect within 3 s. */
const WAIT_MS = 15_000;
const LOOK_MS = 100;

/** Checks the page against a server of its own. */
export async function checkLivePage(browser: Chromium): Promise<string[]> {
  const server = new LiveServer();
  try {
    const page = await browser.open(server.url, {
      width: 1280,
      scheme: "light",
      isOffline: false,
    });
    const problems: string[] = [];
    const expect = async (expression: string, value: unknown) => {
      if (await becomes(page, expression, value)) return;
      const is = await page.evaluate(expression);
      problems.push(`${expression}: ${JSON.stringify(is)}, not ${value}`);
    };
    await server.send({ texts: { au: "12.3", progress: "41 %" } });
    await expect(textOf("au"), "12.3");
    await expect(textOf("progress"), "41 %");
    await server.send({
      texts: { verdict: "<b>plain</b>" },
      rows: { "now-ranks": [["7", "12", "50.0", "1.0"]] },
      charts: server.charts,
    });
    await expect(textOf("verdict"), "<b>plain</b>");
    await expect(
      "document.querySelector('[data-rows=now-ranks]').textContent",
      "71250.01.0",
    );
    server.drop();
    await server.send({ texts: { au: "45.6" } });
    await expect(textOf("au"), "45.6");
    await server.send({ texts: { answer: "Yes." }, isOver: true });
    await expect(textOf("answer"), "Yes.");
    await page.load(server.url);
    await server.send({ texts: { au: "78.9" } });
    await expect(textOf("au"), "78.9");
    problems.push(...page.events.problems);
    await page.close();
    return problems;
  } finally {
    await server.close();
  }
}

function textOf(name: string): string {
  return `document.querySelector('[data-live="${name}"]').textContent`;
}

async function becomes(
  page: Page,
  expression: string,
  value: unknown,
): Promise<boolean> {
  for (let waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
    if (await page.evaluate(expression) === value) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}

/** Serves one live page, and events to whoever listens. */
class LiveServer {
  readonly url: string;
  /** Charts as a page has them. */
  readonly charts = overTime({
    record: sampleRun(),
    context: CONTEXT,
    summary: summarize(sampleRun(), CONTEXT),
  })?.charts ?? [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #listener: ReadableStreamDefaultController<Uint8Array> | null = null;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(new URL(request.url)),
    );
    const { hostname, port } = this.#server.addr;
    this.url = `http://${hostname}:${port}/`;
  }

  /** Sends an event as soon as somebody listens. */
  async send(data: LiveData): Promise<void> {
    for (let waited = 0; this.#listener === null; waited += LOOK_MS) {
      if (waited > WAIT_MS) throw new Error("Nobody listens");
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    const text = `data: ${JSON.stringify(data)}\n\n`;
    this.#listener.enqueue(new TextEncoder().encode(text));
  }

  /** Breaks the connection; the page is to come back. */
  drop(): void {
    this.#listener?.close();
    this.#listener = null;
  }

  async close(): Promise<void> {
    this.drop();
    await this.#server.shutdown();
  }

  #answer({ pathname, search }: URL): Response {
    if (`${pathname}${search}` === EVENTS_PATH) {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          this.#listener = controller;
        },
        cancel: () => {
          this.#listener = null;
        },
      });
      return new Response(body, {
        headers: { "content-type": "text/event-stream" },
      });
    }
    const record = sampleRun();
    const page = reportHtml(
      { record, context: CONTEXT },
      summarize(record, CONTEXT),
      { live: { eventsPath: EVENTS_PATH } },
    );
    return new Response(page, { headers: { "content-type": "text/html" } });
  }
}

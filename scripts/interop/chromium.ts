/**
 * Chromium without a window, driven by its remote debugging protocol
 * (https://chromedevtools.github.io/devtools-protocol/) over a WebSocket.
 */

/** What a browser answers or tells. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** What a page did that a page from disk must not do. */
export interface PageEvents {
  /** Errors and warnings of its console, exceptions, refused scripts. */
  readonly problems: string[];
  /** Addresses that it asked for. */
  readonly requests: string[];
}

/** How a page is looked at. */
export interface PageView {
  readonly width: number;
  readonly scheme: "light" | "dark";
  /** @default {true} */
  readonly hasScripts?: boolean;
  /** False: the network is there, for pages of a server. @default {true} */
  readonly isOffline?: boolean;
}

const HEIGHT = 900;
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];

/** The browser's program; null if there is none. */
export async function findChromium(): Promise<string | null> {
  for (const program of PROGRAMS) {
    try {
      const command = new Deno.Command(program, { args: ["--version"] });
      if ((await command.output()).success) return program;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return null;
}

/** A browser that was started, until it is closed. */
export class Chromium {
  readonly #socket: WebSocket;
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #lastId = 0;

  private constructor(
    socket: WebSocket,
    process: Deno.ChildProcess,
    folder: string,
  ) {
    this.#socket = socket;
    this.#process = process;
    this.#folder = folder;
    socket.onmessage = ({ data }) => {
      const message: Message = JSON.parse(String(data));
      if (message.id === undefined) {
        for (const listener of this.#listeners) listener(message);
      } else this.#waiting.get(message.id)?.(message);
    };
  }

  /** Starts a browser that keeps nothing. */
  static async start(program: string): Promise<Chromium> {
    const folder = await Deno.makeTempDir({ prefix: "stoker_chromium_" });
    const process = new Deno.Command(program, {
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
        "--hide-scrollbars",
        "--remote-debugging-port=0",
        `--user-data-dir=${folder}`,
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const socket = new WebSocket(await addressOf(process.stderr));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error("Cannot reach Chromium"));
    });
    return new Chromium(socket, process, folder);
  }

  /** Asks the browser for something. */
  async send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#lastId;
    const answer = new Promise<Message>((resolve) =>
      this.#waiting.set(id, resolve)
    );
    this.#socket.send(
      JSON.stringify({
        id,
        method,
        params,
        ...(sessionId === undefined ? {} : { sessionId }),
      }),
    );
    const { result, error } = await answer;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  /** Opens a page and waits until it is loaded and drawn. */
  async open(url: string, view: PageView): Promise<Page> {
    const { targetId } = await this.send("Target.createTarget", {
      url: "about:blank",
    });
    const { sessionId } = await this.send("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const page = new Page(this, String(sessionId), String(targetId));
    this.#listeners.add((message) => page.hear(message));
    await page.prepare(view);
    await page.load(url);
    return page;
  }

  /** Ends the browser. */
  async close(): Promise<void> {
    await this.send("Browser.close");
    await this.#process.status;
    this.#socket.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** One page. */
export class Page {
  readonly events: PageEvents = { problems: [], requests: [] };
  readonly #browser: Chromium;
  readonly #sessionId: string;
  readonly #targetId: string;
  #onLoad: () => void = () => {};

  /** {@linkcode Chromium.open} makes one. */
  constructor(browser: Chromium, sessionId: string, targetId: string) {
    this.#browser = browser;
    this.#sessionId = sessionId;
    this.#targetId = targetId;
  }

  /** Takes note of what the page does. */
  hear({ method, params = {}, sessionId }: Message): void {
    if (sessionId !== this.#sessionId) return;
    const { problems, requests } = this.events;
    if (method === "Page.loadEventFired") this.#onLoad();
    if (method === "Network.requestWillBeSent") {
      requests.push((params.request as { url: string }).url);
    }
    if (method === "Runtime.exceptionThrown") {
      problems.push(JSON.stringify(params.exceptionDetails));
    }
    if (method === "Runtime.consoleAPICalled") {
      problems.push(JSON.stringify(params.args));
    }
    if (method === "Log.entryAdded") {
      problems.push((params.entry as { text: string }).text);
    }
  }

  /** Asks the browser for something about this page. */
  send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    return this.#browser.send(method, params, this.#sessionId);
  }

  /** Sets everything up before the page is loaded. */
  async prepare(view: PageView): Promise<void> {
    const { width, scheme, hasScripts = true, isOffline = true } = view;
    for (const domain of ["Page", "Network", "Runtime", "Log"]) {
      await this.send(`${domain}.enable`);
    }
    await this.send("Network.emulateNetworkConditions", {
      offline: isOffline,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
    await this.send("Emulation.setDeviceMetricsOverride", {
      width,
      height: HEIGHT,
      deviceScaleFactor: 1,
      mobile: width < 600,
    });
    await this.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
    await this.send("Emulation.setScriptExecutionDisabled", {
      value: !hasScripts,
    });
  }

  /** Loads an address. */
  async load(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.#onLoad = resolve);
    await this.send("Page.navigate", { url });
    await loaded;
  }

  /** The value of an expression in the page, as JSON would have it. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) {
      throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    }
    return (result as { value: Value }).value;
  }

  /** The whole page as PNG. */
  async screenshot(): Promise<Uint8Array<ArrayBuffer>> {
    const { data } = await this.send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: true,
    });
    return Uint8Array.from(atob(String(data)), (c) => c.charCodeAt(0));
  }

  /** The printed page. */
  async pdf(): Promise<Uint8Array<ArrayBuffer>> {
    const { data } = await this.send("Page.printToPDF", {
      printBackground: false,
    });
    return Uint8Array.from(atob(String(data)), (c) => c.charCodeAt(0));
  }

  /** Closes it. */
  async close(): Promise<void> {
    await this.#browser.send("Target.closeTarget", {
      targetId: this.#targetId,
    });
  }
}

/** The address of the protocol, which the browser prints. */
async function addressOf(
  stderr: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  const [head, rest] = stderr.tee();
  // What it prints later is read and dropped, so that it never blocks.
  rest.pipeTo(new WritableStream()).catch(() => {});
  let text = "";
  for await (const chunk of head.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const match = /ws:\/\/\S+/.exec(text);
    if (match !== null) return match[0];
  }
  throw new Error(`Cannot start Chromium: ${text}`);
}

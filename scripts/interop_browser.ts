/**
 * The browser part of the interop suite: Chromium opens report pages from
 * disk with its network off, and a live page from a server.
 *
 * Where there is no Chromium, root installs Debian's; else the suite says that
 * it was skipped.
 */
import { Chromium, findChromium, type Page } from "./interop/chromium.ts";
import { writePages } from "./interop/browser_pages.ts";
import { checkLivePage } from "./interop/live_page.ts";
import { checkLiveRun } from "./interop/live_run.ts";
import { printLine, printProblem } from "./terminal.ts";

/** Views that a page must fit, scripts or not. */
const VIEWS = [
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
  { width: 400, scheme: "light" },
] as const;

/** Canvases that show something: some point is neither empty nor uniform. */
const DRAWN_CANVASES = `[...document.querySelectorAll("canvas")]
  .filter((canvas) => {
    const { data } = canvas.getContext("2d")
      .getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size > 8;
  }).length`;

/** Runs the suite. */
export async function runBrowserSuite(): Promise<
  { passed: number; failed: number }
> {
  const program = await findChromium() ?? await installChromium();
  if (program === null) {
    printLine(
      "skipped  browser: there is no Chromium, and nobody to install it",
    );
    return { passed: 0, failed: 0 };
  }
  const folder = await Deno.makeTempDir({ prefix: "stoker_browser_" });
  const browser = await Chromium.start(program);
  let passed = 0;
  let failed = 0;
  const check = async (name: string, run: () => Promise<string[]>) => {
    const problems = await run().catch((error) => [String(error)]);
    for (const text of problems) printProblem(`${name}: ${text}`);
    if (problems.length === 0) passed++;
    else failed++;
    printLine(
      `${problems.length === 0 ? "ok    " : "FAILED"}  browser: ${name}`,
    );
  };
  try {
    for (const [name, path] of await writePages(folder)) {
      await check(name, () => checkPage(browser, path));
    }
    await check("a live page", () => checkLivePage(browser));
    await check("a run with --live", () => checkLiveRun(browser, folder));
  } finally {
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  }
  return { passed, failed };
}

/** Installs Debian's Chromium; null where that is not for us to do. */
async function installChromium(): Promise<string | null> {
  if (Deno.uid() !== 0) return null;
  try {
    for (
      const args of [
        ["update", "-qq"],
        ["install", "-y", "--no-install-recommends", "chromium"],
      ]
    ) {
      const { success } = await new Deno.Command("apt-get", {
        args,
        env: { DEBIAN_FRONTEND: "noninteractive" },
      }).output();
      if (!success) return null;
    }
    return await findChromium();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function checkPage(browser: Chromium, path: string): Promise<string[]> {
  const url = `file://${path}`;
  const problems: string[] = [];
  for (const view of VIEWS) {
    const page = await browser.open(url, view);
    const found = await viewProblems(page, url, view.width);
    problems.push(
      ...found.map((text) => `${view.width} ${view.scheme}: ${text}`),
    );
    await page.close();
  }
  const plain = await browser.open(url, { ...VIEWS[0], hasScripts: false });
  problems.push(...await plainProblems(plain));
  await plain.close();
  const used = await browser.open(url, VIEWS[0]);
  problems.push(...await useProblems(used));
  await used.close();
  return problems;
}

async function viewProblems(
  page: Page,
  url: string,
  width: number,
): Promise<string[]> {
  const problems = [...page.events.problems];
  const others = page.events.requests.filter((request) => request !== url);
  if (others.length > 0) problems.push(`requests: ${others.join(", ")}`);
  const figures = await page.evaluate<number>(
    "document.querySelectorAll('figure[data-chart]').length",
  );
  const drawn = await page.evaluate<number>(DRAWN_CANVASES);
  if (drawn !== figures) problems.push(`${drawn} of ${figures} charts drawn`);
  const wide = await page.evaluate<number>(
    "document.documentElement.scrollWidth",
  );
  if (wide > width) problems.push(`${wide} px wide`);
  const title = await page.evaluate<string>("document.title");
  if (title === "broken") problems.push("a text of others was run");
  return problems;
}

/** What is missing where no script runs. */
async function plainProblems(page: Page): Promise<string[]> {
  const { root } = await page.send("DOM.getDocument", { depth: 0 });
  const { nodeId } = root as { nodeId: number };
  const count = async (selector: string) => {
    const { nodeIds } = await page.send("DOM.querySelectorAll", {
      nodeId,
      selector,
    });
    return (nodeIds as number[]).length;
  };
  const problems = [...page.events.problems];
  if (await count(".verdict, .answer") < 2) problems.push("no verdict");
  // None where nothing was measured but the generation.
  if (![0, 4].includes(await count(".tile"))) problems.push("not four tiles");
  const figures = await count("figure[data-chart]");
  const tables = await count("figure[data-chart] details table");
  if (tables !== figures) {
    problems.push(`${tables} tables for ${figures} charts without scripts`);
  }
  if (await count("canvas") > 0) problems.push("scripts ran");
  return problems;
}

/** Theme, keyboard, print. */
async function useProblems(page: Page): Promise<string[]> {
  const problems: string[] = [];
  const background = () =>
    page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  const light = await background();
  await page.evaluate("document.getElementById('theme-dark').click()");
  if (await background() === light) problems.push("the switch does nothing");
  await page.evaluate("document.getElementById('theme-light').click()");
  const isZoomed = await page.evaluate<boolean | null>(ZOOM_BY_KEY);
  if (isZoomed === false) problems.push("+ does not zoom every time chart");
  await page.send("Emulation.setEmulatedMedia", { media: "print" });
  const hidden = await page.evaluate<number>(
    `[...document.querySelectorAll("details > :not(summary)")]
      .filter((each) => each.getBoundingClientRect().height === 0).length`,
  );
  if (hidden > 0) problems.push(`${hidden} details stay closed in print`);
  const pdf = await page.pdf();
  if (pdf.length < 10_000) problems.push(`${pdf.length} bytes printed`);
  return [...problems, ...page.events.problems];
}

/** Null: fewer than two charts share the axis. */
const ZOOM_BY_KEY = `(async () => {
  const places = [...document.querySelectorAll("#time .chart")];
  if (places.length < 2) return null;
  const pictures = () =>
    places.map((each) => each.querySelector("canvas").toDataURL());
  const before = pictures();
  places[0].dispatchEvent(new KeyboardEvent("keydown", { key: "+" }));
  await new Promise((resolve) => setTimeout(resolve, 200));
  return pictures().every((picture, index) => picture !== before[index]);
})()`;

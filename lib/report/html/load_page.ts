/**
 * Loads the page's renderer, with uPlot's text, when a page is made: no run
 * pays for it before it ends.
 */
import { lazyImport } from "../../lazy_import.ts";
import type { livePhases, reportHtml } from "./page.ts";

/** What `page.ts` exports, as far as others call it. */
export interface PageModule {
  readonly reportHtml: typeof reportHtml;
  readonly livePhases: typeof livePhases;
}

/** Loads the renderer of report pages. */
export async function loadReportHtml(): Promise<typeof reportHtml> {
  return (await loadPage()).reportHtml;
}

/** Loads it with what makes pages move. */
export async function loadPage(): Promise<PageModule> {
  return await lazyImport<PageModule>(import.meta.resolve("./page.ts"));
}

/**
 * Loads the page's renderer, with uPlot's text, when a page is made: no run
 * pays for it before it ends.
 */
import { lazyImport } from "../../lazy_import.ts";
import type { reportHtml } from "./page.ts";

/** What `page.ts` exports, as far as others call it. */
interface PageModule {
  readonly reportHtml: typeof reportHtml;
}

/** Loads the renderer of report pages. */
export async function loadReportHtml(): Promise<typeof reportHtml> {
  const url = import.meta.resolve("./page.ts");
  return (await lazyImport<PageModule>(url)).reportHtml;
}

/**
 * Loads the renderer of a comparison's page, with uPlot's text, when a page
 * is made: a comparison as text does not pay for it.
 */
import { lazyImport } from "../../lazy_import.ts";
import type { comparisonHtml } from "./comparison_html.ts";

/** What `comparison_html.ts` exports. */
interface PageModule {
  readonly comparisonHtml: typeof comparisonHtml;
}

/** Loads the renderer. */
export async function loadComparisonHtml(): Promise<typeof comparisonHtml> {
  const url = import.meta.resolve("./comparison_html.ts");
  return (await lazyImport<PageModule>(url)).comparisonHtml;
}

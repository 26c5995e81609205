/**
 * How to read this: every word that is not plain, and the formulas.
 */
import { type Markup, markup } from "../../bytes/markup.ts";
import { GLOSSARY } from "./glossary.ts";

/** The section. */
export function readingSection(): Markup {
  return markup`<section id="reading" aria-labelledby="reading-h">
<h2 id="reading-h">How to read this</h2>
<p>Numbers have three digits; the exact value appears where a pointer rests on one. “n/a”: not known, or there is none.</p>
<dl>
${
    [...GLOSSARY].map(([name, { word, meaning }]) =>
      markup`<dt id="term-${name}" tabindex="-1">${word}</dt><dd>${meaning}.</dd>
`
    )
  }</dl>
<h3>Formulas</h3>
<ul>
<li>AU of an accelerator = 100 · Σ compute to be emulated / Σ step, over the steps of the window; of an epoch: the mean over accelerators.</li>
<li>A step lasts from its begin to the begin of the next one: load, compute, barrier. Checkpoints between steps are outside.</li>
<li>samples/s = steps · batch size / Σ step, summed over accelerators.</li>
<li>really moved, MiB/s = bytes that calls returned or accepted / 2²⁰ / duration of the phase.</li>
<li>a checkpoint’s GiB/s = bytes of all ranks / 2³⁰ / duration of its slowest rank.</li>
</ul>
<p>More: <code>stoker help results</code>, <code>stoker help caches</code>. All numbers of this page are derived from <code>stoker.json</code> beside it; <code>stoker report DIR --html FILE</code> makes the page again.</p>
</section>
`;
}

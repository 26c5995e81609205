/**
 * How pages look: light, dark and printed. Colours are those of Okabe and Ito
 * (https://jfly.uni-koeln.de/color/), which people with colour blindness tell
 * apart; each has a pattern or a letter beside it.
 */

const LIGHT = `
  color-scheme: light;
  --page: #ffffff; --panel: #f5f6f7; --line: #d0d4d9; --text: #16191d;
  --soft: #51585f; --link: #0550ae; --good: #116329; --bad: #a40e26;
  --doubt: #7d4e00; --heat: 0, 90, 150;
  --c0: #0072b2; --c1: #b34700; --c2: #00785a; --c3: #a3327f; --c4: #6b6b00;
  --c5: #3c3c9e; --c6: #7a4a12; --c7: #444444;
  --compute: #9ccbe8; --load: #f2b084; --barrier: #d9b3cf; --overrun: #f0e08a;
  --other: #d5d8dc; --ink: #111111;`;

const DARK = `
  color-scheme: dark;
  --page: #14171a; --panel: #1e2226; --line: #3d444c; --text: #e8eaed;
  --soft: #a8b0b8; --link: #79b8ff; --good: #5fd38a; --bad: #ff8b8b;
  --doubt: #f0b860; --heat: 120, 190, 240;
  --c0: #56b4e9; --c1: #f0a060; --c2: #3ecfa5; --c3: #e08fc4; --c4: #d8d05a;
  --c5: #a5a5ff; --c6: #d9a066; --c7: #c4c4c4;
  --compute: #2f6f97; --load: #a5562a; --barrier: #7d4a70; --overrun: #7a6d1c;
  --other: #4a5058; --ink: #ffffff;`;

/** Style sheet of a page; uPlot's own goes before it. */
export const PAGE_STYLES = `
:root { ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
:root:has(#theme-light:checked) { ${LIGHT} }
:root:has(#theme-dark:checked) { ${DARK} }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem;
  padding: 1rem; color: var(--text); background: var(--page); }
h1 { font-size: 1.3rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .5rem; border-top: 1px solid var(--line);
  padding-top: 1rem; }
h3 { font-size: 1.05rem; margin: 1.2rem 0 .3rem; }
p { margin: .5rem 0; } a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.hidden, .skip:not(:focus) { position: absolute; width: 1px; height: 1px;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem;
  justify-content: space-between; align-items: baseline; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: .8rem;
  font-size: .9rem; }
fieldset legend { float: left; margin-right: .8rem; color: var(--soft); }
nav { font-size: .9rem; margin-top: .5rem; } nav a { margin-right: .9rem; }
.answer { font-size: 2rem; line-height: 1.2; margin: 1.2rem 0 .2rem; }
.answer em { font-size: 1.1rem; color: var(--soft); }
.verdict { font-size: 1.25rem; line-height: 1.4; margin: 0 0 1rem;
  overflow-wrap: anywhere; }
.answer-yes .answer { color: var(--good); } .answer-no .answer { color: var(--bad); }
.answer-unknown .answer { color: var(--doubt); }
.incomplete { border: 2px solid var(--doubt); padding: .5rem .8rem; }
.tiles { display: grid; gap: .8rem;
  grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); }
.tile { background: var(--panel); border: 1px solid var(--line);
  border-radius: .4rem; padding: .7rem .9rem; }
.tile h3 { margin: 0; font-size: .9rem; font-weight: 600; }
.big { font-size: 1.8rem; line-height: 1.2; margin: .2rem 0;
  font-variant-numeric: tabular-nums; }
.unit { font-size: .8em; font-weight: 400; color: var(--soft); }
.note, .legend, figcaption + p { color: var(--soft); font-size: .9rem; }
.warnings { list-style: none; padding: 0; }
.warnings li { border-left: .4rem solid var(--doubt); background: var(--panel);
  padding: .4rem .8rem; margin: .4rem 0; overflow-wrap: anywhere; }
.warnings .mark { font-weight: 700; color: var(--doubt); }
.term { color: inherit; text-decoration: underline dotted; text-underline-offset: .2em; }
.scroll { overflow-x: auto; margin: .6rem 0 1rem; }
table { border-collapse: collapse; font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding: .2rem 0; }
caption span { display: block; position: sticky; left: 0; width: max-content;
  max-width: calc(min(100vw, 72rem) - 3rem); }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0;
  border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; font-weight: 600; }
tbody th { font-weight: 400; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td:not(.n) { overflow-wrap: anywhere; min-width: 5rem; }
tbody th:not(.n) { overflow-wrap: break-word; max-width: 24rem; }
.bar { display: flex; width: 22rem; max-width: 60vw; height: 1.4rem;
  border: 1px solid var(--line); overflow: hidden; }
.bar i, .key i { font-style: normal; font-size: .75rem; font-weight: 700;
  color: var(--ink); text-align: center; overflow: hidden; line-height: 1.4rem;
  display: block; flex: none; print-color-adjust: exact;
  -webkit-print-color-adjust: exact; }
.key { display: inline-flex; align-items: center; gap: .35rem; margin-right: 1rem; }
.key i { width: 1.4rem; height: 1.4rem; border: 1px solid var(--line); }
.p-compute { background: var(--compute); }
.p-load { background: repeating-linear-gradient(45deg, var(--load) 0 5px,
  color-mix(in srgb, var(--load) 78%, var(--page)) 5px 8px); }
.p-barrier { background: repeating-linear-gradient(-45deg, var(--barrier) 0 3px,
  color-mix(in srgb, var(--barrier) 70%, var(--page)) 3px 6px); }
.p-overrun { background: repeating-linear-gradient(90deg, var(--overrun) 0 3px,
  color-mix(in srgb, var(--overrun) 65%, var(--page)) 3px 5px); }
.p-other { background: var(--other); }
.cell { display: block; padding: 0 .35rem; text-align: right;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
${
  Array.from({ length: 9 }, (_, shade) =>
    `.a${shade} { background: rgba(var(--heat), ${
      ((8 - shade) * 0.07).toFixed(2)
    }); }`).join("\n")
}
figure { margin: 1rem 0 1.4rem; } figcaption { font-weight: 600; }
details { margin: .4rem 0; } summary { cursor: pointer; color: var(--link); }
.chart { width: 100%; } .chart .u-legend { text-align: left; font-size: .85rem; }
.chart .u-legend .u-series > * { padding: 1px 4px; border: 0; }
.chart .u-legend th::after { vertical-align: middle; }
.u-select { background: rgba(var(--heat), .2); }
.heat { display: grid; grid-template-columns: 5.5rem 1fr; grid-template-rows: auto;
  gap: 0 .5rem; font-size: .8rem; color: var(--soft); }
.heat svg { grid-column: 2; grid-row: 1 / 3; width: 100%; height: 12rem;
  border: 1px solid var(--line); }
.heat-top { grid-column: 1; grid-row: 1; text-align: right; }
.heat-bottom { grid-column: 1; grid-row: 2; text-align: right; align-self: end; }
.heat-from { grid-column: 2; grid-row: 3; }
.heat-to { grid-column: 2; grid-row: 3; text-align: right; }
.h-back { fill: none; }
${
  Array.from({ length: 7 }, (_, shade) =>
    `.h${shade} { fill: rgba(var(--heat), ${
      (0.12 + shade * 0.146).toFixed(2)
    }); background: rgba(var(--heat), ${
      (0.12 + shade * 0.146).toFixed(2)
    }); print-color-adjust: exact; -webkit-print-color-adjust: exact; }`)
    .join("\n")
}
code { overflow-wrap: anywhere; }
pre { background: var(--panel); border: 1px solid var(--line); padding: .7rem .9rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
button { font: inherit; color: inherit; background: var(--panel);
  border: 1px solid var(--soft); border-radius: .3rem; padding: .25rem .8rem; }
dt { font-weight: 600; margin-top: .6rem; } dd { margin: 0 0 0 1rem; }
dt:target { outline: 3px solid var(--link); }
:root:not(.scripted) .script-only { display: none; }
footer { margin-top: 2rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 30rem) { body { padding: .6rem; } .answer { font-size: 1.6rem; }
  .verdict { font-size: 1.1rem; } .bar { width: 12rem; }
  .heat { grid-template-columns: 4rem 1fr; } nav a { display: inline-block; } }
@media print {
  :root, :root:has(#theme-dark:checked) { ${LIGHT} }
  body { max-width: none; font-size: 11px; padding: 0; }
  nav, fieldset, .skip, .script-only, :root.scripted .script-only { display: none; }
  details::details-content { content-visibility: visible; display: block; }
  details > summary { list-style: none; }
  .scroll { overflow: visible; } .bar { width: 16rem; }
  .chart, .heat, .tile, tr { break-inside: avoid; }
  .chart .u-value, .u-legend .u-series:first-child { display: none; } h2, h3, caption { break-after: avoid; }
  table { font-size: 9px; } a { color: inherit; }
}
`;

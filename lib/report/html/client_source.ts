/**
 * Generated from lib/report/html/client/page.js, do not edit.
 * Rebuild: deno run -A scripts/build_page.ts
 */

/** The script of pages. */
// deno-fmt-ignore
export const CLIENT_SCRIPT =
  "(() => {\nconst root = document.documentElement;\nroot.classList.add(\"scripted\");\nconst HEIG" +
  "HT = 220;\nconst DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];\nconst drawn = new Map();\nlet" +
  " isZooming = false;\nconst charts = JSON.parse(document.getElementById(\"charts\")?.textConte" +
  "nt ?? \"[]\");\nfor (const chart of charts) draw(chart);\nconst sizes = new ResizeObserver(() " +
  "=> {\nfor (const { plot, place } of drawn.values()) {\nconst width = Math.floor(place.client" +
  "Width);\nif (width > 0) plot.setSize({ width, height: HEIGHT });\n}\n});\nsizes.observe(docume" +
  "nt.body);\nkeepTheme();\nopenForPrint();\nofferCopies();\nshowTerms();\nconst eventsPath = root" +
  ".dataset.events;\nif (eventsPath !== undefined) listen(eventsPath);\nfunction colour(name) {" +
  "\nreturn getComputedStyle(root).getPropertyValue(`--${name}`).trim();\n}\nfunction draw(chart" +
  ") {\nconst figure = document.querySelector(`figure[data-chart=\"${chart.id}\"]`);\nif (figure " +
  "=== null) return;\nconst known = drawn.get(chart.id);\nknown?.plot.destroy();\nconst place = " +
  "known?.place ?? newPlace(figure, chart);\nconst plot = new uPlot(optionsOf(chart, place), d" +
  "ataOf(chart), place);\ndrawn.set(chart.id, { chart, plot, place });\n}\nfunction newPlace(fig" +
  "ure, chart) {\nconst place = document.createElement(\"div\");\nplace.className = \"chart\";\nplac" +
  "e.tabIndex = 0;\nplace.setAttribute(\"role\", \"img\");\nplace.setAttribute(\n\"aria-label\",\n`Char" +
  "t of ${chart.lines.map(({ name }) => name).join(\", \")} (${chart.yName}) by ${chart.xName}." +
  " The table below has its data.`,\n);\nplace.addEventListener(\"keydown\", (event) => onKey(eve" +
  "nt, chart));\nfigure.insertBefore(place, figure.querySelector(\"details\"));\nreturn place;\n}\n" +
  "function dataOf(chart) {\nconst columns = [chart.x];\nfor (const { values, low, high } of ch" +
  "art.lines) {\ncolumns.push(/** @type {number[]} */ (values));\nif (low !== undefined && high" +
  " !== undefined) {\ncolumns.push(/** @type {number[]} */ (low));\ncolumns.push(/** @type {num" +
  "ber[]} */ (high));\n}\n}\nreturn columns;\n}\nfunction optionsOf(chart, place) {\nconst axis = {" +
  "\nstroke: colour(\"soft\"),\ngrid: { stroke: colour(\"line\"), width: 1 },\nticks: { stroke: colo" +
  "ur(\"line\"), width: 1 },\n};\nconst series = [{ label: chart.xName.split(\" \")[0] }];\nconst ba" +
  "nds = [];\nchart.lines.forEach(({ name, low, high }, index) => {\nconst stroke = colour(`c${" +
  "index % 8}`);\nconst dash = DASHES[index % DASHES.length];\nseries.push({\nlabel: name,\nstrok" +
  "e,\ndash,\nwidth: 1.5,\nspanGaps: false,\npoints: { size: 4 },\n});\nif (low === undefined || hi" +
  "gh === undefined) return;\nconst side = { stroke: \"transparent\", width: 0, points: { show: " +
  "false } };\nseries.push({ label: `${name}, least`, ...side });\nseries.push({ label: `${name" +
  "}, greatest`, ...side });\nbands.push({\nseries: [series.length - 1, series.length - 2],\nfil" +
  "l: `${stroke}33`,\n});\n});\nreturn {\nwidth: Math.max(200, Math.floor(place.clientWidth)),\nhe" +
  "ight: HEIGHT,\nseries,\nbands,\nscales: {\nx: { time: false, distr: chart.isLogX ? 3 : 1 },\ny:" +
  " { range: yRange(chart) },\n},\naxes: [\n{ ...axis, label: chart.xName, labelSize: 18, labelF" +
  "ont: \"12px system-ui\" },\n{ ...axis, label: chart.yName, labelSize: 18, labelFont: \"12px sy" +
  "stem-ui\", size: 62 },\n],\ncursor: chart.group === null ? {} : { sync: { key: chart.group } " +
  "},\nhooks: {\ndrawClear: [(/** @type {Plot} */ plot) => drawBehind(plot, chart)],\nsetScale: " +
  "[\n(/** @type {Plot} */ plot, /** @type {string} */ scale) => {\nif (scale === \"x\") zoomOthe" +
  "rs(chart, plot);\n},\n],\n},\n};\n}\nfunction yRange({ yMax, goal }) {\nreturn (/** @type {Plot} " +
  "*/ _plot, /** @type {number} */ _low, /** @type {number | null} */ high) => [\n0,\nyMax ?? M" +
  "ath.max((high ?? 1) * 1.05, goal ?? 0, 1e-9),\n];\n}\nfunction drawBehind(plot, { bands, mark" +
  "s, goal }) {\nconst { ctx, bbox } = plot;\nconst { left, top, width, height } = bbox;\nconst " +
  "clamp = (/** @type {number} */ x) =>\nMath.min(left + width, Math.max(left, plot.valToPos(x" +
  ", \"x\", true)));\nctx.save();\nbands.forEach(({ from, to, kind }, index) => {\nctx.fillStyle =" +
  " colour(kind === \"train\" ? \"panel\" : \"line\");\nctx.globalAlpha = index % 2 === 0 ? 0.9 : 0." +
  "5;\nctx.fillRect(clamp(from), top, Math.max(1, clamp(to) - clamp(from)), height);\n});\nctx.g" +
  "lobalAlpha = 1;\nctx.strokeStyle = colour(\"soft\");\nctx.setLineDash([3, 3]);\nfor (const { at" +
  " } of marks) {\nconst x = plot.valToPos(at, \"x\", true);\nif (x < left || x > left + width) c" +
  "ontinue;\nline(ctx, [x, top], [x, top + height]);\n}\nif (goal !== null) {\nconst y = plot.val" +
  "ToPos(goal, \"y\", true);\nctx.strokeStyle = colour(\"doubt\");\nctx.setLineDash([8, 4]);\nline(c" +
  "tx, [left, y], [left + width, y]);\nctx.fillStyle = colour(\"doubt\");\nctx.font = `${Math.rou" +
  "nd(11 * devicePixelRatio)}px system-ui`;\nctx.fillText(`goal ${goal}`, left + 6, y - 4);\n}\n" +
  "ctx.restore();\n}\nfunction line(ctx, from, to) {\nctx.beginPath();\nctx.moveTo(...from);\nctx." +
  "lineTo(...to);\nctx.stroke();\n}\nfunction zoomOthers({ id, group }, plot) {\nif (isZooming ||" +
  " group === null) return;\nconst { min, max } = plot.scales.x;\nisZooming = true;\nfor (const " +
  "other of drawn.values()) {\nif (other.chart.group !== group || other.chart.id === id) conti" +
  "nue;\nother.plot.setScale(\"x\", { min, max });\n}\nisZooming = false;\n}\nfunction onKey(event, " +
  "{ id, x }) {\nconst plot = drawn.get(id)?.plot;\nif (plot === undefined) return;\nconst { min" +
  ", max } = plot.scales.x;\nconst span = max - min;\nconst moves = {\n\"+\": [min + span / 4, max" +
  " - span / 4],\n\"=\": [min + span / 4, max - span / 4],\n\"-\": [min - span / 2, max + span / 2]" +
  ",\nArrowLeft: [min - span / 5, max - span / 5],\nArrowRight: [min + span / 5, max + span / 5" +
  "],\n\"0\": [x[0] ?? 0, x[x.length - 1] ?? 1],\n};\nconst range = moves[event.key];\nif (range ==" +
  "= undefined) return;\nevent.preventDefault();\nplot.setScale(\"x\", {\nmin: Math.max(range[0], " +
  "x[0] ?? range[0]),\nmax: Math.min(range[1], x[x.length - 1] ?? range[1]),\n});\n}\nfunction re" +
  "draw() {\nfor (const { chart } of [...drawn.values()]) draw(chart);\n}\nfunction keepTheme() " +
  "{\nconst key = \"stoker-theme\";\nfor (const input of document.querySelectorAll(\"input[name=th" +
  "eme]\")) {\ninput.addEventListener(\"change\", () => {\nconst { value } = /** @type {HTMLInputE" +
  "lement} */ (input);\ntry {\nlocalStorage.setItem(key, value);\n} catch {\n}\nredraw();\n});\n}\nle" +
  "t kept = null;\ntry {\nkept = localStorage.getItem(key);\n} catch {\n}\nconst input = document." +
  "getElementById(`theme-${kept}`);\nif (input instanceof HTMLInputElement && kept !== \"auto\")" +
  " {\ninput.checked = true;\nredraw();\n}\nmatchMedia(\"(prefers-color-scheme: dark)\").addEventLi" +
  "stener(\"change\", redraw);\n}\nfunction openForPrint() {\nlet opened = [];\naddEventListener(\"b" +
  "eforeprint\", () => {\nopened = [...document.querySelectorAll(\"details:not([open])\")];\nfor (" +
  "const element of opened) element.setAttribute(\"open\", \"\");\n});\naddEventListener(\"afterprin" +
  "t\", () => {\nfor (const element of opened) element.removeAttribute(\"open\");\n});\nmatchMedia(" +
  "\"print\").addEventListener(\"change\", redraw);\n}\nfunction offerCopies() {\nfor (const button " +
  "of document.querySelectorAll(\"button[data-copy]\")) {\nconst id = button.getAttribute(\"data-" +
  "copy\") ?? \"\";\nbutton.addEventListener(\"click\", async () => {\nconst said = document.querySe" +
  "lector(`[data-copied=\"${id}\"]`);\nconst source = document.getElementById(id);\nif (source ==" +
  "= null || said === null) return;\ntry {\nawait navigator.clipboard.writeText(source.textCont" +
  "ent ?? \"\");\nsaid.textContent = \"Copied.\";\n} catch {\ngetSelection()?.selectAllChildren(sour" +
  "ce);\nsaid.textContent = \"Selected: copy it with the keyboard.\";\n}\n});\n}\n}\nfunction showTer" +
  "ms() {\nfor (const term of document.querySelectorAll(\"a.term\")) {\nterm.setAttribute(\"aria-d" +
  "escription\", term.getAttribute(\"title\") ?? \"\");\n}\n}\nfunction listen(path) {\nconst source =" +
  " new EventSource(path);\nsource.onmessage = ({ data }) => {\nconst live = JSON.parse(data);\n" +
  "show(live);\nif (live.isOver === true) source.close();\n};\n}\nfunction show({ texts = {}, cha" +
  "rts: changed = [], rows = {} }) {\nfor (const [name, text] of Object.entries(texts)) {\ncons" +
  "t place = document.querySelector(`[data-live=\"${name}\"]`);\nif (place !== null && place.tex" +
  "tContent !== text) place.textContent = text;\n}\nfor (const chart of changed) {\nconst known " +
  "= drawn.get(chart.id);\nif (known !== undefined && known.chart.lines.length === chart.lines" +
  ".length) {\ndrawn.set(chart.id, { ...known, chart });\nknown.plot.setData(dataOf(chart));\n} " +
  "else draw(chart);\n}\nfor (const [name, lines] of Object.entries(rows)) {\nconst body = docum" +
  "ent.querySelector(`[data-rows=\"${name}\"]`);\nbody?.replaceChildren(...lines.map(rowOf));\n}\n" +
  "}\nfunction rowOf(cells) {\nconst row = document.createElement(\"tr\");\ncells.forEach((text, i" +
  "ndex) => {\nconst cell = document.createElement(index === 0 ? \"th\" : \"td\");\nif (index === 0" +
  ") cell.setAttribute(\"scope\", \"row\");\ncell.className = \"n\";\ncell.textContent = text;\nrow.ap" +
  "pend(cell);\n});\nreturn row;\n}\n})();\n";

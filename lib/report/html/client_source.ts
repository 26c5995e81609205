/**
 * Generated from lib/report/html/client/page.js, do not edit.
 * Rebuild: deno run -A scripts/build_page.ts
 */

/** The script of pages. */
// deno-fmt-ignore
export const CLIENT_SCRIPT =
  "(() => {\nconst root = document.documentElement;\nroot.classList.add(\"scripted\");\nconst HEIG" +
  "HT = 220;\nconst BAND_COLOURS = { train: 0, eval: 2, save_checkpoint: 4, load_checkpoint: 3" +
  " };\nconst DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];\nconst drawn = new Map();\nlet isZoo" +
  "ming = false;\nconst charts = JSON.parse(\ndocument.getElementById(\"charts\")?.textContent ??" +
  " \"[]\",\n);\nfor (const chart of charts) draw(chart);\nconst sizes = new ResizeObserver(() => " +
  "{\nfor (const { plot, place } of drawn.values()) {\nconst width = Math.floor(place.clientWid" +
  "th);\nif (width > 0) plot.setSize({ width, height: HEIGHT });\n}\n});\nsizes.observe(document." +
  "body);\nkeepTheme();\nopenForPrint();\nofferCopies();\nshowTerms();\nconst eventsPath = root.da" +
  "taset.events;\nif (eventsPath !== undefined) listen(eventsPath);\nfunction colour(name) {\nre" +
  "turn getComputedStyle(root).getPropertyValue(`--${name}`).trim();\n}\nfunction draw(chart) {" +
  "\nconst figure = document.querySelector(`figure[data-chart=\"${chart.id}\"]`);\nif (figure ===" +
  " null) return;\nconst known = drawn.get(chart.id);\nknown?.plot.destroy();\nconst place = kno" +
  "wn?.place ?? newPlace(figure, chart);\nconst plot = new uPlot(optionsOf(chart, place), data" +
  "Of(chart), place);\ndrawn.set(chart.id, { chart, plot, place });\nhideSides(chart, place);\n}" +
  "\nfunction hideSides(chart, place) {\nconst rows = place.querySelectorAll(\".u-legend .u-seri" +
  "es\");\nlet row = 1;\nfor (const { low } of chart.lines) {\nrow++;\nif (low === undefined) cont" +
  "inue;\nrows[row++]?.remove();\nrows[row++]?.remove();\n}\n}\nfunction newPlace(figure, chart) {" +
  "\nconst place = document.createElement(\"div\");\nplace.className = \"chart\";\nplace.tabIndex = " +
  "0;\nplace.setAttribute(\"role\", \"img\");\nplace.setAttribute(\n\"aria-label\",\n`Chart of ${\nchart" +
  ".lines.map(({ name }) => name).join(\", \")\n} (${chart.yName}) by ${chart.xName}. The table " +
  "below has its data.`,\n);\nplace.addEventListener(\"keydown\", (event) => onKey(event, chart))" +
  ";\nfigure.insertBefore(place, figure.querySelector(\"details\"));\nreturn place;\n}\nfunction da" +
  "taOf(chart) {\nconst columns = [chart.x];\nfor (const { values, low, high } of chart.lines) " +
  "{\ncolumns.push(/** @type {number[]} */ (values));\nif (low !== undefined && high !== undefi" +
  "ned) {\ncolumns.push(/** @type {number[]} */ (low));\ncolumns.push(/** @type {number[]} */ (" +
  "high));\n}\n}\nreturn columns;\n}\nfunction optionsOf(chart, place) {\nconst axis = {\nstroke: co" +
  "lour(\"soft\"),\ngrid: { stroke: colour(\"line\"), width: 1 },\nticks: { stroke: colour(\"line\")," +
  " width: 1 },\n};\nconst series = [{ label: chart.xName.split(\" \")[0] }];\nconst bands = [];\nc" +
  "hart.lines.forEach(({ name, low, high }, index) => {\nconst stroke = colour(`c${index % 8}`" +
  ");\nconst dash = DASHES[index % DASHES.length];\nseries.push({\nlabel: name,\nstroke,\ndash,\nwi" +
  "dth: 1.5,\nspanGaps: false,\npoints: { size: 4 },\n});\nif (low === undefined || high === unde" +
  "fined) return;\nconst side = { stroke: \"transparent\", width: 0, points: { show: false } };\n" +
  "series.push({ label: `${name}, least`, ...side });\nseries.push({ label: `${name}, greatest" +
  "`, ...side });\nbands.push({\nseries: [series.length - 1, series.length - 2],\nfill: `${strok" +
  "e}33`,\n});\n});\nreturn {\nwidth: Math.max(200, Math.floor(place.clientWidth)),\nheight: HEIGH" +
  "T,\nseries,\nbands,\nscales: {\nx: { time: false, distr: chart.isLogX ? 3 : 1 },\ny: { range: y" +
  "Range(chart) },\n},\naxes: [\n{\n...axis,\nlabel: chart.xName,\nlabelSize: 18,\nlabelFont: \"12px " +
  "system-ui\",\n},\n{\n...axis,\nlabel: chart.yName,\nlabelSize: 18,\nlabelFont: \"12px system-ui\",\n" +
  "size: 62,\n},\n],\ncursor: chart.group === null ? {} : { sync: { key: chart.group } },\nhooks:" +
  " {\ndrawClear: [(/** @type {Plot} */ plot) => drawBehind(plot, chart)],\nsetScale: [\n(/** @t" +
  "ype {Plot} */ plot, /** @type {string} */ scale) => {\nif (scale === \"x\") zoomOthers(chart," +
  " plot);\n},\n],\n},\n};\n}\nfunction yRange({ yMax, goal }) {\nreturn (\nfunction drawBehind(plot," +
  " { bands, marks, goal, yName }) {\nconst { ctx, bbox } = plot;\nconst { left, top, width, he" +
  "ight } = bbox;\nconst clamp = (/** @type {number} */ x) =>\nMath.min(left + width, Math.max(" +
  "left, plot.valToPos(x, \"x\", true)));\nctx.save();\nbands.forEach(({ from, to, kind }, index)" +
  " => {\nctx.fillStyle = colour(kind === \"train\" ? \"panel\" : \"line\");\nctx.globalAlpha = index" +
  " % 2 === 0 ? 0.9 : 0.5;\nctx.fillRect(\nclamp(from),\ntop,\nMath.max(1, clamp(to) - clamp(from" +
  ")),\nheight,\n);\n});\nctx.globalAlpha = 1;\nctx.strokeStyle = colour(\"soft\");\nctx.setLineDash(" +
  "[3, 3]);\nfor (const { at } of marks) {\nconst x = plot.valToPos(at, \"x\", true);\nif (x < lef" +
  "t || x > left + width) continue;\nline(ctx, [x, top], [x, top + height]);\n}\nif (goal !== nu" +
  "ll) {\nconst y = plot.valToPos(goal, \"y\", true);\nctx.strokeStyle = colour(\"doubt\");\nctx.set" +
  "LineDash([8, 4]);\nline(ctx, [left, y], [left + width, y]);\nctx.fillStyle = colour(\"doubt\")" +
  ";\nctx.fillText(`goal ${goal} ${yName}`, left + 6, y + 12 * devicePixelRatio);\n}\nctx.restor" +
  "e();\n}\nfunction line(ctx, from, to) {\nctx.beginPath();\nctx.moveTo(...from);\nctx.lineTo(..." +
  "to);\nctx.stroke();\n}\nfunction zoomOthers({ id, group }, plot) {\nif (isZooming || group ===" +
  " null) return;\nconst { min, max } = plot.scales.x;\nisZooming = true;\nfor (const other of d" +
  "rawn.values()) {\nif (other.chart.group !== group || other.chart.id === id) continue;\nother" +
  ".plot.setScale(\"x\", { min, max });\n}\nisZooming = false;\n}\nfunction onKey(event, { id, x })" +
  " {\nconst plot = drawn.get(id)?.plot;\nif (plot === undefined) return;\nconst { min, max } = " +
  "plot.scales.x;\nconst span = max - min;\nconst moves = {\n\"+\": [min + span / 4, max - span / " +
  "4],\n\"=\": [min + span / 4, max - span / 4],\n\"-\": [min - span / 2, max + span / 2],\nArrowLef" +
  "t: [min - span / 5, max - span / 5],\nArrowRight: [min + span / 5, max + span / 5],\n\"0\": [x" +
  "[0] ?? 0, x[x.length - 1] ?? 1],\n};\nconst range = moves[event.key];\nif (range === undefine" +
  "d) return;\nevent.preventDefault();\nplot.setScale(\"x\", {\nmin: Math.max(range[0], x[0] ?? ra" +
  "nge[0]),\nmax: Math.min(range[1], x[x.length - 1] ?? range[1]),\n});\n}\nfunction redraw() {\nf" +
  "or (const { chart } of [...drawn.values()]) draw(chart);\n}\nfunction keepTheme() {\nconst ke" +
  "y = \"stoker-theme\";\nfor (const input of document.querySelectorAll(\"input[name=theme]\")) {\n" +
  "input.addEventListener(\"change\", () => {\nconst { value } = /** @type {HTMLInputElement} */" +
  " (input);\ntry {\nlocalStorage.setItem(key, value);\n} catch {\n}\nredraw();\n});\n}\nlet kept = n" +
  "ull;\ntry {\nkept = localStorage.getItem(key);\n} catch {\n}\nconst input = document.getElement" +
  "ById(`theme-${kept}`);\nif (input instanceof HTMLInputElement && kept !== \"auto\") {\ninput.c" +
  "hecked = true;\nredraw();\n}\nmatchMedia(\"(prefers-color-scheme: dark)\").addEventListener(\n\"c" +
  "hange\",\nredraw,\n);\n}\nfunction openForPrint() {\nlet opened = [];\naddEventListener(\"beforepr" +
  "int\", () => {\nopened = [...document.querySelectorAll(\"details:not([open])\")];\nfor (const e" +
  "lement of opened) element.setAttribute(\"open\", \"\");\n});\naddEventListener(\"afterprint\", () " +
  "=> {\nfor (const element of opened) element.removeAttribute(\"open\");\n});\nmatchMedia(\"print\"" +
  ").addEventListener(\"change\", redraw);\n}\nfunction offerCopies() {\nfor (const button of docu" +
  "ment.querySelectorAll(\"button[data-copy]\")) {\nconst id = button.getAttribute(\"data-copy\") " +
  "?? \"\";\nbutton.addEventListener(\"click\", async () => {\nconst said = document.querySelector(" +
  "`[data-copied=\"${id}\"]`);\nconst source = document.getElementById(id);\nif (source === null " +
  "|| said === null) return;\ntry {\nawait navigator.clipboard.writeText(source.textContent ?? " +
  "\"\");\nsaid.textContent = \"Copied.\";\n} catch {\ngetSelection()?.selectAllChildren(source);\nsa" +
  "id.textContent = \"Selected: copy it with the keyboard.\";\n}\n});\n}\n}\nfunction showTerms() {\n" +
  "for (const term of document.querySelectorAll(\"a.term\")) {\nterm.setAttribute(\"aria-descript" +
  "ion\", term.getAttribute(\"title\") ?? \"\");\n}\n}\nfunction listen(path) {\nconst source = new Ev" +
  "entSource(path);\nsource.onmessage = ({ data }) => {\nconst live = JSON.parse(data);\nshow(li" +
  "ve);\nif (live.isOver === true) source.close();\n};\n}\nfunction show({ texts = {}, charts: ch" +
  "anged = [], rows = {} }) {\nfor (const [name, text] of Object.entries(texts)) {\nconst place" +
  " = document.querySelector(`[data-live=\"${name}\"]`);\nif (place !== null && place.textConten" +
  "t !== text) {\nplace.textContent = text;\n}\n}\nfor (const chart of changed) {\nconst known = d" +
  "rawn.get(chart.id);\nif (\nknown !== undefined && known.chart.lines.length === chart.lines.l" +
  "ength\n) {\ndrawn.set(chart.id, { ...known, chart });\nknown.plot.setData(dataOf(chart));\n} e" +
  "lse draw(chart);\n}\nfor (const [name, lines] of Object.entries(rows)) {\nconst body = docume" +
  "nt.querySelector(`[data-rows=\"${name}\"]`);\nbody?.replaceChildren(...lines.map(rowOf));\n}\n}" +
  "\nfunction rowOf(cells) {\nconst row = document.createElement(\"tr\");\ncells.forEach((text, in" +
  "dex) => {\nconst cell = document.createElement(index === 0 ? \"th\" : \"td\");\nif (index === 0)" +
  " cell.setAttribute(\"scope\", \"row\");\ncell.className = \"n\";\ncell.textContent = text;\nrow.app" +
  "end(cell);\n});\nreturn row;\n}\n})();\n";

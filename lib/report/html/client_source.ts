/**
 * Generated from lib/report/html/client/page.js, do not edit.
 * Rebuild: deno run -A scripts/build_page.ts
 */

/** The script of pages. */
// deno-fmt-ignore
export const CLIENT_SCRIPT =
  "(() => {\nconst root = document.documentElement;\nroot.classList.add(\"scripted\");\nconst HEIG" +
  "HT = 220;\nconst BAND_COLOURS = {\ntrain: 0,\neval: 2,\nsave_checkpoint: 4,\nload_checkpoint: 3" +
  ",\n};\nconst DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];\nconst drawn = new Map();\nlet isZo" +
  "oming = false;\nconst charts = JSON.parse(\ndocument.getElementById(\"charts\")?.textContent ?" +
  "? \"[]\",\n);\nfor (const chart of charts) draw(chart);\nconst sizes = new ResizeObserver(() =>" +
  " {\nfor (const { plot, place } of drawn.values()) {\nconst width = Math.floor(place.clientWi" +
  "dth);\nif (width > 0) plot.setSize({ width, height: HEIGHT });\n}\n});\nsizes.observe(document" +
  ".body);\nkeepTheme();\nopenForPrint();\nofferCopies();\nshowTerms();\nconst eventsPath = root.d" +
  "ataset.events;\nif (eventsPath !== undefined) listen(eventsPath);\nfunction colour(name) {\nr" +
  "eturn getComputedStyle(root).getPropertyValue(`--${name}`).trim();\n}\nfunction draw(chart) " +
  "{\nconst figure = document.querySelector(`figure[data-chart=\"${chart.id}\"]`);\nif (figure ==" +
  "= null) return;\nconst known = drawn.get(chart.id);\nknown?.plot.destroy();\nconst place = kn" +
  "own?.place ?? newPlace(figure, chart);\nconst plot = new uPlot(optionsOf(chart, place), dat" +
  "aOf(chart), place);\ndrawn.set(chart.id, { chart, plot, place });\nhideSides(chart, place);\n" +
  "}\nfunction hideSides(chart, place) {\nconst rows = place.querySelectorAll(\".u-legend .u-ser" +
  "ies\");\nlet row = 1;\nfor (const { low } of chart.lines) {\nrow++;\nif (low === undefined) con" +
  "tinue;\nrows[row++]?.remove();\nrows[row++]?.remove();\n}\n}\nfunction newPlace(figure, chart) " +
  "{\nconst place = document.createElement(\"div\");\nplace.className = \"chart\";\nplace.tabIndex =" +
  " 0;\nplace.setAttribute(\"role\", \"img\");\nplace.setAttribute(\n\"aria-label\",\n`Chart of ${\nchar" +
  "t.lines.map(({ name }) => name).join(\", \")\n} (${chart.yName}) by ${chart.xName}. The table" +
  " below has its data.`,\n);\nplace.addEventListener(\"keydown\", (event) => onKey(event, chart)" +
  ");\nfigure.insertBefore(place, figure.querySelector(\"details\"));\nreturn place;\n}\nfunction d" +
  "ataOf(chart) {\nconst columns = [chart.x];\nfor (const { values, low, high } of chart.lines)" +
  " {\ncolumns.push(/** @type {number[]} */ (values));\nif (low !== undefined && high !== undef" +
  "ined) {\ncolumns.push(/** @type {number[]} */ (low));\ncolumns.push(/** @type {number[]} */ " +
  "(high));\n}\n}\nreturn columns;\n}\nfunction optionsOf(chart, place) {\nconst axis = {\nstroke: c" +
  "olour(\"soft\"),\ngrid: { stroke: colour(\"line\"), width: 1 },\nticks: { stroke: colour(\"line\")" +
  ", width: 1 },\n};\nconst series = [{ label: chart.xName.split(\" \")[0] }];\nconst bands = [];\n" +
  "chart.lines.forEach(({ name, low, high }, index) => {\nconst stroke = colour(`c${index % 8}" +
  "`);\nconst dash = DASHES[index % DASHES.length];\nseries.push({\nlabel: name,\nstroke,\ndash,\nw" +
  "idth: 1.5,\nspanGaps: false,\npoints: { size: 4 },\n});\nif (low === undefined || high === und" +
  "efined) return;\nconst side = { stroke: \"transparent\", width: 0, points: { show: false } };" +
  "\nseries.push({ label: `${name}, least`, ...side });\nseries.push({ label: `${name}, greates" +
  "t`, ...side });\nbands.push({\nseries: [series.length - 1, series.length - 2],\nfill: `${stro" +
  "ke}33`,\n});\n});\nreturn {\nwidth: Math.max(200, Math.floor(place.clientWidth)),\nheight: HEIG" +
  "HT,\nseries,\nbands,\nscales: {\nx: { time: false, distr: chart.isLogX ? 3 : 1 },\ny: { range: " +
  "yRange(chart) },\n},\naxes: [\n{\n...axis,\nlabel: chart.xName,\nlabelSize: 18,\nlabelFont: \"12px" +
  " system-ui\",\n},\n{\n...axis,\nlabel: chart.yName,\nlabelSize: 18,\nlabelFont: \"12px system-ui\"," +
  "\nsize: 62,\n},\n],\ncursor: chart.group === null ? {} : { sync: { key: chart.group } },\nhooks" +
  ": {\ndrawClear: [(/** @type {Plot} */ plot) => drawBehind(plot, chart)],\nsetScale: [\n(/** @" +
  "type {Plot} */ plot, /** @type {string} */ scale) => {\nif (scale === \"x\") zoomOthers(chart" +
  ", plot);\n},\n],\n},\n};\n}\nfunction yRange({ yMax, goal }) {\nreturn (\n/** @type {Plot} */ _plo" +
  "t,\n/** @type {number} */ _low,\n/** @type {number | null} */ high,\n) => [\n0,\nyMax ?? Math.m" +
  "ax((high ?? 1) * 1.05, goal ?? 0, 1e-9),\n];\n}\nfunction drawBehind(plot, { bands, marks, go" +
  "al, yName }) {\nconst { ctx, bbox } = plot;\nconst { left, top, width, height } = bbox;\ncons" +
  "t clamp = (/** @type {number} */ x) =>\nMath.min(left + width, Math.max(left, plot.valToPos" +
  "(x, \"x\", true)));\nctx.save();\nctx.font = `${Math.round(11 * devicePixelRatio)}px system-ui" +
  "`;\nfor (const { from, to, kind, name } of bands) {\nconst start = clamp(from);\nconst wide =" +
  " clamp(to) - start;\nctx.globalAlpha = 0.16;\nctx.fillStyle = colour(`c${BAND_COLOURS[kind] " +
  "?? 7}`);\nctx.fillRect(start, top, Math.max(1, wide), height);\nctx.globalAlpha = 1;\nctx.fil" +
  "lStyle = colour(\"soft\");\nif (ctx.measureText(name).width + 8 > wide) continue;\nctx.fillTex" +
  "t(name, start + 4, top + height - 4);\n}\nctx.strokeStyle = colour(\"soft\");\nctx.setLineDash(" +
  "[3, 3]);\nfor (const { at } of marks) {\nconst x = plot.valToPos(at, \"x\", true);\nif (x < lef" +
  "t || x > left + width) continue;\nline(ctx, [x, top], [x, top + height]);\n}\nif (goal !== nu" +
  "ll) {\nconst y = plot.valToPos(goal, \"y\", true);\nctx.strokeStyle = colour(\"doubt\");\nctx.set" +
  "LineDash([8, 4]);\nline(ctx, [left, y], [left + width, y]);\nctx.fillStyle = colour(\"doubt\")" +
  ";\nctx.fillText(\n`goal ${goal} ${yName}`,\nleft + 6,\ny + 12 * devicePixelRatio,\n);\n}\nctx.res" +
  "tore();\n}\nfunction line(ctx, from, to) {\nctx.beginPath();\nctx.moveTo(...from);\nctx.lineTo(" +
  "...to);\nctx.stroke();\n}\nfunction zoomOthers({ id, group }, plot) {\nif (isZooming || group " +
  "=== null) return;\nconst { min, max } = plot.scales.x;\nisZooming = true;\nfor (const other o" +
  "f drawn.values()) {\nif (other.chart.group !== group || other.chart.id === id) continue;\not" +
  "her.plot.setScale(\"x\", { min, max });\n}\nisZooming = false;\n}\nfunction onKey(event, { id, x" +
  " }) {\nconst plot = drawn.get(id)?.plot;\nif (plot === undefined) return;\nconst { min, max }" +
  " = plot.scales.x;\nconst span = max - min;\nconst moves = {\n\"+\": [min + span / 4, max - span" +
  " / 4],\n\"=\": [min + span / 4, max - span / 4],\n\"-\": [min - span / 2, max + span / 2],\nArrow" +
  "Left: [min - span / 5, max - span / 5],\nArrowRight: [min + span / 5, max + span / 5],\n\"0\":" +
  " [x[0] ?? 0, x[x.length - 1] ?? 1],\n};\nconst range = moves[event.key];\nif (range === undef" +
  "ined) return;\nevent.preventDefault();\nplot.setScale(\"x\", {\nmin: Math.max(range[0], x[0] ??" +
  " range[0]),\nmax: Math.min(range[1], x[x.length - 1] ?? range[1]),\n});\n}\nfunction redraw() " +
  "{\nfor (const { chart } of [...drawn.values()]) draw(chart);\n}\nfunction keepTheme() {\nconst" +
  " key = \"stoker-theme\";\nfor (const input of document.querySelectorAll(\"input[name=theme]\"))" +
  " {\ninput.addEventListener(\"change\", () => {\nconst { value } = /** @type {HTMLInputElement}" +
  " */ (input);\ntry {\nlocalStorage.setItem(key, value);\n} catch {\n}\nredraw();\n});\n}\nlet kept " +
  "= null;\ntry {\nkept = localStorage.getItem(key);\n} catch {\n}\nconst input = document.getElem" +
  "entById(`theme-${kept}`);\nif (input instanceof HTMLInputElement && kept !== \"auto\") {\ninpu" +
  "t.checked = true;\nredraw();\n}\nmatchMedia(\"(prefers-color-scheme: dark)\").addEventListener(" +
  "\n\"change\",\nredraw,\n);\n}\nfunction openForPrint() {\nlet opened = [];\naddEventListener(\"befor" +
  "eprint\", () => {\nopened = [...document.querySelectorAll(\"details:not([open])\")];\nfor (cons" +
  "t element of opened) element.setAttribute(\"open\", \"\");\n});\naddEventListener(\"afterprint\", " +
  "() => {\nfor (const element of opened) element.removeAttribute(\"open\");\n});\nmatchMedia(\"pri" +
  "nt\").addEventListener(\"change\", redraw);\n}\nfunction offerCopies() {\nfor (const button of d" +
  "ocument.querySelectorAll(\"button[data-copy]\")) {\nconst id = button.getAttribute(\"data-copy" +
  "\") ?? \"\";\nbutton.addEventListener(\"click\", async () => {\nconst said = document.querySelect" +
  "or(`[data-copied=\"${id}\"]`);\nconst source = document.getElementById(id);\nif (source === nu" +
  "ll || said === null) return;\ntry {\nawait navigator.clipboard.writeText(source.textContent " +
  "?? \"\");\nsaid.textContent = \"Copied.\";\n} catch {\ngetSelection()?.selectAllChildren(source);" +
  "\nsaid.textContent = \"Selected: copy it with the keyboard.\";\n}\n});\n}\n}\nfunction showTerms()" +
  " {\nfor (const term of document.querySelectorAll(\"a.term\")) {\nterm.setAttribute(\"aria-descr" +
  "iption\", term.getAttribute(\"title\") ?? \"\");\n}\n}\nfunction listen(path) {\nconst source = new" +
  " EventSource(path);\nsource.onmessage = ({ data }) => {\nconst live = JSON.parse(data);\nshow" +
  "(live);\nif (live.isOver === true) source.close();\nif (live.hasReport === true || isPast(li" +
  "ve)) location.reload();\n};\nsource.onerror = () => {\nshow({\ntexts: {\nprogress: \"No answer; " +
  "trying again. If the run is over, report.html\" +\n\" is in its results folder.\",\n},\n});\n};\n}" +
  "\nfunction isPast({ answer, charts = [] }) {\nconst section = document.getElementById(\"verdi" +
  "ct\");\nconst isOther = answer !== undefined &&\nsection?.classList.contains(`answer-${answer" +
  "}`) === false;\nreturn isOther ||\ncharts.some(({ id }) =>\ndocument.querySelector(`figure[da" +
  "ta-chart=\"${id}\"]`) === null\n);\n}\nfunction show({ texts = {}, charts: changed = [], rows =" +
  " {} }) {\nfor (const [name, text] of Object.entries(texts)) {\nconst place = document.queryS" +
  "elector(`[data-live=\"${name}\"]`);\nif (place !== null && place.textContent !== text) {\nplac" +
  "e.textContent = text;\n}\n}\nfor (const chart of changed) {\nconst known = drawn.get(chart.id)" +
  ";\nif (known !== undefined && isDrawnAlike(known.chart, chart)) {\ndrawn.set(chart.id, { ..." +
  "known, chart });\nknown.plot.setData(dataOf(chart));\n} else draw(chart);\n}\nfor (const [name" +
  ", lines] of Object.entries(rows)) {\nconst body = document.querySelector(`[data-rows=\"${nam" +
  "e}\"]`);\nbody?.replaceChildren(...lines.map(rowOf));\n}\n}\nfunction isDrawnAlike(one, other) " +
  "{\nconst frame = ({ lines, bands, marks }) =>\nJSON.stringify([\nlines.map(({ name, low }) =>" +
  " [name, low === undefined]),\nbands,\nmarks,\n]);\nreturn frame(one) === frame(other);\n}\nfunct" +
  "ion rowOf(cells) {\nconst row = document.createElement(\"tr\");\ncells.forEach((text, index) =" +
  "> {\nconst cell = document.createElement(index === 0 ? \"th\" : \"td\");\nif (index === 0) cell." +
  "setAttribute(\"scope\", \"row\");\ncell.className = \"n\";\ncell.textContent = text;\nrow.append(ce" +
  "ll);\n});\nreturn row;\n}\n})();\n";

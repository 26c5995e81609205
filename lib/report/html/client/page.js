/**
 * What the page does where scripts run: draws the charts from the data in the
 * page, shares zoom and cursor between those over time, opens everything for
 * printing, and keeps a live page up to date. Without it the page is whole.
 *
 * It is plain JavaScript, checked by its types in comments, and inlined by
 * `scripts/build_page.ts`, which takes the comments away.
 */
// @ts-check
/// <reference lib="dom" />

/** @typedef {import("../chart_data.ts").ChartData} ChartData */
/** @typedef {import("../live_data.ts").LiveData} LiveData */
/**
 * @typedef {object} Plot
 * @property {{x: {min: number, max: number}}} scales
 * @property {(scale: string, range: {min: number, max: number}) => void} setScale
 * @property {(size: {width: number, height: number}) => void} setSize
 * @property {(data: readonly unknown[], resets?: boolean) => void} setData
 * @property {() => void} destroy
 * @property {(value: number, scale: string, isCanvas: boolean) => number} valToPos
 * @property {CanvasRenderingContext2D} ctx
 * @property {{left: number, top: number, width: number, height: number}} bbox
 */

(() => {
  const root = document.documentElement;
  root.classList.add("scripted");

  const HEIGHT = 220;
  /**
   * Kinds of phases that are coloured; others are grey.
   *
   * @type {Record<string, number>}
   */
  const BAND_COLOURS = {
    train: 0,
    eval: 2,
    save_checkpoint: 4,
    load_checkpoint: 3,
  };
  const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
  /** @type {Map<string, {chart: ChartData, plot: Plot, place: HTMLElement}>} */
  const drawn = new Map();
  let isZooming = false;

  /** @type {ChartData[]} */
  const charts = JSON.parse(
    document.getElementById("charts")?.textContent ?? "[]",
  );
  for (const chart of charts) draw(chart);

  const sizes = new ResizeObserver(() => {
    for (const { plot, place } of drawn.values()) {
      const width = Math.floor(place.clientWidth);
      if (width > 0) plot.setSize({ width, height: HEIGHT });
    }
  });
  sizes.observe(document.body);

  keepTheme();
  openForPrint();
  offerCopies();
  showTerms();
  const eventsPath = root.dataset.events;
  if (eventsPath !== undefined) listen(eventsPath);

  /** @param {string} name */
  function colour(name) {
    return getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  }

  /** @param {ChartData} chart */
  function draw(chart) {
    const figure = document.querySelector(`figure[data-chart="${chart.id}"]`);
    if (figure === null) return;
    const known = drawn.get(chart.id);
    known?.plot.destroy();
    const place = known?.place ?? newPlace(figure, chart);
    // @ts-ignore: uPlot is the script before this one.
    const plot = new uPlot(optionsOf(chart, place), dataOf(chart), place);
    drawn.set(chart.id, { chart, plot, place });
    hideSides(chart, place);
  }

  /**
   * The legend names lines, not the sides of their bands.
   *
   * @param {ChartData} chart
   * @param {HTMLElement} place
   */
  function hideSides(chart, place) {
    const rows = place.querySelectorAll(".u-legend .u-series");
    let row = 1;
    for (const { low } of chart.lines) {
      row++;
      if (low === undefined) continue;
      rows[row++]?.remove();
      rows[row++]?.remove();
    }
  }

  /**
   * @param {Element} figure
   * @param {ChartData} chart
   */
  function newPlace(figure, chart) {
    const place = document.createElement("div");
    place.className = "chart";
    place.tabIndex = 0;
    place.setAttribute("role", "img");
    place.setAttribute(
      "aria-label",
      `Chart of ${
        chart.lines.map(({ name }) => name).join(", ")
      } (${chart.yName}) by ${chart.xName}. The table below has its data.`,
    );
    place.addEventListener("keydown", (event) => onKey(event, chart));
    figure.insertBefore(place, figure.querySelector("details"));
    return place;
  }

  /** @param {ChartData} chart */
  function dataOf(chart) {
    const columns = [chart.x];
    for (const { values, low, high } of chart.lines) {
      columns.push(/** @type {number[]} */ (values));
      if (low !== undefined && high !== undefined) {
        columns.push(/** @type {number[]} */ (low));
        columns.push(/** @type {number[]} */ (high));
      }
    }
    return columns;
  }

  /**
   * @param {ChartData} chart
   * @param {HTMLElement} place
   */
  function optionsOf(chart, place) {
    const axis = {
      stroke: colour("soft"),
      grid: { stroke: colour("line"), width: 1 },
      ticks: { stroke: colour("line"), width: 1 },
    };
    /** @type {object[]} */
    const series = [{ label: chart.xName.split(" ")[0] }];
    /** @type {object[]} */
    const bands = [];
    chart.lines.forEach(({ name, low, high }, index) => {
      const stroke = colour(`c${index % 8}`);
      const dash = DASHES[index % DASHES.length];
      series.push({
        label: name,
        stroke,
        dash,
        width: 1.5,
        spanGaps: false,
        points: { size: 4 },
      });
      if (low === undefined || high === undefined) return;
      const side = { stroke: "transparent", width: 0, points: { show: false } };
      series.push({ label: `${name}, least`, ...side });
      series.push({ label: `${name}, greatest`, ...side });
      bands.push({
        series: [series.length - 1, series.length - 2],
        fill: `${stroke}33`,
      });
    });
    return {
      width: Math.max(200, Math.floor(place.clientWidth)),
      height: HEIGHT,
      series,
      bands,
      scales: {
        x: { time: false, distr: chart.isLogX ? 3 : 1 },
        y: { range: yRange(chart) },
      },
      axes: [
        {
          ...axis,
          label: chart.xName,
          labelSize: 18,
          labelFont: "12px system-ui",
        },
        {
          ...axis,
          label: chart.yName,
          labelSize: 18,
          labelFont: "12px system-ui",
          size: 62,
        },
      ],
      cursor: chart.group === null ? {} : { sync: { key: chart.group } },
      hooks: {
        drawClear: [(/** @type {Plot} */ plot) => drawBehind(plot, chart)],
        setScale: [
          (/** @type {Plot} */ plot, /** @type {string} */ scale) => {
            if (scale === "x") zoomOthers(chart, plot);
          },
        ],
      },
    };
  }

  /** @param {ChartData} chart */
  function yRange({ yMax, goal }) {
    return (
      /** @type {Plot} */ _plot,
      /** @type {number} */ _low,
      /** @type {number | null} */ high,
    ) => [
      0,
      yMax ?? Math.max((high ?? 1) * 1.05, goal ?? 0, 1e-9),
    ];
  }

  /**
   * Phases behind the lines, the goal, the marks.
   *
   * @param {Plot} plot
   * @param {ChartData} chart
   */
  function drawBehind(plot, { bands, marks, goal, yName }) {
    const { ctx, bbox } = plot;
    const { left, top, width, height } = bbox;
    const clamp = (/** @type {number} */ x) =>
      Math.min(left + width, Math.max(left, plot.valToPos(x, "x", true)));
    ctx.save();
    ctx.font = `${Math.round(11 * devicePixelRatio)}px system-ui`;
    for (const { from, to, kind, name } of bands) {
      const start = clamp(from);
      const wide = clamp(to) - start;
      ctx.globalAlpha = 0.16;
      ctx.fillStyle = colour(`c${BAND_COLOURS[kind] ?? 7}`);
      ctx.fillRect(start, top, Math.max(1, wide), height);
      ctx.globalAlpha = 1;
      ctx.fillStyle = colour("soft");
      if (ctx.measureText(name).width + 8 > wide) continue;
      ctx.fillText(name, start + 4, top + height - 4);
    }
    ctx.strokeStyle = colour("soft");
    ctx.setLineDash([3, 3]);
    for (const { at } of marks) {
      const x = plot.valToPos(at, "x", true);
      if (x < left || x > left + width) continue;
      line(ctx, [x, top], [x, top + height]);
    }
    if (goal !== null) {
      const y = plot.valToPos(goal, "y", true);
      ctx.strokeStyle = colour("doubt");
      ctx.setLineDash([8, 4]);
      line(ctx, [left, y], [left + width, y]);
      ctx.fillStyle = colour("doubt");
      ctx.fillText(
        `goal ${goal} ${yName}`,
        left + 6,
        y + 12 * devicePixelRatio,
      );
    }
    ctx.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {[number, number]} from
   * @param {[number, number]} to
   */
  function line(ctx, from, to) {
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...to);
    ctx.stroke();
  }

  /**
   * @param {ChartData} chart
   * @param {Plot} plot
   */
  function zoomOthers({ id, group }, plot) {
    if (isZooming || group === null) return;
    const { min, max } = plot.scales.x;
    isZooming = true;
    for (const other of drawn.values()) {
      if (other.chart.group !== group || other.chart.id === id) continue;
      other.plot.setScale("x", { min, max });
    }
    isZooming = false;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {ChartData} chart
   */
  function onKey(event, { id, x }) {
    const plot = drawn.get(id)?.plot;
    if (plot === undefined) return;
    const { min, max } = plot.scales.x;
    const span = max - min;
    /** @type {Record<string, [number, number]>} */
    const moves = {
      "+": [min + span / 4, max - span / 4],
      "=": [min + span / 4, max - span / 4],
      "-": [min - span / 2, max + span / 2],
      ArrowLeft: [min - span / 5, max - span / 5],
      ArrowRight: [min + span / 5, max + span / 5],
      "0": [x[0] ?? 0, x[x.length - 1] ?? 1],
    };
    const range = moves[event.key];
    if (range === undefined) return;
    event.preventDefault();
    plot.setScale("x", {
      min: Math.max(range[0], x[0] ?? range[0]),
      max: Math.min(range[1], x[x.length - 1] ?? range[1]),
    });
  }

  function redraw() {
    for (const { chart } of [...drawn.values()]) draw(chart);
  }

  function keepTheme() {
    const key = "stoker-theme";
    for (const input of document.querySelectorAll("input[name=theme]")) {
      input.addEventListener("change", () => {
        const { value } = /** @type {HTMLInputElement} */ (input);
        try {
          localStorage.setItem(key, value);
        } catch {
          // Some browsers keep nothing for pages from disk.
        }
        redraw();
      });
    }
    let kept = null;
    try {
      kept = localStorage.getItem(key);
    } catch {
      // As above.
    }
    const input = document.getElementById(`theme-${kept}`);
    if (input instanceof HTMLInputElement && kept !== "auto") {
      input.checked = true;
      redraw();
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener(
      "change",
      redraw,
    );
  }

  function openForPrint() {
    /** @type {Element[]} */
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = [...document.querySelectorAll("details:not([open])")];
      for (const element of opened) element.setAttribute("open", "");
    });
    addEventListener("afterprint", () => {
      for (const element of opened) element.removeAttribute("open");
    });
    matchMedia("print").addEventListener("change", redraw);
  }

  function offerCopies() {
    for (const button of document.querySelectorAll("button[data-copy]")) {
      const id = button.getAttribute("data-copy") ?? "";
      button.addEventListener("click", async () => {
        const said = document.querySelector(`[data-copied="${id}"]`);
        const source = document.getElementById(id);
        if (source === null || said === null) return;
        try {
          await navigator.clipboard.writeText(source.textContent ?? "");
          said.textContent = "Copied.";
        } catch {
          getSelection()?.selectAllChildren(source);
          said.textContent = "Selected: copy it with the keyboard.";
        }
      });
    }
  }

  /** A tap on a word shows its meaning beside it, without leaving the place. */
  function showTerms() {
    for (const term of document.querySelectorAll("a.term")) {
      term.setAttribute("aria-description", term.getAttribute("title") ?? "");
    }
  }

  /** @param {string} path */
  function listen(path) {
    const source = new EventSource(path);
    source.onmessage = ({ data }) => {
      /** @type {LiveData} */
      const live = JSON.parse(data);
      show(live);
      if (live.isOver === true) source.close();
      if (live.hasReport === true || isPast(live)) location.reload();
    };
    source.onerror = () => {
      show({
        texts: {
          progress: "No answer; trying again. If the run is over, report.html" +
            " is in its results folder.",
        },
      });
    };
  }

  /**
   * The page was made before there was anything to draw, or its answer is
   * another one.
   *
   * @param {LiveData} live
   */
  function isPast({ answer, charts = [] }) {
    const section = document.getElementById("verdict");
    const isOther = answer !== undefined &&
      section?.classList.contains(`answer-${answer}`) === false;
    return isOther ||
      charts.some(({ id }) =>
        document.querySelector(`figure[data-chart="${id}"]`) === null
      );
  }

  /** @param {LiveData} live */
  function show({ texts = {}, charts: changed = [], rows = {} }) {
    for (const [name, text] of Object.entries(texts)) {
      const place = document.querySelector(`[data-live="${name}"]`);
      if (place !== null && place.textContent !== text) {
        place.textContent = text;
      }
    }
    for (const chart of changed) {
      const known = drawn.get(chart.id);
      if (known !== undefined && isDrawnAlike(known.chart, chart)) {
        drawn.set(chart.id, { ...known, chart });
        known.plot.setData(dataOf(chart));
      } else draw(chart);
    }
    for (const [name, lines] of Object.entries(rows)) {
      const body = document.querySelector(`[data-rows="${name}"]`);
      body?.replaceChildren(...lines.map(rowOf));
    }
  }

  /**
   * Whether nothing but the points of the lines differs.
   *
   * @param {ChartData} one
   * @param {ChartData} other
   */
  function isDrawnAlike(one, other) {
    /** @param {ChartData} chart */
    const frame = ({ lines, bands, marks }) =>
      JSON.stringify([
        lines.map(({ name, low }) => [name, low === undefined]),
        bands,
        marks,
      ]);
    return frame(one) === frame(other);
  }

  /** @param {readonly string[]} cells */
  function rowOf(cells) {
    const row = document.createElement("tr");
    cells.forEach((text, index) => {
      const cell = document.createElement(index === 0 ? "th" : "td");
      if (index === 0) cell.setAttribute("scope", "row");
      cell.className = "n";
      cell.textContent = text;
      row.append(cell);
    });
    return row;
  }
})();

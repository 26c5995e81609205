/**
 * What is served of a run while it goes on: the page of the phases that are
 * over, events and metrics of the one at hand.
 */
import type { HostFacts } from "../../host/host_facts.ts";
import type {
  Moment,
  PhaseRecord,
  RunRecord,
} from "../../metrics/run_record.ts";
import { summarize } from "../../metrics/summary.ts";
import type { LiveData } from "../../report/html/live_data.ts";
import { loadPage, type PageModule } from "../../report/html/load_page.ts";
import { nowChart, nowRanks } from "../../report/html/now_data.ts";
import type { PageRun } from "../../report/html/page_run.ts";
import type { ResultContext } from "../../results/result_context.ts";
import type { RunWatch } from "../watch/run_watch.ts";
import type { LiveSource } from "./live_server.ts";
import { liveTexts } from "./live_texts.ts";
import { prometheusText } from "./prometheus_text.ts";

/** What is known of a run before it begins. */
export interface LiveRunFacts {
  readonly watch: RunWatch;
  readonly context: ResultContext;
  readonly host: HostFacts;
  readonly accelerators: number;
  readonly moment: () => Moment;
}

/** At most this share of the main thread's time goes into charts of phases. */
const LOOKS_SHARE = 0.05;

/** See the file header. */
export class LiveRun implements LiveSource {
  readonly #facts: LiveRunFacts;
  readonly #start: Moment;
  readonly #phases: PhaseRecord[] = [];
  #isOver = false;
  /** The report as a file; null: there is none. */
  #reportPath: string | null = null;
  /** What the phases that are over have changed. */
  #ofPhases: LiveData = {};
  #toldPhases = 0;
  #hasNews = false;
  #isLoading = false;
  #nextLookSeconds = 0;

  constructor(facts: LiveRunFacts) {
    this.#facts = facts;
    this.#start = facts.moment();
  }

  /** A phase is over. */
  add(phase: PhaseRecord): void {
    this.#phases.push(phase);
  }

  /**
   * The run is over: the next event says so.
   *
   * @param reportPath The page that is shown from now on; null: there is none.
   */
  end(reportPath: string | null): void {
    this.#isOver = true;
    this.#reportPath = reportPath;
  }

  /** The page of what is over by now; the report when the run is. */
  async page(eventsPath: string): Promise<string> {
    if (this.#reportPath !== null) {
      return await Deno.readTextFile(this.#reportPath);
    }
    const module = await loadPage();
    // A page never shows more than its first event does.
    if (this.#isBehind()) this.#lookAtPhases(module);
    const { record, context, summary } = this.#soFar();
    return module.reportHtml({ record, context }, summary, {
      live: { eventsPath },
    });
  }

  event(isFirst: boolean): string {
    return JSON.stringify(this.#isOver ? this.#last() : this.#data(isFirst));
  }

  metrics(): string {
    const { watch, host, context } = this.#facts;
    return prometheusText(watch.state(), {
      host: host.hostname,
      model: context.modelName,
    });
  }

  #last(): LiveData {
    return {
      texts: { progress: "The run is over." },
      isOver: true,
      ...(this.#reportPath === null ? {} : { hasReport: true }),
    };
  }

  #data(isFirst: boolean): LiveData {
    const state = this.#facts.watch.state();
    if (!isFirst) this.#lookSoon();
    const news = isFirst || this.#hasNews ? this.#ofPhases : {};
    if (!isFirst) this.#hasNews = false;
    const now = state === null
      ? {}
      : { rows: { "now-ranks": nowRanks(state.snapshot.ranks) } };
    return {
      ...news,
      texts: { ...news.texts, ...liveTexts(state) },
      charts: [
        ...(state === null ? [] : [nowChart(state.bytesPerSecondHistory)]),
        ...news.charts ?? [],
      ],
      ...now,
    };
  }

  /** Whether a phase has ended since they were looked at. */
  #isBehind(): boolean {
    return this.#phases.length > this.#toldPhases;
  }

  /** Begins to look at phases that ended since, if there is time for it. */
  #lookSoon(): void {
    const isTime = this.#facts.moment().atSeconds >= this.#nextLookSeconds;
    if (this.#isLoading || !this.#isBehind() || !isTime) return;
    this.#isLoading = true;
    loadPage().then((module) => this.#lookAtPhases(module))
      // A page that cannot be drawn must not end the run.
      .catch(() => {})
      .finally(() => this.#isLoading = false);
  }

  #lookAtPhases({ livePhases }: PageModule): void {
    const { moment } = this.#facts;
    const beginSeconds = moment().atSeconds;
    this.#toldPhases = this.#phases.length;
    this.#ofPhases = livePhases({ ...this.#soFar(), live: { eventsPath: "" } });
    this.#hasNews = true;
    const endSeconds = moment().atSeconds;
    this.#nextLookSeconds = endSeconds +
      (endSeconds - beginSeconds) / LOOKS_SHARE;
  }

  #soFar(): PageRun {
    const { context, moment, accelerators, host } = this.#facts;
    const record: RunRecord = {
      start: this.#start,
      end: moment(),
      accelerators,
      hosts: [host],
      phases: [...this.#phases],
      complete: false,
      failure: null,
      warnings: [],
    };
    // A run that goes on has not ended early: that is no reason for doubt.
    const summary = summarize({ ...record, complete: true }, context);
    return { record, context, summary };
  }
}

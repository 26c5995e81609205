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
import { loadReportHtml } from "../../report/html/load_page.ts";
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

/** See the file header. */
export class LiveRun implements LiveSource {
  readonly #facts: LiveRunFacts;
  readonly #start: Moment;
  readonly #phases: PhaseRecord[] = [];
  #isOver = false;

  constructor(facts: LiveRunFacts) {
    this.#facts = facts;
    this.#start = facts.moment();
  }

  /** A phase is over. */
  add(phase: PhaseRecord): void {
    this.#phases.push(phase);
  }

  /** The run is over: the next event says so. */
  end(): void {
    this.#isOver = true;
  }

  /** The page of what is over by now. */
  async page(eventsPath: string): Promise<string> {
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
    const reportHtml = await loadReportHtml();
    const summary = summarize(record, context);
    return reportHtml({ record, context }, summary, { live: { eventsPath } });
  }

  event(): string {
    const data: LiveData = {
      texts: this.#isOver
        ? { progress: "The run is over." }
        : liveTexts(this.#facts.watch.state()),
      ...(this.#isOver ? { isOver: true } : {}),
    };
    return JSON.stringify(data);
  }

  metrics(): string {
    const { watch, host, context } = this.#facts;
    return prometheusText(watch.state(), {
      host: host.hostname,
      model: context.modelName,
    });
  }
}

/**
 * What a live page is sent while a run goes on: each server-sent event is
 * `data: ` and a {@linkcode LiveData} as JSON. Charts and texts that an event
 * does not name stay as they are, so that an event may be as small as it
 * likes; a page that was loaded anew gets everything from the page itself and
 * the first event.
 *
 *    new EventSource(eventsPath)      reconnects by itself
 *    event "message"                  data: LiveData
 *
 * The page's places are named in its HTML: `data-live="NAME"` holds a text
 * that is replaced, `data-chart="ID"` a chart, `data-rows="NAME"` a table's
 * body. Texts are set as text, never as HTML.
 */
import type { ChartData } from "./chart_data.ts";

/** Names of the texts that move. */
export type LiveText =
  /** The headline. */
  | "answer"
  /** The sentences below it. */
  | "verdict"
  /** "epoch 2 of 5, 41 %, 3 min left". */
  | "progress"
  /** The four tiles: their numbers, and the small line below them. */
  | "au"
  | "au-note"
  | "throughput"
  | "throughput-note"
  | "latency"
  | "latency-note"
  | "trust"
  | "trust-note";

/** One event. */
export interface LiveData {
  readonly texts?: Readonly<Partial<Record<LiveText, string>>>;
  /**
   * Replaces the charts of the same ids: "now" of `now_data.ts`, the others of
   * `over_time.ts`. A page that has no place for one loads itself anew.
   */
  readonly charts?: readonly ChartData[];
  /** Replaces the rows of tables: "now-ranks" of `now_data.ts`. */
  readonly rows?: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** Of the phases that are over; a page with another one loads itself anew. */
  readonly answer?: "yes" | "no" | "unknown";
  /** True: the run is over; the page stops listening. */
  readonly isOver?: boolean;
  /** True: the page's address has the final report; the page loads it, once. */
  readonly hasReport?: boolean;
}

/** Where a live page listens. */
export interface LivePage {
  /** Path of the events on the server that sent the page. */
  readonly eventsPath: string;
}

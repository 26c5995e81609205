/**
 * Runs with a trace, and what is in it.
 */
import { assert, assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import type { Workload } from "../../../lib/config/workload.ts";
import { RunTrace } from "../../../lib/engine/trace/run_trace.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import { createRunClock } from "../../../lib/engine/run/run_hooks.ts";
import type { RunHooks } from "../../../lib/engine/run/run_hooks.ts";
import { runSmall } from "../engine_fixture.ts";

/** One event that took a time. */
export interface TraceEvent {
  readonly id: number;
  readonly name: string;
  readonly cat: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly ph: string;
  readonly args: Readonly<Record<string, number | string>>;
}

/** A trace taken apart. */
export interface ParsedTrace {
  readonly events: readonly TraceEvent[];
  /** Name by what `fhash` says. */
  readonly files: ReadonlyMap<string, string>;
  /** "process_name" and "thread_name" by process, or process and thread. */
  readonly names: ReadonlyMap<string, string>;
}

/** Reads a trace, every line of which must be JSON. */
export function parseTrace(bytes: Uint8Array): ParsedTrace {
  const lines = new TextDecoder().decode(gunzipSync(bytes)).trimEnd()
    .split("\n");
  assertEquals(lines[0], "[");
  const all = lines.slice(1).filter((line) => line !== "]")
    .map((line) => JSON.parse(line) as TraceEvent);
  const files = new Map<string, string>();
  const names = new Map<string, string>();
  for (const { name, ph, pid, tid, args } of all) {
    if (ph !== "M") continue;
    if (name === "FH") files.set(String(args.value), String(args.name));
    if (name === "process_name") names.set(`${pid}`, String(args.name));
    if (name === "thread_name") names.set(`${pid} ${tid}`, String(args.name));
  }
  return { events: all.filter(({ ph }) => ph === "X"), files, names };
}

/** What a traced run left. */
export interface TracedRun {
  readonly phases: readonly PhaseRecord[];
  readonly error: Error | null;
  readonly warnings: readonly string[];
  readonly path: string;
}

/** Runs a workload with a trace at `path`. */
export async function runTraced(
  workload: Workload,
  path: string,
  { maxEvents = 1e6, accelerators = 1, hooks = {} }: {
    maxEvents?: number;
    accelerators?: number;
    hooks?: Partial<RunHooks>;
  } = {},
): Promise<TracedRun> {
  const warnings: string[] = [];
  const moment = createRunClock(0, () => performance.now());
  const trace = await RunTrace.begin({
    path,
    hostname: "host",
    maxEvents,
    moment,
    onWarning: (text) => warnings.push(text),
  });
  const { phases, error } = await runSmall(
    workload,
    { accelerators },
    { moment, trace, ...hooks },
  );
  await trace.finish();
  return { phases, error, warnings, path };
}

/** Whether no two events of a line cross, and every line is introduced. */
export function assertClear({ events, names }: ParsedTrace): void {
  const lines = Map.groupBy(events, ({ pid, tid }) => `${pid} ${tid}`);
  for (const [line, ofLine] of lines) {
    assert(names.has(line), `${line} has no name`);
    const open: number[] = [];
    const inOrder = ofLine.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur);
    for (const { ts, dur, name } of inOrder) {
      while (open.length > 0 && open.at(-1)! <= ts) open.pop();
      const outer = open.at(-1) ?? Infinity;
      assert(ts + dur <= outer, `${name} at ${ts} of ${line} crosses another`);
      open.push(ts + dur);
    }
  }
}

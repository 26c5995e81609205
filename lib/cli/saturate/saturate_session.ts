/**
 * A search with everything around it: counts and generates the dataset, takes
 * the folder, runs the probes, shows and saves the curve.
 */
import { ConfigError } from "../../errors.ts";
import { storageSettings } from "../../engine/plan/describe_dataset.ts";
import type { RunHooks } from "../../engine/run/run_hooks.ts";
import { type HostFacts, readHostFacts } from "../../host/host_facts.ts";
import {
  findSaturation,
  type ProbeBegin,
  type SearchOutcome,
} from "../../saturate/find_saturation.ts";
import type { ProbeRun } from "../../saturate/probe.ts";
import { answerText, type Saturation } from "../../saturate/saturation.ts";
import { tableHead, tableLine } from "../../saturate/saturation_table.ts";
import { countText } from "../../saturate/search_quantity.ts";
import type { Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import type { RequestedWorkload } from "../line/workload_settings.ts";
import { folderTime } from "../session/folder_time.ts";
import {
  type LocatedWorkload,
  locateWorkload,
} from "../session/located_workload.ts";
import { sayPlan } from "../session/dry_run.ts";
import { type Session, startSession } from "../session/session.ts";
import { ProbePlanner } from "./probe_planner.ts";
import { runProbe } from "./probe_run.ts";
import { provideDataset } from "./saturate_dataset.ts";
import { SaturateFolder } from "./saturate_folder.ts";
import { dropsCaches, type SaturateOptions } from "./saturate_options.ts";

/** What a search is made with. */
export interface SaturateParts {
  readonly asked: RequestedWorkload;
  readonly options: SaturateOptions;
  readonly line: CommandLine;
  readonly context: Context;
}

/** A search that has ended. */
export interface SearchedWorkload {
  readonly saturation: Saturation;
  /** Where it is saved. */
  readonly folder: string;
}

/** See the file header. */
export class SaturateSession implements Disposable {
  readonly #parts: SaturateParts;
  readonly #session: Session;
  readonly #host: HostFacts;
  #title = "generate";

  /** Starts the clock and listens for reasons to stop. */
  constructor(parts: SaturateParts) {
    this.#parts = parts;
    this.#host = readHostFacts();
    const { asked: { workload }, line, context } = parts;
    const { exclude_start_steps, exclude_end_steps } = workload.output.metric;
    this.#session = startSession(line, context, {
      hostname: this.#host.hostname,
      auGoalPercent: 100 * workload.metric.au,
      titleOf: () => this.#title,
      window: {
        excludeStartSteps: exclude_start_steps,
        excludeEndSteps: exclude_end_steps,
      },
    });
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }

  /** Says what would be done; nothing is written. */
  async dryRun(): Promise<void> {
    const { options, line, context } = this.#parts;
    const { hooks } = this.#session;
    const located = await this.#located();
    const planner = this.#planner(located);
    const { probe, obstacle } = await planner.plan(options.first);
    if (probe === null) throw new ConfigError([cannotBegin(obstacle.text)]);
    await this.#requireMax(planner);
    await sayPlan(
      probe.requested,
      { ...probe.line, flags: line.flags },
      context,
      {
        hooks,
        found: located.found,
      },
    );
  }

  /**
   * Searches.
   *
   * @returns What was found, also when it was stopped.
   * @throws {StokerError} If not even one probe can begin.
   */
  async search(): Promise<SearchedWorkload> {
    const { asked, options, line, context } = this.#parts;
    const { hooks } = this.#session;
    const located = await this.#located();
    const planner = this.#planner(located);
    const { obstacle } = await planner.plan(1);
    if (obstacle !== null) throw new ConfigError([cannotBegin(obstacle.text)]);
    await this.#requireMax(planner);
    const { model, output } = asked.workload;
    const folder = await SaturateFolder.take(
      line.resultsFolder ?? output.folder ??
        `results/${model.name}/saturate-${folderTime(context.now())}`,
      hooks,
    );
    await provideDataset(
      located.requested.workload,
      hooks,
      (text) => context.console.warn(text),
    );
    const saturationOf = this.#saturation();
    this.#begin(saturationOf(NOTHING_YET), folder.path);
    const outcome = await findSaturation({
      quantity: options.quantity,
      first: options.first,
      max: options.max ?? Math.max(options.first, options.quantity.defaultMax),
      goalPercent: 100 * asked.workload.metric.au,
      maxRuns: options.maxRuns,
      signal: hooks.signal,
      obstacle: async (value) => (await planner.plan(value)).obstacle,
      probe: (begin) => this.#probe(begin, { planner, folder, located }),
      onPoint: async ({ point, isRecheck, outcome }) => {
        this.#line(tableLine(options.quantity, point, isRecheck));
        await folder.save(saturationOf(outcome));
      },
    });
    const saturation = saturationOf(outcome);
    await folder.finish(saturation);
    return { saturation, folder: folder.path };
  }

  async #located(): Promise<LocatedWorkload> {
    const { asked, context } = this.#parts;
    return await locateWorkload(asked, this.#session.hooks, {
      onNote: (text) => context.console.warn(text),
    });
  }

  #planner(located: LocatedWorkload): ProbePlanner {
    const { asked, options, line, context } = this.#parts;
    const { quantity, probeSeconds } = options;
    return new ProbePlanner({
      line,
      context,
      quantity,
      accelerators: asked.accelerators,
      dropsCaches: dropsCaches(asked, options),
      probeSeconds,
      located,
      cluster: this.#session.hooks.link.cluster,
    });
  }

  /** A number that was asked for must be possible with the dataset. */
  async #requireMax(planner: ProbePlanner): Promise<void> {
    const { max } = this.#parts.options;
    if (max === null) return;
    const { obstacle } = await planner.plan(max);
    if (obstacle?.kind !== "dataset") return;
    throw new ConfigError([
      `Cannot search up to --max ${max} as ${obstacle.text}`,
    ]);
  }

  #saturation(): (outcome: SearchOutcome) => Saturation {
    const { asked, options, context } = this.#parts;
    const { workload, name, accelerators } = asked;
    const startWallMs = context.now().getTime();
    return (outcome) => ({
      ...options,
      workload: name,
      accelerators: options.quantity.setting === null ? null : accelerators,
      goalPercent: 100 * workload.metric.au,
      storage: storageSettings(workload).kind,
      dataFolder: workload.dataset.data_folder,
      startWallMs,
      outcome,
    });
  }

  #begin(
    { quantity, workload, goalPercent, first, max, accelerators }: Saturation,
    path: string,
  ): void {
    const { console } = this.#parts.context;
    console.say(
      `${workload}: ${quantity.name} from ${first}` +
        (max === null ? "" : ` to ${max}`) +
        (accelerators === null ? "" : ` for -n ${accelerators}`) +
        `, AU goal ${goalPercent} %, curve and probes in ${path}`,
    );
    this.#line(tableHead(quantity));
  }

  /** With `--json` the table is for people alone. */
  #line(text: string): void {
    const { line, context: { console } } = this.#parts;
    if (line.flags.json) console.say(text);
    else console.print(text);
  }

  async #probe(
    { value, run, isRecheck }: ProbeBegin,
    { planner, folder, located }: {
      readonly planner: ProbePlanner;
      readonly folder: SaturateFolder;
      readonly located: LocatedWorkload;
    },
  ): Promise<ProbeRun> {
    const { options: { quantity, fromCache }, context } = this.#parts;
    const { probe, obstacle } = await planner.plan(value);
    // Memory may have become full since it was asked.
    if (probe === null) throw new ConfigError([obstacle.text]);
    this.#title = `${countText(quantity, value)}, run ${run}` +
      (isRecheck ? " (again)" : "");
    return await runProbe(probe, {
      context,
      hooks: this.#probeHooks(),
      host: this.#host,
      found: located.found,
      resultsPath: folder.probePath(value, run),
      fromCache,
    });
  }

  /** A probe shows while it runs; its line is that of the table. */
  #probeHooks(): RunHooks {
    const { hooks, watch } = this.#session;
    const { console } = this.#parts.context;
    return {
      ...hooks,
      onPhaseEnd: () => {
        watch.end();
        console.status([]);
      },
    };
  }
}

const NOTHING_YET: SearchOutcome = {
  points: [],
  bounds: { holds: null, fails: null },
  end: null,
  obstacle: null,
  error: null,
};

function cannotBegin(text: string): string {
  return `Cannot search as the dataset must be large enough for a probe: ` +
    text;
}

/** The end of a search, for people. */
export function endText({ saturation, folder }: SearchedWorkload): string {
  return `${answerText(saturation)}\nCurve: ${folder}/saturate.html, each ` +
    `probe's results in ${folder}/probes`;
}

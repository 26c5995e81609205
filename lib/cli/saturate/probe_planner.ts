/**
 * Plans probes before they run: their settings, their steps, and what stands
 * in the way. Nothing is opened.
 */
import { ConfigError } from "../../errors.ts";
import { formatBytes } from "../../bytes/sizes.ts";
import { locatedFileCount } from "../../config/file_count.ts";
import { countedSampleCount } from "../../config/sample_count.ts";
import type { Workload } from "../../config/workload.ts";
import { batchesAhead } from "../../engine/plan/make_run_plan.ts";
import {
  type DescribedRun,
  type DescribeOptions,
  describeRun,
} from "../../engine/plan/describe_run.ts";
import { hostNeedsOf } from "../../engine/plan/run_needs.ts";
import { type HostRoom, readHostRoom } from "../../host/host_room.ts";
import { meanSeconds } from "../../random/distribution.ts";
import type { Obstacle } from "../../saturate/find_saturation.ts";
import type { SearchQuantity } from "../../saturate/search_quantity.ts";
import {
  leastSteps,
  type SteadyParts,
  type SteadySteps,
  steadySteps,
} from "../../saturate/steady_steps.ts";
import type { Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import {
  loadWorkload,
  type RequestedWorkload,
} from "../line/workload_settings.ts";
import type { LocatedWorkload } from "../session/located_workload.ts";
import { type ProbeLine, probeLine } from "./probe_line.ts";

/** What all probes of a search have in common. */
export interface PlannerOptions {
  readonly line: CommandLine;
  readonly context: Context;
  readonly quantity: SearchQuantity;
  /** Of a search over a setting. */
  readonly accelerators: number;
  readonly dropsCaches: boolean;
  readonly probeSeconds: number;
  /** The dataset, with its files and samples counted. */
  readonly located: LocatedWorkload;
  readonly cluster: DescribeOptions["cluster"];
  /** @default {readHostRoom} */
  readonly hostRoom?: () => HostRoom;
}

/** A probe that can run. */
export interface PlannedProbe extends ProbeLine {
  readonly requested: RequestedWorkload;
  readonly steady: SteadySteps;
}

/** A probe that can run, or why it cannot. */
export type ProbePlan =
  | { readonly probe: PlannedProbe; readonly obstacle: null }
  | { readonly probe: null; readonly obstacle: Obstacle };

/** See the file header. */
export class ProbePlanner {
  readonly #options: PlannerOptions;

  constructor(options: PlannerOptions) {
    this.#options = options;
  }

  /**
   * Plans a probe.
   *
   * @param value The load.
   * @throws {ConfigError} If its settings cannot be used at all.
   */
  async plan(value: number): Promise<ProbePlan> {
    let described: DescribedRun;
    try {
      described = await this.#described(value);
    } catch (error) {
      const obstacle = error instanceof ConfigError
        ? this.#tooFewSamples(value)
        : null;
      if (obstacle === null) throw error;
      return { probe: null, obstacle };
    }
    const { workload, plan } = described;
    const parts = steadyParts(workload, this.#options.probeSeconds);
    const available = plan.training.train?.stepCount ?? 0;
    const steady = steadySteps(parts, available);
    if (steady === null) {
      const obstacle = tooFewSteps(workload, {
        accelerators: plan.ranks.total,
        parts,
        available,
      });
      return { probe: null, obstacle };
    }
    const line = this.#line(value, steady);
    const { hostRoom = readHostRoom } = this.#options;
    const obstacle = roomObstacle(described, hostRoom());
    return obstacle === null
      ? {
        probe: { ...line, requested: await this.#requested(line), steady },
        obstacle,
      }
      : { probe: null, obstacle };
  }

  #line(value: number, steady?: SteadySteps): ProbeLine {
    const { line, quantity, accelerators, dropsCaches } = this.#options;
    return probeLine(line, {
      quantity,
      value,
      accelerators,
      dropsCaches,
      ...(steady === undefined ? {} : { steady }),
    });
  }

  /** With the dataset as it was counted, which is the same for all. */
  async #requested({ line }: ProbeLine): Promise<RequestedWorkload> {
    const { context, located } = this.#options;
    const requested = await loadWorkload(line, context, { findsFiles: true });
    const { num_files_train, num_files_eval, num_samples_per_file } =
      located.requested.workload.dataset;
    const { workload } = requested;
    return {
      ...requested,
      workload: {
        ...workload,
        dataset: {
          ...workload.dataset,
          num_files_train,
          num_files_eval,
          num_samples_per_file,
        },
      },
    };
  }

  async #described(value: number): Promise<DescribedRun> {
    const { cluster, located } = this.#options;
    const { workload, accelerators } = await this.#requested(this.#line(value));
    return await describeRun(workload, {
      accelerators,
      cluster,
      randomSeed: 0,
      found: located.found,
    });
  }

  /** Where settings are refused that would do with fewer; null: another cause. */
  #tooFewSamples(value: number): Obstacle | null {
    const { quantity, located, probeSeconds } = this.#options;
    const { workload } = located.requested;
    const accelerators = quantity.setting === null
      ? value
      : this.#options.accelerators;
    const { num_files_train, num_samples_per_file } = workload.dataset;
    const samples = locatedFileCount(num_files_train) *
      countedSampleCount(num_samples_per_file);
    const parts = steadyParts(workload, probeSeconds);
    const available = Math.floor(
      samples / (accelerators * workload.reader.batch_size),
    );
    return available < leastSteps(parts)
      ? tooFewSteps(workload, { accelerators, parts, available })
      : null;
  }
}

function steadyParts(
  workload: Workload,
  probeSeconds: number,
): SteadyParts {
  const { train, output: { metric } } = workload;
  return {
    batchesAhead: batchesAhead(workload),
    computeSeconds: meanSeconds(train.computation_time),
    probeSeconds,
    excludeStartSteps: metric.exclude_start_steps,
    excludeEndSteps: metric.exclude_end_steps,
  };
}

/** The dataset must not change with the load, so it has to be large enough. */
function tooFewSteps(
  { dataset, reader, train }: Workload,
  { accelerators, parts, available }: {
    readonly accelerators: number;
    readonly parts: SteadyParts;
    readonly available: number;
  },
): Obstacle {
  const steps = leastSteps(parts);
  const { total_training_steps: mostSteps } = train;
  const files = Math.ceil(
    steps * reader.batch_size * accelerators /
      countedSampleCount(dataset.num_samples_per_file),
  );
  const remedy = mostSteps >= 0 && available >= mostSteps
    ? `train.total_training_steps = ${mostSteps} permits no more`
    : "the dataset has dataset.num_files_train = " +
      `${locatedFileCount(dataset.num_files_train)}, ${files} files are needed`;
  return {
    kind: "dataset",
    text: `with ${acceleratorText(accelerators)} an epoch has ${available} ` +
      `steps, and a probe needs ${steps} where readers may hold ` +
      `${parts.batchesAhead} batches ahead; ${remedy}`,
  };
}

/** Full memory, or too many threads; null: it fits. */
function roomObstacle(
  described: DescribedRun,
  room: HostRoom,
): Obstacle | null {
  const needs = hostNeedsOf(described);
  const who = acceleratorText(described.plan.ranks.total);
  const { memoryFreeBytes, threadsFree } = room;
  if (needs.memoryBytes > memoryFreeBytes.value) {
    return {
      kind: "memory",
      text: `${who} with ${needs.workers} threads would need about ` +
        `${formatBytes(needs.memoryBytes)} of memory, ` +
        `${formatBytes(memoryFreeBytes.value)} are free ` +
        `(${memoryFreeBytes.source})`,
    };
  }
  if (threadsFree !== null && needs.threads > threadsFree.value) {
    return {
      kind: "threads",
      text: `${who} would need ${needs.threads} threads, ` +
        `${threadsFree.source} allows ${threadsFree.value} more`,
    };
  }
  return null;
}

function acceleratorText(count: number): string {
  return `${count} accelerator${count === 1 ? "" : "s"}`;
}

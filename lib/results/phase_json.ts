/**
 * A phase's facts as plain data and back: an entry of `phases` in
 * `stoker.json` and a line of the journal. Nothing derived is read back.
 */
import { recordFromPlain, recordToPlain } from "./key_case.ts";
import type { PlainRecord } from "./key_case.ts";
import { histogramFromPlain, histogramToPlain } from "./histogram_json.ts";
import type { PlainHistogram } from "./histogram_json.ts";
import { MappedList } from "./mapped_list.ts";
import type { Operation } from "../metrics/operations.ts";
import type { PhaseKind } from "../metrics/phase_kinds.ts";
import { entryBounds } from "../metrics/step_entries.ts";
import type {
  PhaseStepTimes,
  StepEntries,
  StepExtremes,
} from "../metrics/step_entries.ts";
import { seriesFromPlain, seriesToPlain } from "./series_json.ts";
import type {
  BlockRecord,
  CacheDrop,
  CpuTime,
  DeviceIo,
  DeviceShortfall,
  EndpointRecord,
  HistogramCounts,
  HostCpu,
  IoEngine,
  Moment,
  OwnCpuTime,
  PhaseHostRecord,
  PhaseRecord,
  RankRecord,
  RoleTimes,
  WorkerRecord,
} from "../metrics/run_record.ts";

/** A list of numbers, before or after its way through JSON. */
type PlainNumbers = Float64Array | readonly number[];

/** A rank in `stoker.json`; per-step times in seconds. */
export interface PlainRank {
  readonly rank: number;
  readonly host: string;
  readonly step_count: number;
  readonly load_seconds: PlainNumbers;
  readonly compute_seconds: PlainNumbers;
  readonly step_seconds: PlainNumbers;
  readonly compute_requested_seconds: PlainNumbers;
  /** Of single steps; absent if each has an entry. */
  readonly step_extremes?: PlainRecord;
  readonly done_seconds: number;
  readonly blocks: readonly PlainRecord[];
}

/** An endpoint in `stoker.json`. */
type PlainEndpoint =
  & Omit<EndpointRecord, "latency">
  & { readonly latency: PlainHistogram };

/** Bytes of a device in `stoker.json`. */
type PlainDevice =
  & Omit<DeviceIo, "shortfall">
  & { readonly shortfall?: PlainRecord };

/** What one process and its host did, in `stoker.json`. */
export interface PlainHost {
  readonly host: string;
  readonly process: number;
  readonly device: PlainDevice;
  readonly cpu: PlainRecord;
  readonly host_cpu: PlainRecord;
  readonly own_cpus?: PlainRecord;
  readonly roles?: readonly PlainRecord[];
  readonly read_engine?: PlainRecord;
  readonly write_engine?: PlainRecord;
  readonly cache_drop?: PlainRecord;
}

/** A phase in `stoker.json`, without what is derived. */
export interface PlainPhase {
  readonly kind: PhaseKind;
  readonly epoch: number;
  readonly checkpoint: number;
  readonly complete: boolean;
  readonly start: PlainRecord;
  readonly end: PlainRecord;
  readonly duration_seconds: number;
  readonly batch_size: number;
  readonly planned_steps: number;
  readonly bytes_requested: number;
  readonly hosts: readonly PlainHost[];
  readonly series?: PlainRecord;
  readonly endpoints?: readonly PlainEndpoint[];
  /** Which steps share an entry of step times; absent: none do. */
  readonly step_entries?: PlainRecord;
  /** Of single steps of all ranks; absent if each has an entry. */
  readonly step_times?: Readonly<
    Record<keyof PhaseStepTimes, PlainHistogram>
  >;
  readonly ranks: Iterable<PlainRank>;
  readonly workers: Iterable<PlainRecord>;
  readonly histograms: Readonly<Partial<Record<Operation, PlainHistogram>>>;
}

/**
 * Turns a phase into plain data; step arrays are shared, not copied, ranks
 * and workers made one by one while they are written.
 *
 * @param phase The phase.
 * @returns What `jsonPieces` can write: `Float64Array`s for the step times,
 *   a `MappedList` where there are thousands of entries.
 */
export function phaseToPlain(phase: PhaseRecord): PlainPhase {
  const histograms: Partial<Record<Operation, PlainHistogram>> = {};
  for (const [operation, counts] of Object.entries(phase.latencies)) {
    histograms[operation as Operation] = histogramToPlain(counts);
  }
  return {
    kind: phase.kind,
    epoch: phase.epoch,
    checkpoint: phase.checkpoint,
    complete: phase.complete,
    start: recordToPlain(phase.start),
    end: recordToPlain(phase.end),
    duration_seconds: phase.durationSeconds,
    batch_size: phase.batchSize,
    planned_steps: phase.plannedSteps,
    bytes_requested: phase.bytesRequested,
    hosts: phase.hosts.map(hostToPlain),
    ...(phase.series === undefined
      ? {}
      : { series: seriesToPlain(phase.series) }),
    ...(phase.endpoints === undefined
      ? {}
      : { endpoints: phase.endpoints.map(endpointToPlain) }),
    ...stepsToPlain(phase),
    ranks: new MappedList(phase.ranks, rankToPlain),
    workers: new MappedList(phase.workers, recordToPlain),
    histograms,
  };
}

/**
 * Turns plain data back into a phase.
 *
 * @param plain What {@linkcode phaseToPlain} gave, perhaps through JSON.
 * @returns The same facts.
 */
export function phaseFromPlain(plain: PlainPhase): PhaseRecord {
  const latencies: Partial<Record<Operation, HistogramCounts>> = {};
  for (const [operation, histogram] of Object.entries(plain.histograms)) {
    latencies[operation as Operation] = histogramFromPlain(histogram);
  }
  return {
    kind: plain.kind,
    epoch: plain.epoch,
    checkpoint: plain.checkpoint,
    complete: plain.complete,
    start: recordFromPlain<Moment>(plain.start),
    end: recordFromPlain<Moment>(plain.end),
    durationSeconds: plain.duration_seconds,
    batchSize: plain.batch_size,
    plannedSteps: plain.planned_steps,
    bytesRequested: plain.bytes_requested,
    hosts: plain.hosts.map(hostFromPlain),
    ...(plain.series === undefined
      ? {}
      : { series: seriesFromPlain(plain.series) }),
    ...(plain.endpoints === undefined
      ? {}
      : { endpoints: plain.endpoints.map(endpointFromPlain) }),
    ...stepsFromPlain(plain),
    workers: Array.from(plain.workers, (w) => recordFromPlain<WorkerRecord>(w)),
    latencies,
  };
}

function stepsToPlain(
  { stepEntries, stepTimes }: PhaseRecord,
): Pick<PlainPhase, "step_entries" | "step_times"> {
  return {
    ...(stepEntries === undefined
      ? {}
      : { step_entries: recordToPlain(stepEntries) }),
    ...(stepTimes === undefined ? {} : {
      step_times: {
        load: histogramToPlain(stepTimes.load),
        compute: histogramToPlain(stepTimes.compute),
        step: histogramToPlain(stepTimes.step),
        requested: histogramToPlain(stepTimes.requested),
      },
    }),
  };
}

function stepsFromPlain(
  { step_entries, step_times, ranks }: PlainPhase,
): Pick<PhaseRecord, "ranks" | "stepEntries" | "stepTimes"> {
  if (step_entries === undefined) {
    return { ranks: Array.from(ranks, (rank) => rankFromPlain(rank)) };
  }
  const stepEntries = recordFromPlain<StepEntries>(step_entries);
  const bounds = entryBounds(stepEntries);
  return {
    ranks: Array.from(ranks, (rank) => rankFromPlain(rank, bounds)),
    stepEntries,
    ...(step_times === undefined ? {} : {
      stepTimes: {
        load: histogramFromPlain(step_times.load),
        compute: histogramFromPlain(step_times.compute),
        step: histogramFromPlain(step_times.step),
        requested: histogramFromPlain(step_times.requested),
      },
    }),
  };
}

function hostToPlain(record: PhaseHostRecord): PlainHost {
  const { host, process, device, cpu, hostCpu, ownCpus } = record;
  const { roles, readEngine, writeEngine, cacheDrop } = record;
  return {
    host,
    process,
    device: deviceToPlain(device),
    cpu: recordToPlain(cpu),
    host_cpu: recordToPlain(hostCpu),
    ...(ownCpus === undefined ? {} : { own_cpus: recordToPlain(ownCpus) }),
    ...(roles === undefined ? {} : { roles: roles.map(recordToPlain) }),
    ...(readEngine === undefined
      ? {}
      : { read_engine: recordToPlain(readEngine) }),
    ...(writeEngine === undefined
      ? {}
      : { write_engine: recordToPlain(writeEngine) }),
    ...(cacheDrop === undefined
      ? {}
      : { cache_drop: recordToPlain(cacheDrop) }),
  };
}

function hostFromPlain(plain: PlainHost): PhaseHostRecord {
  const { host, process, device, cpu, host_cpu, own_cpus } = plain;
  const { roles, read_engine, write_engine, cache_drop } = plain;
  return {
    host,
    process,
    device: deviceFromPlain(device),
    cpu: recordFromPlain<CpuTime>(cpu),
    hostCpu: recordFromPlain<HostCpu>(host_cpu),
    ...(own_cpus === undefined
      ? {}
      : { ownCpus: recordFromPlain<OwnCpuTime>(own_cpus) }),
    ...(roles === undefined ? {} : {
      roles: roles.map((times) => recordFromPlain<RoleTimes>(times)),
    }),
    ...(read_engine === undefined
      ? {}
      : { readEngine: recordFromPlain<IoEngine>(read_engine) }),
    ...(write_engine === undefined
      ? {}
      : { writeEngine: recordFromPlain<IoEngine>(write_engine) }),
    ...(cache_drop === undefined
      ? {}
      : { cacheDrop: recordFromPlain<CacheDrop>(cache_drop) }),
  };
}

function deviceToPlain({ shortfall, ...device }: DeviceIo): PlainDevice {
  return shortfall === undefined
    ? device
    : { ...device, shortfall: recordToPlain(shortfall) };
}

function deviceFromPlain({ shortfall, ...device }: PlainDevice): DeviceIo {
  return shortfall === undefined ? device : {
    ...device,
    shortfall: recordFromPlain<DeviceShortfall>(shortfall),
  };
}

function endpointToPlain(endpoint: EndpointRecord): PlainEndpoint {
  return { ...endpoint, latency: histogramToPlain(endpoint.latency) };
}

function endpointFromPlain(plain: PlainEndpoint): EndpointRecord {
  return { ...plain, latency: histogramFromPlain(plain.latency) };
}

function rankToPlain(rank: RankRecord): PlainRank {
  return {
    rank: rank.rank,
    host: rank.host,
    step_count: rank.stepCount,
    load_seconds: rank.loadSeconds,
    compute_seconds: rank.computeSeconds,
    step_seconds: rank.stepSeconds,
    compute_requested_seconds: rank.computeRequestedSeconds,
    ...(rank.stepExtremes === undefined
      ? {}
      : { step_extremes: recordToPlain(rank.stepExtremes) }),
    done_seconds: rank.doneSeconds,
    blocks: rank.blocks.map(recordToPlain),
  };
}

function rankFromPlain(plain: PlainRank, bounds?: Float64Array): RankRecord {
  const { step_extremes } = plain;
  return {
    rank: plain.rank,
    host: plain.host,
    stepCount: plain.step_count,
    ...(bounds === undefined ? {} : { entryBounds: bounds }),
    ...(step_extremes === undefined
      ? {}
      : { stepExtremes: recordFromPlain<StepExtremes>(step_extremes) }),
    loadSeconds: Float64Array.from(plain.load_seconds),
    computeSeconds: Float64Array.from(plain.compute_seconds),
    stepSeconds: Float64Array.from(plain.step_seconds),
    computeRequestedSeconds: Float64Array.from(plain.compute_requested_seconds),
    doneSeconds: plain.done_seconds,
    blocks: plain.blocks.map((b) => recordFromPlain<BlockRecord>(b)),
  };
}

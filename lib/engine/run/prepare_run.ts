/**
 * The one way to prepare a run:
 *
 *    settings -> described (pure) -> storages connected -> PreparedRun
 *
 * Every command that touches a dataset or checkpoints starts here. The main
 * thread connects each storage once, hands it to whatever needs it, and
 * closes it at the end, however the run ends.
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import type { Workload } from "../../config/workload.ts";
import type { Format } from "../../formats/format.ts";
import type { Storage, StorageSettings } from "../../storage/storage.ts";
import type { DescribedDataset } from "../plan/describe_dataset.ts";
import {
  type DescribedRun,
  type DescribeOptions,
  describeRun,
} from "../plan/describe_run.ts";
import { hostCallsOf } from "../files/threaded_storage.ts";
import { throwIfAborted } from "./abort_error.ts";
import { during } from "./during.ts";
import { deviceQueues, type QueueOf } from "./io_depth.ts";
import { foldersWithQueues, withIoEngine } from "./io_engine.ts";
import {
  type ConnectStorage,
  StorageConnections,
} from "./storage_connections.ts";
import type { WaitHooks } from "./wait.ts";

/** A dataset, and what it is read and written with. */
export interface PreparedDataset {
  readonly dataset: DescribedDataset;
  readonly format: Format;
  readonly storage: Storage;
}

/** Checkpoints, and what they are read and written with. */
export interface PreparedCheckpoints {
  readonly plan: CheckpointPlan;
  /** The dataset's own connection where the settings are the same. */
  readonly storage: Storage;
}

/** A run that can begin. Whoever prepared it closes it. */
export interface PreparedRun
  extends
    PreparedDataset,
    Omit<DescribedRun, "checkpointPlan" | keyof PreparedDataset>,
    AsyncDisposable {
  /** Null: nothing is saved or loaded. */
  readonly checkpoints: PreparedCheckpoints | null;
  /** Closes every storage; a second call does nothing. */
  close(): Promise<void>;
}

/** Arguments of {@linkcode prepareRun} beside the settings. */
export interface PrepareOptions extends DescribeOptions {
  /** Aborting ends the preparation with its reason. */
  readonly signal: AbortSignal;
  /**
   * Longest wait for a small file, in milliseconds.
   * @default {60000}
   */
  readonly stallTimeoutMs?: number;
  /** Hears what is waited for. */
  readonly onWait?: WaitHooks["onWait"];
  /** How the main thread connects; absent: as `storage_connections.ts` says. */
  readonly connect?: ConnectStorage;
}

/**
 * Prepares a run. Nothing is read or written yet.
 *
 * @param workload The settings; `workflow` says what the run is made of.
 * @param options Who runs it, and the signal that stops it.
 * @throws {ConfigError} If the settings cannot be used.
 * @throws {StokerError} The signal's reason, if it was aborted.
 */
export async function prepareRun(
  workload: Workload,
  options: PrepareOptions,
): Promise<PreparedRun> {
  const run = await describeRun(workload, options);
  const { signal, stallTimeoutMs, connect } = options;
  const connections = new StorageConnections({
    signal,
    connect,
    ...(stallTimeoutMs === undefined
      ? {}
      : { answerTimeoutMs: stallTimeoutMs }),
  });
  const close = () => Promise.resolve(connections.close());
  try {
    throwIfAborted(signal);
    const storage = await connections.connect(run.dataset.dataset.storage);
    throwIfAborted(signal);
    const ofCheckpoints = run.checkpointPlan === null
      ? null
      : await connections.connect(run.checkpointPlan.storage);
    const queueOf = await queuesOf(run, storage, options);
    const { checkpointPlan, ...described } = withIoEngine(run, { queueOf });
    const checkpoints = checkpointPlan === null || ofCheckpoints === null
      ? null
      : { plan: checkpointPlan, storage: ofCheckpoints };
    return {
      ...described,
      storage,
      checkpoints,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Queues of the devices that decide how many requests are in flight. */
function queuesOf(
  run: DescribedRun,
  storage: Storage,
  { signal, stallTimeoutMs = Infinity, onWait }: PrepareOptions,
): Promise<QueueOf> {
  const calls = hostCallsOf(storage);
  const hooks = {
    signal,
    stallTimeoutMs,
    ...(onWait === undefined ? {} : { onWait }),
  };
  return deviceQueues(foldersWithQueues(run), (folder) =>
    during(
      hooks,
      `waiting for the storage of "${folder}" to answer`,
      async () => await calls.deviceQueue(folder),
    ));
}

/**
 * Looks at a storage before a run is prepared: its settings may say "all files
 * that are there", and a plan needs the number.
 *
 * @param settings What is connected, and closed at the end.
 * @param options The signal that stops it.
 * @param look What is done with it.
 * @returns What `look` returned.
 * @throws {ConfigError} If the settings cannot be used.
 */
export async function withStorage<T>(
  settings: StorageSettings,
  { signal, connect }: Pick<PrepareOptions, "signal" | "connect">,
  look: (storage: Storage) => Promise<T>,
): Promise<T> {
  const connections = new StorageConnections({ signal, connect });
  try {
    return await look(await connections.connect(settings));
  } finally {
    connections.close();
  }
}

/**
 * Connects a worker to a storage: its requests are counted in its row and
 * end when the run is stopped.
 */
import type {
  RequestObserver,
  Storage,
  StorageSettings,
} from "../../storage/storage.ts";
import { loadKind } from "../../storage/load_kind.ts";
import { connectStorage } from "../plan/connect_storage.ts";
import type { Region } from "./region.ts";
import { isPoisoned } from "./thread_sync.ts";

/** Time between two looks at whether the run is being stopped. */
const LOOK_MS = 50;

/** Connects. @param who Its global rank and its number there. */
export async function connectWorker(
  settings: StorageSettings,
  worker: { readonly region: Region; readonly meter: RequestObserver },
  who: { readonly rank: number; readonly thread: number },
): Promise<Storage> {
  const kind = await loadKind(settings.kind);
  const endpoints = kind.endpoints?.(settings) ?? [];
  if (endpoints.length === 0) {
    return await connectStorage(settings, { pace: worker.region.pace });
  }
  return await connectStorage(settings, {
    ...who,
    observer: worker.meter,
    signal: stopSignal(worker.region),
  });
}

/** Aborts when the run is being stopped. */
function stopSignal(region: Region): AbortSignal {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (!isPoisoned(region)) return;
    clearInterval(timer);
    controller.abort();
  }, LOOK_MS);
  return controller.signal;
}

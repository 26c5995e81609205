/**
 * Connects to AIStore with its own requests.
 */
import {
  connectObjects,
  type ObjectDialect,
  preflightObjects,
  type PreflightPlace,
} from "../objects/object_storage.ts";
import type { ConnectOptions, Storage } from "../storage.ts";
import { aistoreClients } from "./aistore_client.ts";
import type { AistoreSettings } from "./aistore_settings.ts";

/** Connects. */
export function connectAistore(
  settings: AistoreSettings,
  options: ConnectOptions,
): Promise<Storage> {
  return connectObjects(dialectOf(settings), settings, options);
}

/** Tries what a run will do in a folder at every endpoint. */
export async function preflightAistore(
  settings: AistoreSettings,
  place: PreflightPlace,
): Promise<void> {
  await preflightObjects(dialectOf(settings), settings, place);
}

function dialectOf(settings: AistoreSettings): ObjectDialect {
  return {
    create: aistoreClients(settings),
    scheme: "ais",
    title: "AIStore",
    maxParts: Infinity,
  };
}

/**
 * Connects to S3 with the client library of the settings.
 */
import type { ConnectOptions, Storage } from "../storage.ts";
import {
  connectObjects,
  type ObjectDialect,
  preflightObjects,
  type PreflightPlace,
} from "../objects/object_storage.ts";
import { CLIENT_LIBRARIES } from "./client_libraries.ts";
import type { S3Settings } from "./s3_settings.ts";

/** Parts of one upload; S3 takes no more. */
const MAX_PARTS = 10_000;

/** Connects; the client library is loaded before. */
export async function connectS3(
  settings: S3Settings,
  options: ConnectOptions,
): Promise<Storage> {
  return connectObjects(await dialectOf(settings), settings, options);
}

/** Tries what a run will do in a folder at every endpoint. */
export async function preflightS3(
  settings: S3Settings,
  place: PreflightPlace,
): Promise<void> {
  await preflightObjects(await dialectOf(settings), settings, place);
}

async function dialectOf(settings: S3Settings): Promise<ObjectDialect> {
  const { library, region, accessKeyId, secretAccessKey, sessionToken } =
    settings;
  const createClient = await CLIENT_LIBRARIES[library]?.load();
  if (createClient === undefined) throw new Error(`no library ${library}`);
  const { pathStyle } = settings;
  const identity = {
    region,
    accessKeyId,
    secretAccessKey,
    sessionToken,
    pathStyle,
  };
  return {
    create: (place) => createClient({ ...identity, ...place }),
    scheme: "s3",
    title: `S3, ${library}`,
    maxParts: MAX_PARTS,
  };
}

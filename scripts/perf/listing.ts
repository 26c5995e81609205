/**
 * Listing a million files and dealing them out, in a process of its own: time
 * against a loop that only reads the folders, and the memory that it took.
 */
import { inTempFolder } from "./engine_run.ts";
import type { Measure, Measured } from "./measure.ts";

const FILE_COUNT = 1_000_000;
const FOLDER_COUNT = 1000;

/** What `listing_process.ts` prints. */
export interface ListingFigures {
  readonly seconds: number;
  readonly plainSeconds: number;
  readonly memoryMb: number;
  readonly bytesPerName: number;
}

/** Rows "listing.*"; files are made once for both. */
export const measures: readonly Measure[] = [
  { id: "listing.local", run: async () => timeOf(await figures()) },
  { id: "listing.memory", run: async () => memoryOf(await figures()) },
];

let known: Promise<ListingFigures> | undefined;

function figures(): Promise<ListingFigures> {
  return known ??= inTempFolder(measure);
}

function timeOf({ seconds, plainSeconds }: ListingFigures): Measured {
  return { value: seconds, unit: "s", limit: plainSeconds };
}

function memoryOf({ memoryMb }: ListingFigures): Measured {
  return { value: memoryMb, unit: "MB", limit: null };
}

async function measure(folder: string): Promise<ListingFigures> {
  makeFiles(folder);
  const script = new URL("./listing_process.ts", import.meta.url).pathname;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", "--allow-ffi", "--allow-sys", script, folder],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("listing_process.ts failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Named as ImageNet: no name follows DLIO's pattern. */
function makeFiles(folder: string): void {
  const perFolder = FILE_COUNT / FOLDER_COUNT;
  for (let sub = 0; sub < FOLDER_COUNT; sub++) {
    const wnid = `n${String(1440764 + 997 * sub).padStart(8, "0")}`;
    const path = `${folder}/train/${wnid}`;
    Deno.mkdirSync(path, { recursive: true });
    for (let i = 0; i < perFolder; i++) {
      Deno.createSync(`${path}/${wnid}_${(i * 7919) % 65536}.JPEG`).close();
    }
  }
}

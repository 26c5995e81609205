/**
 * Lists the files of a folder with Stoker and with a plain loop, and prints
 * what both took; started by `listing.ts`.
 */
import { FileEndings } from "../../lib/engine/dataset/file_endings.ts";
import { findDataset } from "../../lib/engine/dataset/find_dataset.ts";
import { jpeg } from "../../lib/formats/jpeg.ts";
import { readSystemFile } from "../../lib/host/system_file.ts";
import { EpochOrder } from "../../lib/sampling/epoch_order.ts";
import { nameAt, tableBytes } from "../../lib/sampling/name_table.ts";
import { planShards } from "../../lib/sampling/shard.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import { printLine } from "../terminal.ts";
import type { ListingFigures } from "./listing.ts";
import { secondsOf } from "./measure.ts";

const ACCELERATORS = 8;
const [folder = ""] = Deno.args;

// The folders themselves are then in memory for both.
plainLoop();
const plainSeconds = secondsOf(plainLoop);
const before = peakBytes();
const startMs = performance.now();
const names = await listAndShard();
const figures: ListingFigures = {
  plainSeconds,
  seconds: (performance.now() - startMs) / 1000,
  memoryMb: (peakBytes() - before) / 1e6,
  bytesPerName: tableBytes(names) / names.nameCount,
};
printLine(JSON.stringify(figures));

async function listAndShard() {
  const { train } = await findDataset(new LocalStorage(""), {
    folder,
    endings: new FileEndings(jpeg, jpeg.name),
    train: {
      wanted: "all",
      named: null,
      naming: {
        split: "train",
        prefix: "img",
        fileCount: 1,
        subfolderCount: 0,
        extension: jpeg.name,
      },
    },
    valid: null,
  });
  if (train === null) throw new Error(`there are no files in ${folder}`);
  const { names } = train;
  const shard = planShards(names.nameCount, ACCELERATORS, 1);
  const order = new EpochOrder({
    fileCount: names.nameCount,
    samplesPerFile: 1,
    fileSeed: 1,
    sampleSeed: null,
    changesWithEpoch: true,
  });
  order.begin(1);
  // The share of one accelerator by name, as its readers ask for it.
  for (let i = 0; i < shard.samplesPerAccelerator; i++) {
    nameAt(names, order.fileAt(i));
  }
  return names;
}

function plainLoop(): void {
  const split = `${folder}/train`;
  for (const { name } of Deno.readDirSync(split)) {
    for (const _entry of Deno.readDirSync(`${split}/${name}`));
  }
}

/** Most memory that this process has had so far. */
function peakBytes(): number {
  const { value } = readSystemFile("/proc/self/status");
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(value ?? "")?.[1] ?? NaN);
}

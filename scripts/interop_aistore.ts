/**
 * The AIStore part of the interop suite: NVIDIA's own client and Stoker at one
 * cluster, each reading what the other wrote; then every format and a
 * checkpoint.
 *
 * The cluster is `fake_aistore.ts`: AIStore's server could not be built where
 * this was written, and what NVIDIA's client accepts is as near as it gets.
 */
import { createHash } from "node:crypto";
import { FORMATS } from "../lib/formats/registry.ts";
import { aistoreKind } from "../lib/storage/aistore/aistore.ts";
import { listMessage } from "../lib/storage/aistore/listing.ts";
import {
  type FakeCluster,
  startFakeAistore,
} from "../tests/storage/aistore/fake_aistore.ts";
import { contentOf } from "../tests/storage/storage_contract.ts";
import { checkCheckpoint, checkDataset } from "./interop/dataset_checks.ts";
import { preparePython } from "./interop/python_environment.ts";
import { printLine, printProblem } from "./terminal.ts";

const FOLDER = new URL("../tests/interop/", import.meta.url).pathname;
const BUCKET = "interop";
const MIB = 2 ** 20;
/** Bytes of what Stoker writes; the last one is appended in parts. */
const SIZES = [0, 1, 70_000, 11 * MIB + 5];
/** Above 5 MiB Stoker appends. */
const PARTS = {
  multipart_threshold: 5 * 2 ** 20,
  multipart_part_size: 5 * 2 ** 20,
};

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

interface SdkOutput {
  readonly entries: readonly Entry[];
  readonly listFlags: number;
}

function entryOf(name: string, content: Uint8Array): Entry {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { name, bytes: content.length, sha256 };
}

function settingsFor({ endpoint }: FakeCluster, folder: string): string[] {
  const options = "storage.storage_options";
  return [
    "storage.storage_type=aistore",
    `storage.storage_root=${BUCKET}`,
    `dataset.data_folder=${folder}`,
    `checkpoint.checkpoint_folder=${folder}/checkpoints`,
    `${options}.endpoint_url=${endpoint}`,
    ...Object.entries(PARTS).map(([key, value]) =>
      `${options}.${key}=${value}`
    ),
  ];
}

async function runSdk(python: string, args: string[]): Promise<SdkOutput> {
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: [`${FOLDER}aistore_sdk.py`, ...args],
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  }).output();
  const [out, problem] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  if (!success) throw new Error(problem);
  return JSON.parse(out ?? "");
}

function compare(got: readonly Entry[], wanted: readonly Entry[]): void {
  const [one, other] = [got, wanted].map((entries) => JSON.stringify(entries));
  if (one !== other) throw new Error(`got ${one}, wanted ${other}`);
}

async function connect({ endpoint }: FakeCluster) {
  return await aistoreKind.connect({
    kind: "aistore",
    root: BUCKET,
    options: { endpoint_url: endpoint, ...PARTS },
  });
}

/** Stoker reads, lists and measures what NVIDIA's client wrote. */
async function checkSdkWrites(
  cluster: FakeCluster,
  python: string,
): Promise<void> {
  const args = ["write", cluster.endpoint, BUCKET];
  const { entries, listFlags } = await runSdk(python, args);
  const storage = await connect(cluster);
  const got: Entry[] = [];
  for (const { name } of entries) {
    const file = await storage.open(name);
    const content = new Uint8Array(file.byteLength);
    await file.readInto(content, 0);
    got.push(entryOf(name, content));
  }
  compare(got, entries);
  const names: string[] = [];
  for await (const { name } of storage.list("sdk")) names.push(`sdk/${name}`);
  const wanted = entries.map(({ name }) => name).sort();
  if (names.sort().join() !== wanted.join()) {
    throw new Error(`listed ${names.join(", ")}`);
  }
  const { value } = JSON.parse(listMessage("", { token: null, maxKeys: 1 }));
  if (value.flags !== `${listFlags}`) {
    throw new Error(`flags ${value.flags} of a listing, not ${listFlags}`);
  }
  storage.close?.();
}

/** NVIDIA's client reads and removes what Stoker wrote. */
async function checkSdkReads(
  cluster: FakeCluster,
  python: string,
): Promise<void> {
  const storage = await connect(cluster);
  const wanted: Entry[] = [];
  for (const byteCount of SIZES) {
    const name = `stoker/${byteCount}`;
    const content = contentOf(byteCount);
    const writer = await storage.create(name, {
      expectedBytes: byteCount,
      atomic: true,
      fsync: false,
    });
    await writer.write(content);
    await writer.commit();
    wanted.push(entryOf(name, content));
    if (byteCount >= 100) {
      wanted.push(entryOf(`${name}#range`, content.subarray(10, 100)));
    }
  }
  const names = SIZES.map((byteCount) => `stoker/${byteCount}`);
  const args = ["read", cluster.endpoint, BUCKET, ...names];
  compare((await runSdk(python, args)).entries, wanted);
  for (const name of names) {
    if (await storage.sizeOf(name) !== null) throw new Error(`${name} is left`);
  }
  storage.close?.();
}

/**
 * Runs the suite.
 *
 * @param cacheFolder Where NVIDIA's client is installed.
 * @returns Checks that passed and failed.
 */
export async function runAistoreSuite(
  cacheFolder: string,
): Promise<{ passed: number; failed: number }> {
  const requirements = `${FOLDER}aistore_requirements.txt`;
  const python = await preparePython(
    `${cacheFolder}/aistore-venv`,
    requirements,
  );
  const cluster = await startFakeAistore();
  cluster.takesBodies = true;
  const checks: [string, () => Promise<void>][] = [
    ["Stoker reads what the SDK wrote", () => checkSdkWrites(cluster, python)],
    ["the SDK reads what Stoker wrote", () => checkSdkReads(cluster, python)],
    ...Object.keys(FORMATS).map((format): [string, () => Promise<void>] => [
      format,
      () => checkDataset(settingsFor(cluster, `data/${format}`), format),
    ]),
    ["checkpoint", () => checkCheckpoint(settingsFor(cluster, "checkpoints"))],
  ];
  const total = { passed: 0, failed: 0 };
  try {
    for (const [title, act] of checks) {
      try {
        await act();
        total.passed++;
      } catch (error) {
        total.failed++;
        const reason = error instanceof Error ? error.message : String(error);
        printProblem(`aistore, ${title}: ${reason}`);
      }
    }
  } finally {
    await cluster.stop();
  }
  printLine(
    `${total.failed === 0 ? "ok    " : "FAILED"}  aistore, NVIDIA's SDK and ` +
      `every format: ${total.passed} passed, ${total.failed} failed`,
  );
  return total;
}

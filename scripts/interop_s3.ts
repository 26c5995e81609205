/**
 * The S3 part of the interop suite: real servers, every client library,
 * every format.
 *
 *    generate → train → evaluate → verify every byte → save, load, verify a
 *    checkpoint → give up an upload; no upload may be left
 *
 * Then one run from the command line for each library, whose output and
 * results folder are searched for the secret key, and, where names can be
 * resolved for it, one in virtual-host style.
 */
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { connectStorage } from "../lib/engine/plan/connect_storage.ts";
import { storageSettings } from "../lib/engine/plan/describe_dataset.ts";
import { FORMATS } from "../lib/formats/registry.ts";
import { checkCheckpoint, checkDataset } from "./interop/dataset_checks.ts";
import { workloadOf } from "./perf/engine_run.ts";
import {
  BUCKET,
  CREDENTIALS,
  type InteropServer,
  startMoto,
  startVersitygw,
} from "./interop/s3_servers.ts";
import {
  checkVirtualHost,
  virtualHostProblem,
} from "./interop/virtual_host.ts";
import { printLine, printProblem } from "./terminal.ts";

const LIBRARIES = ["fetch", "aws-sdk", "minio"] as const;
const SERVERS = { moto_server: startMoto, versitygw: startVersitygw };
const MIB = 2 ** 20;

/**
 * minio-js looks for `CompleteMultipartUploadResult`, as S3 answers; moto
 * calls it `CompleteMultipartUploadResponse`. The two cannot do an upload of
 * parts together, so there objects are written whole.
 */
function thresholdFor({ name }: InteropServer, library: string): string {
  return name === "moto_server" && library === "minio" ? "64MiB" : "5MiB";
}

function settingsFor(
  server: InteropServer,
  library: string,
  folder: string,
): string[] {
  const options = "storage.storage_options";
  const { endpoint } = server;
  return [
    "storage.storage_type=s3",
    `storage.storage_root=${BUCKET}`,
    `dataset.data_folder=${folder}`,
    `checkpoint.checkpoint_folder=${folder}/checkpoints`,
    `${options}.storage_library=${library}`,
    `${options}.endpoint_url=${endpoint}`,
    `${options}.access_key_id=${CREDENTIALS.accessKeyId}`,
    `${options}.secret_access_key=${CREDENTIALS.secretAccessKey}`,
    `${options}.multipart_threshold=${thresholdFor(server, library)}`,
    `${options}.multipart_part_size=5MiB`,
    `${options}.verify=checksum`,
  ];
}

async function checkCheckpoints(
  server: InteropServer,
  library: string,
): Promise<void> {
  await checkCheckpoint(
    settingsFor(server, library, `checkpoints/${library}`),
  );
}

/** Gives up an upload after two parts; none may be left on the server. */
async function checkUploads(
  server: InteropServer,
  library: string,
): Promise<void> {
  const storage = await connectStorage(
    storageSettings(workloadOf(settingsFor(server, library, "uploads"))),
  );
  const writer = await storage.create("uploads/given-up", {
    expectedBytes: null,
    atomic: true,
    fsync: false,
  });
  await writer.write(new Uint8Array(12 * MIB));
  await writer.abort();
  storage.close?.();
  const client = new S3Client({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  const { Uploads = [] } = await client.send(
    new ListMultipartUploadsCommand({ Bucket: BUCKET }),
  );
  client.destroy();
  if (Uploads.length > 0) throw new Error(`${Uploads.length} uploads are left`);
}

/** Runs the command line and searches everything for the secret. */
async function checkSecrets(
  server: InteropServer,
  library: string,
): Promise<void> {
  const results = await Deno.makeTempDir({ prefix: "stoker_interop_" });
  try {
    const { stdout, stderr, success } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [
          "task",
          "--quiet",
          "stoker",
          "run",
          "-v",
          "--no-progress",
          "--data",
          `s3://${BUCKET}/data/cli-${library}`,
          "--results",
          results,
          "framework=pytorch",
          "workflow.generate_data=true",
          "dataset.num_files_train=8",
          `storage.storage_options.storage_library=${library}`,
          `storage.storage_options.endpoint_url=${server.endpoint}`,
        ],
        env: {
          AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
          AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        },
      },
    ).output();
    const text = [stdout, stderr]
      .map((bytes) => new TextDecoder().decode(bytes)).join("\n");
    if (!success) throw new Error(text);
    const places = text.includes(CREDENTIALS.secretAccessKey) ? ["output"] : [];
    for (const path of filesIn(results)) {
      const content = await Deno.readTextFile(path);
      if (content.includes(CREDENTIALS.secretAccessKey)) places.push(path);
    }
    if (places.length > 0) throw new Error(`secret in ${places.join(", ")}`);
  } finally {
    // A run that measured nothing has taken its folder away.
    await Deno.remove(results, { recursive: true }).catch(() => {});
  }
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* filesIn(path);
    else yield path;
  }
}

/**
 * Runs the suite against every server that can be had.
 *
 * @param cacheFolder Where servers are installed.
 * @returns Checks that passed and failed.
 */
export async function runS3Suite(
  cacheFolder: string,
): Promise<{ passed: number; failed: number }> {
  const total = { passed: 0, failed: 0 };
  const check = async (title: string, act: () => Promise<void>) => {
    try {
      await act();
      total.passed++;
    } catch (error) {
      total.failed++;
      printProblem(
        `${title}: ${error instanceof Error ? error.message : error}`,
      );
    }
  };
  const noHosts = await virtualHostProblem();
  if (noHosts !== null) printLine(`virtual hosts are not checked: ${noHosts}`);
  let serverCount = 0;
  for (const [name, startServer] of Object.entries(SERVERS)) {
    let server: InteropServer;
    try {
      server = await startServer(cacheFolder);
    } catch (error) {
      printProblem(`${name} cannot be had: ${String(error)}`);
      continue;
    }
    await using running = server;
    serverCount++;
    for (const library of LIBRARIES) {
      const before = { ...total };
      for (const format of Object.keys(FORMATS)) {
        await check(
          `${name}, ${library}, ${format}`,
          () =>
            checkDataset(
              settingsFor(running, library, `data/${library}/${format}`),
              format,
            ),
        );
      }
      const each = {
        checkCheckpoints,
        checkUploads,
        checkSecrets,
        ...(running.knowsVirtualHosts && noHosts === null
          ? { checkVirtualHost }
          : {}),
      };
      for (const [title, act] of Object.entries(each)) {
        await check(
          `${name}, ${library}, ${title}`,
          () => act(running, library),
        );
      }
      printLine(
        `${total.failed === before.failed ? "ok    " : "FAILED"}  ${name}, ` +
          `${library}: ${total.passed - before.passed} passed, ` +
          `${total.failed - before.failed} failed`,
      );
    }
  }
  // A suite that met no server has checked nothing.
  if (serverCount === 0) total.failed++;
  return total;
}

/**
 * What `test_binary.ts` asks of the executable's S3: every client library
 * generates, trains, verifies and saves and loads a checkpoint, in parts.
 */
import type { TestServer } from "../tests/storage/s3/s3rver_server.ts";

const LIBRARIES = ["fetch", "aws-sdk", "minio"];

const DATASET = [
  "dataset.num_files_train=8",
  "dataset.num_files_eval=2",
  "dataset.record_length_bytes=64KiB",
  "train.epochs=1",
  "train.computation_time=0.001",
];

const CHECKPOINT = [
  "workflow.generate_data=false",
  "workflow.train=false",
  "workflow.evaluation=false",
  "workflow.checkpoint=true",
  "checkpoint.num_checkpoints_write=1",
  "checkpoint.num_checkpoints_read=1",
  "checkpoint.verify=true",
  "model.model_size_bytes=12MiB",
];

/** The server in a process of its own. */
export interface S3Server extends AsyncDisposable {
  readonly facts: Omit<TestServer, "stop">;
}

/** One use of the executable, as `test_binary.ts` has them. */
interface S3Use {
  readonly args: readonly string[];
  readonly stdout?: RegExp;
  readonly stderr?: RegExp;
}

/** Starts s3rver. */
export async function startS3Server(): Promise<S3Server> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-all",
      new URL("binary_s3_server.ts", import.meta.url).pathname,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.getReader();
  const { value } = await reader.read();
  return {
    facts: JSON.parse(new TextDecoder().decode(value)),
    async [Symbol.asyncDispose]() {
      await reader.cancel();
      await process.stdin.close();
      await process.status;
    },
  };
}

/**
 * The uses of all libraries.
 *
 * @param folder Where results go.
 */
export function s3UsesOf(folder: string, { facts }: S3Server): S3Use[] {
  return LIBRARIES.flatMap((library) => {
    const place = [`--data=s3://${facts.bucket}/${library}`];
    const settings = Object.entries({
      storage_library: library,
      endpoint_url: facts.endpoint,
      access_key_id: facts.accessKeyId,
      secret_access_key: facts.secretAccessKey,
      multipart_threshold: "5MiB",
      multipart_part_size: "5MiB",
    }).map(([key, value]) => `storage.storage_options.${key}=${value}`);
    const results = `--results=${folder}/s3_${library}`;
    return [
      {
        args: ["run", "quick", ...place, results, ...DATASET, ...settings],
        stdout: /^\[STOKER\] Endpoint http.* 0 retries, 0 errors/m,
      },
      {
        args: ["verify", "quick", ...place, ...DATASET, ...settings],
        stdout: /0 of 10 files damaged/,
      },
      {
        args: [
          "run",
          "quick",
          ...place,
          `${results}_checkpoint`,
          `checkpoint.checkpoint_folder=${library}/checkpoints`,
          ...CHECKPOINT,
          ...settings,
        ],
        stderr: /^load checkpoint 1 of 1/m,
      },
    ];
  });
}

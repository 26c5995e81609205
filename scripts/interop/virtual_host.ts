/**
 * Virtual-host style against a real server: the bucket stands in front of the
 * host, `http://bucket.s3.test:port/key`.
 *
 * Such names have to be resolved, so Stoker runs as a child with an
 * `/etc/hosts` of its own, bound over the system's in a private mount
 * namespace. That file has the bucket's host and not the endpoint's: a
 * request in path style finds no server.
 */
import {
  BUCKET,
  CREDENTIALS,
  type InteropServer,
  VIRTUAL_DOMAIN,
} from "./s3_servers.ts";

/** Binds the file $1 over /etc/hosts and becomes the rest. */
const WITH_HOSTS = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';

/** @returns Why names cannot be resolved here; null if they can. */
export async function virtualHostProblem(): Promise<string | null> {
  try {
    const { success, stderr } = await withHosts(["true"], {});
    return success ? null : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Generates, verifies and trains from the command line.
 *
 * @throws {Error} With what the command that failed said.
 */
export async function checkVirtualHost(
  { endpoint }: InteropServer,
  library: string,
): Promise<void> {
  const results = await Deno.makeTempDir({ prefix: "stoker_interop_" });
  const options = "storage.storage_options";
  const settings = [
    "--no-progress",
    "--data",
    `s3://${BUCKET}/virtual-host/${library}`,
    "framework=pytorch",
    "dataset.num_files_train=8",
    "dataset.num_files_eval=0",
    "workflow.evaluation=false",
    `${options}.storage_library=${library}`,
    `${options}.endpoint_url=http://${VIRTUAL_DOMAIN}:${
      new URL(endpoint).port
    }`,
    `${options}.s3_force_path_style=false`,
    // Uploads of parts have queries, which are signed as well.
    `dataset.record_length_bytes=${6 * 2 ** 20}`,
    `${options}.multipart_part_size=5MiB`,
    `${options}.multipart_threshold=5MiB`,
  ];
  try {
    for (
      const command of [
        ["generate"],
        ["verify"],
        ["run", "--results", `${results}/run`, "workflow.generate_data=false"],
      ]
    ) {
      const { success, stdout, stderr } = await withHosts(
        [Deno.execPath(), "task", "--quiet", "stoker", ...command, ...settings],
        {
          AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
          AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        },
      );
      if (success) continue;
      const text = new TextDecoder();
      throw new Error(
        `${command[0]}: ${text.decode(stdout)}${text.decode(stderr)}`,
      );
    }
  } finally {
    await Deno.remove(results, { recursive: true });
  }
}

async function withHosts(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Deno.CommandOutput> {
  const hosts = await Deno.makeTempFile({ prefix: "stoker_hosts_" });
  try {
    await Deno.writeTextFile(
      hosts,
      `127.0.0.1 localhost\n127.0.0.1 ${BUCKET}.${VIRTUAL_DOMAIN}\n`,
    );
    return await new Deno.Command("unshare", {
      args: ["--mount", "sh", "-c", WITH_HOSTS, "sh", hosts, ...command],
      env,
    }).output();
  } finally {
    await Deno.remove(hosts);
  }
}

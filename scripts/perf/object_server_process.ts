/**
 * Runs `object_server.ts` as a process of its own.
 */

/** The server, until it is disposed of. */
export interface ObjectServer extends AsyncDisposable {
  readonly endpoint: string;
}

/** Starts the server on a free port. */
export async function startObjectServer(): Promise<ObjectServer> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-net=127.0.0.1",
      new URL("./object_server.ts", import.meta.url).pathname,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.getReader();
  const { value } = await reader.read();
  const port = new TextDecoder().decode(value).trim();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await reader.cancel();
      process.kill();
      await process.status;
    },
  };
}

/**
 * The object store that `test_binary.ts` lets the executable use: s3rver, in
 * a process of its own. Prints its address as one line of JSON and serves
 * until its stdin ends.
 */
import { startS3rver } from "../tests/storage/s3/s3rver_server.ts";
import { printLine } from "./terminal.ts";

const server = await startS3rver();
const { endpoint, bucket, accessKeyId, secretAccessKey } = server;
printLine(
  JSON.stringify({ endpoint, bucket, accessKeyId, secretAccessKey }),
);
for await (const _ of Deno.stdin.readable);
await server.stop();

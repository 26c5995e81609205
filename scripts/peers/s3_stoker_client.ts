/**
 * Reads objects through Stoker's engine, pass after pass, in a process of its
 * own: the CPU time of the process is then the client's.
 *
 *    deno run -A scripts/peers/s3_stoker_client.ts '{"library": "fetch", …}'
 *
 * Prints a list of `Pass` as JSON. A pass is an epoch; its CPU time is that
 * of all threads from the end of the epoch before, so that nothing of the
 * engine is left out.
 */
import { cpuUsage } from "node:process";
import { runEngine, workloadOf } from "../perf/engine_run.ts";
import { printLine } from "../terminal.ts";
import type { ClientOrder, Pass } from "./s3_clients.ts";
import { stokerSettings } from "./s3_objects.ts";

const order = JSON.parse(Deno.args[0] ?? "{}") as ClientOrder;
const passes: Pass[] = [];
let startMs = performance.now();
let startSeconds = cpuSeconds();

await runEngine(
  workloadOf([
    ...stokerSettings(order),
    "workflow.generate_data=false",
    `train.epochs=${order.passCount}`,
  ]),
  1,
  ({ bytesRequested }) => {
    const nowMs = performance.now();
    const nowSeconds = cpuSeconds();
    passes.push({
      seconds: (nowMs - startMs) / 1000,
      cpuSeconds: nowSeconds - startSeconds,
      byteCount: bytesRequested,
    });
    startMs = nowMs;
    startSeconds = nowSeconds;
  },
);
printLine(JSON.stringify(passes));

/** User and system, of all threads. */
function cpuSeconds(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1e6;
}

/** Tests of lib/cli/session/session.ts. */
import { snapshotOf } from "../../metrics/sample_snapshot.ts";
import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import { startSession } from "../../../lib/cli/session/session.ts";
import {
  InterruptedError,
  StokerError,
  UsageError,
} from "../../../lib/errors.ts";
import { testContext } from "../test_context.ts";

function makeSession(...args: string[]) {
  const { context, stderr, interrupt } = testContext(args);
  const session = startSession(parseCommandLine(args), context, {
    hostname: "h",
    titleOf: ({ kind, epoch }) => `${kind} ${epoch}`,
    window: { excludeStartSteps: 0, excludeEndSteps: 0 },
  });
  return { session, stderr, interrupt };
}

Deno.test("startSession() begins its clock at the context's time", () => {
  const { session } = makeSession("run");
  using _ = session;
  const { wallMs, atSeconds } = session.hooks.moment();
  assertEquals(
    new Date(wallMs - atSeconds * 1000).toISOString().slice(0, 19),
    "2026-01-02T03:04:05",
  );
  assertEquals(session.hooks.stallTimeoutMs, 300_000);
});

Deno.test("startSession() passes an interrupt on", () => {
  const { session, interrupt } = makeSession("run");
  using _ = session;
  interrupt.abort(new InterruptedError("stop"));
  assertInstanceOf(session.hooks.signal.reason, InterruptedError);
});

Deno.test("startSession() stops a run at its time limit", async () => {
  const { session } = makeSession("run", "--time-limit", "1ms");
  using _ = session;
  const { signal } = session.hooks;
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  assertInstanceOf(signal.reason, StokerError);
  assertEquals(signal.reason.message, "Stopped by --time-limit 1ms");
  assertEquals(signal.reason.exitCode, 1);
});

Deno.test("startSession() shows phases by their titles", () => {
  const { session, stderr } = makeSession("run", "--stall-timeout=2m");
  using _ = session;
  const { hooks } = session;
  assertEquals(hooks.stallTimeoutMs, 120_000);
  const at = hooks.moment();
  hooks.onPhaseBegin({ kind: "eval", epoch: 2, stepCount: 4, at });
  hooks.onProgress(snapshotOf({
    kind: "eval",
    epoch: 2,
    done: 4,
    total: 4,
    unit: "steps",
    bytes: 0,
    elapsedSeconds: 0.1,
    auPercent: null,
  }));
  hooks.onPhaseEnd({
    kind: "eval",
    epoch: 2,
    checkpoint: 0,
    start: at,
    end: at,
    durationSeconds: 0.1,
    batchSize: 1,
    plannedSteps: 4,
    ranks: [],
    workers: [],
    latencies: {},
    bytesRequested: 0,
    hosts: [],
    complete: true,
  });
  assertEquals(stderr.text, "eval 2: 4 steps in 100ms\n");
});

Deno.test("startSession() refuses durations that are none", () => {
  for (const text of ["90", "0s", "-5m", "soon", "100d"]) {
    assertThrows(
      () => makeSession("run", `--time-limit=${text}`),
      UsageError,
      `Cannot use --time-limit ${text}`,
    );
  }
});

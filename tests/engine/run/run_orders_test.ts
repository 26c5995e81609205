/**
 * Phases one after another with real threads: what comes when, and what
 * becomes of a run that is stopped or fails.
 */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { asError } from "../../../lib/engine/run/abort_error.ts";
import { runOrders } from "../../../lib/engine/run/run_orders.ts";
import { isPoisoned } from "../../../lib/engine/threads/thread_sync.ts";
import { type ProcessLink, soloLink } from "../../../lib/cluster/link.ts";
import {
  DatasetError,
  InterruptedError,
  PeerError,
} from "../../../lib/errors.ts";
import type {
  CacheDrop,
  PhaseRecord,
} from "../../../lib/metrics/run_record.ts";
import { quietHooks } from "../engine_fixture.ts";
import { runSync, syncRun } from "../threads/sync_crew.ts";

const CREW = { accelerators: 1, readers: 1 };

const CACHE_DROP: CacheDrop = {
  methods: ["posix_fadvise"],
  fileCount: 9,
  sampledFiles: 2,
  residentBytesBefore: 100,
  residentBytesAfter: 0,
  durationSeconds: 0.5,
  problem: null,
};

Deno.test("each phase is announced, after caches are dropped, before it is run, and told when it is over", async () => {
  const { run, rounds } = syncRun(CREW, [3, 4]);
  const events: string[] = [];
  const note = (what: string) => events.push(`${what} ${rounds[0]}`);
  const { error, phases } = await runOrders(
    {
      ...run,
      dropCaches: ({ epoch }) => {
        note(`drop ${epoch}`);
        return Promise.resolve(epoch === 1 ? null : CACHE_DROP);
      },
    },
    quietHooks({
      onPhaseBegin: ({ epoch }) => note(`begin ${epoch}`),
      onPhaseEnd: ({ epoch }) => void note(`end ${epoch}`),
    }),
  );
  assertEquals(error, null);
  assertEquals(events, [
    "drop 1 0",
    "begin 1 0",
    "end 1 3",
    "drop 2 3",
    "begin 2 3",
    "end 2 7",
  ]);
  // What was dropped is told with the phase that it was dropped for.
  assertEquals(
    phases.map(({ epoch, hosts }) => [epoch, hosts[0]?.cacheDrop]),
    [[1, undefined], [2, CACHE_DROP]],
  );
});

Deno.test("records of phases within another stand before it, which knows them", async () => {
  const { run } = syncRun(CREW, [3]);
  const { phases: [other] } = await runOrders(run, quietHooks());
  assert(other !== undefined);
  const within: PhaseRecord[] = [];
  const { error, phases } = await runOrders({
    ...syncRun(CREW, [3]).run,
    inner: {
      look: () => within.length === 0 ? { ...other, epoch: 77 } : null,
      finish: (record, inner) => ({ ...record, batchSize: inner.length }),
    },
  }, quietHooks({ onPhaseWithin: (record) => void within.push(record) }));
  assertEquals(error, null);
  assertEquals(
    phases.map(({ epoch, batchSize }) => [epoch, batchSize]),
    [[77, 1], [1, 1]],
  );
  assertEquals(within, phases.slice(0, 1));
});

Deno.test("a run that is stopped before it begins runs no phase", async () => {
  const reason = new InterruptedError("Interrupted");
  const begun: number[] = [];
  const sync = syncRun(CREW, [1]);
  const outcome = await runSync(sync, {
    signal: AbortSignal.abort(reason),
    onPhaseBegin: ({ epoch }) => void begun.push(epoch),
  });
  assertEquals(outcome, { phases: [], error: reason });
  assertEquals(begun, []);
  assertEquals(isPoisoned(sync.run.region), true);
});

Deno.test("a run that is stopped between phases keeps those that were run", async () => {
  const controller = new AbortController();
  const reason = new InterruptedError("Interrupted");
  const { error, phases } = await runSync(syncRun(CREW, [2, 2]), {
    signal: controller.signal,
    onPhaseEnd: () => controller.abort(reason),
  });
  assertEquals(error, reason);
  assertEquals(phases.map(({ complete }) => complete), [true]);
});

Deno.test("the wait before a phase ends with an abort", async () => {
  const controller = new AbortController();
  const { run } = syncRun(CREW, [2]);
  setTimeout(() => controller.abort(new InterruptedError("Interrupted")), 5);
  const { error, phases } = await runOrders(
    { ...run, pauseSeconds: 3600 },
    quietHooks({ signal: controller.signal }),
  );
  assertInstanceOf(error, InterruptedError);
  assertEquals(phases, []);
});

Deno.test("what is thrown between phases ends the run with it, and all threads", async () => {
  const { run } = syncRun(CREW, [2, 2]);
  const failure = new DatasetError("no such folder");
  const { error, phases } = await runOrders({
    ...run,
    dropCaches: ({ epoch }) =>
      epoch === 2 ? Promise.reject(failure) : Promise.resolve(null),
  }, quietHooks());
  assertEquals(error, failure);
  assertEquals(phases.map(({ epoch }) => epoch), [1]);
  assertEquals(isPoisoned(run.region), true);
});

Deno.test("a process that is lost while this one has ended the phase ends all threads at once", async () => {
  const { run } = syncRun(CREW, [2, 2]);
  const loss = {
    process: 1,
    hostname: "",
    reason: "a full disk",
    isNoticedHere: false,
  };
  const link: ProcessLink = {
    ...soloLink,
    cluster: { rank: 0, size: 2 },
    peerLoss: Promise.resolve(loss),
    toAll: (bytes) => Promise.resolve([bytes, bytes]),
    toFirst: () => Promise.reject(new Error("process 1 is gone")),
    lastToFirst: (bytes) => Promise.resolve([bytes, null]),
  };
  const { error, phases } = await runOrders(run, quietHooks({ link }));
  assertInstanceOf(error, PeerError);
  assertEquals(phases.map(({ complete }) => complete), [false]);
  // Otherwise they wait at the gate until their time for ending is over.
  assertEquals(isPoisoned(run.region), true);
});

Deno.test("a run whose thread cannot start has no phase and names the thread", async () => {
  const { run } = syncRun(CREW, [2]);
  const url = "data:application/javascript,throw new Error('not today')";
  const { error, phases } = await runOrders({
    ...run,
    members: [
      ...run.members,
      {
        title: "reader 9 of rank 9",
        role: "reader",
        start: {},
        spawn: () => new Worker(url, { type: "module" }),
      },
    ],
  }, quietHooks());
  assertEquals(phases, []);
  assertEquals(error?.message.startsWith("reader 9 of rank 9 ended: "), true);
});

Deno.test("a run that is stopped while its threads start ends at once", async () => {
  const controller = new AbortController();
  const { run } = syncRun(CREW, [2]);
  const { error, phases } = await runOrders({
    ...run,
    members: [{
      title: "reader 9 of rank 9",
      role: "reader",
      start: {},
      spawn: () => {
        const reason = new InterruptedError("Interrupted");
        setTimeout(() => controller.abort(reason), 5);
        const url = "data:application/javascript,onmessage = () => {}";
        return new Worker(url, { type: "module" });
      },
    }],
  }, quietHooks({ signal: controller.signal }));
  assertInstanceOf(error, InterruptedError);
  assertEquals(phases, []);
});

Deno.test("asError() leaves errors as they are and makes one of anything else", () => {
  const error = new TypeError("x");
  assertEquals(asError(error), error);
  assertEquals(asError("text").message, "text");
});

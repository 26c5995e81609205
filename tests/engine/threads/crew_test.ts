import { assert, assertEquals, assertRejects } from "@std/assert";
import { Crew, type Member } from "../../../lib/engine/threads/crew.ts";
import { Region } from "../../../lib/engine/threads/region.ts";
import { isPoisoned } from "../../../lib/engine/threads/thread_sync.ts";
import type { Damage } from "../../../lib/engine/threads/worker_start.ts";
import { WorkerError } from "../../../lib/errors.ts";

/** Wait for ever, stop by nothing. */
const PATIENT = { timeoutMs: Infinity, signal: new AbortController().signal };

function newRegion(): Region {
  return new Region({
    accelerators: 1,
    readersPerAccelerator: 0,
    generators: 0,
    maxSteps: 1,
  });
}

/** Ends a worker soon after the run is stopped, as `serve` does. */
const ENDS_WHEN_STOPPED = `
addEventListener("message", ({ data: { words, word } }) => {
  const timer = setInterval(() => {
    if (Atomics.load(words, word) === 0) return;
    clearInterval(timer);
    postMessage({ type: "ended" });
    close();
  }, 2);
});`;

/** A worker that runs this source. */
function member(region: Region, title: string, source: string): Member {
  return {
    title,
    role: "accelerator",
    start: {
      greeting: "go",
      words: region.words,
      word: region.control("poison"),
    },
    spawn: () => {
      const url = URL.createObjectURL(
        new Blob([source, ENDS_WHEN_STOPPED], {
          type: "application/javascript",
        }),
      );
      const worker = new Worker(url, { type: "module" });
      URL.revokeObjectURL(url);
      return worker;
    },
  };
}

/** Gets ready when it is started, and ends when it is told to. */
const GOOD = `onmessage = () => postMessage({ type: "ready" });`;

/** Starts workers with these sources; ends them after the test. */
async function withCrew(
  test: (crew: Crew, region: Region) => Promise<void>,
  onDamage?: (damage: Damage) => void,
): Promise<void> {
  const region = newRegion();
  const crew = new Crew(region, onDamage);
  try {
    await test(crew, region);
  } finally {
    crew.stop();
    await crew.end();
  }
}

Deno.test("a crew has started when every worker has got its message and is ready", () =>
  withCrew(async (crew, region) => {
    const answer = `onmessage = ({ data }) => {
      if (data.greeting === "go") postMessage({ type: "ready" });
    };`;
    await crew.start(
      [member(region, "a", answer), member(region, "b", answer)],
      PATIENT,
    );
    assertEquals(crew.failure, null);
    assertEquals(isPoisoned(region), false);
  }));

Deno.test("a worker whose code throws while it loads is an error with its name", () =>
  withCrew(async (crew, region) => {
    const error = await assertRejects(
      () =>
        crew.start([
          member(region, "reader 0 of rank 0", GOOD),
          member(
            region,
            "reader 1 of rank 0",
            `throw new Error("no such module");`,
          ),
        ], PATIENT),
      WorkerError,
      "reader 1 of rank 0 ended: ",
    );
    assert(error.message.includes("no such module"), error.message);
    assertEquals(crew.failure, error);
    // The others end too.
    assertEquals(isPoisoned(region), true);
  }));

Deno.test("an error that a worker tells is the user's without a stack, a defect with one", async () => {
  const failing = (stack: string) =>
    `onmessage = () => postMessage({ type: "failed", error: {
      name: "E", message: "the disk is gone", stack: ${stack} } });`;
  await withCrew(async (crew, region) => {
    const told = crew.start([member(region, "a", failing("null"))], PATIENT);
    await assertRejects(() => told, WorkerError, "the disk is gone [a]");
  });
  await withCrew(async (crew, region) => {
    const told = crew.start(
      [member(region, "a", failing(`"at line 7"`))],
      PATIENT,
    );
    const error = await assertRejects(() => told, Error, "the disk is gone");
    assertEquals(error instanceof WorkerError, false);
    assertEquals(error.stack, "at line 7");
  });
});

Deno.test("a worker that ends before it is ready is an error with its name", () =>
  withCrew(async (crew, region) => {
    const ending = `onmessage = () => postMessage({ type: "ended" });`;
    await assertRejects(
      () =>
        crew.start([member(region, "accelerator of rank 3", ending)], PATIENT),
      WorkerError,
      "accelerator of rank 3 ended before the run was over",
    );
  }));

Deno.test("a worker that closes itself, or never gets ready, is an error with its name after the time-out", async () => {
  for (const silent of [`close();`, `onmessage = () => {};`]) {
    await withCrew(async (crew, region) => {
      await assertRejects(
        () =>
          crew.start([
            member(region, "reader 5 of rank 1", silent),
            member(region, "reader 6 of rank 1", silent),
          ], { ...PATIENT, timeoutMs: 50 }),
        WorkerError,
        "Cannot start reader 5 of rank 1 and 1 more as a thread must get " +
          "ready within 0.05 s of the one before",
      );
    });
  }
});

Deno.test("the wait for workers ends with an abort, before and during it", async () => {
  for (const isEarly of [true, false]) {
    await withCrew(async (crew, region) => {
      const controller = new AbortController();
      if (isEarly) controller.abort();
      else setTimeout(() => controller.abort(), 5);
      const { signal } = controller;
      await crew.start([member(region, "a", `onmessage = () => {};`)], {
        ...PATIENT,
        signal,
      });
      assertEquals(crew.failure, null);
    });
  }
});

Deno.test("the first failure stays, later ones follow from it", () =>
  withCrew(async (crew, region) => {
    const twice = `onmessage = () => {
      for (const message of ["first", "second"]) postMessage({
        type: "failed", error: { name: "E", message, stack: null } });
      postMessage({ type: "ended" });
    };`;
    await assertRejects(
      () => crew.start([member(region, "a", twice)], PATIENT),
      WorkerError,
      "first [a]",
    );
    await crew.end();
    assertEquals(crew.failure?.message, "first [a]");
  }));

Deno.test("nothing that a worker says while the crew is ending is a failure", () =>
  withCrew(async (crew, region) => {
    const late = `onmessage = ({ data: { words, word } }) => {
      postMessage({ type: "ready" });
      Atomics.wait(words, word, 0);
      postMessage({ type: "failed", error: {
        name: "E", message: "stopped", stack: null } });
    };`;
    await crew.start([member(region, "a", late)], PATIENT);
    crew.stop();
    assertEquals(isPoisoned(region), true);
    await crew.end();
    assertEquals(crew.failure, null);
  }));

Deno.test("a worker that does not end by itself is ended", () =>
  withCrew(async (crew, region) => {
    const endless = `onmessage = () => {
      postMessage({ type: "ready" });
      for (;;);
    };`;
    await crew.start([member(region, "a", endless)], PATIENT);
    crew.stop();
    await crew.end();
  }));

Deno.test("damage that verifiers find is handed on as it comes", async () => {
  const found: Damage[] = [];
  await withCrew(async (crew, region) => {
    const verifier = `onmessage = () => {
      for (const path of ["x", "y"]) postMessage({ type: "damage", damage: {
        path, kind: "missing", offset: 0, detail: "" } });
      postMessage({ type: "ready" });
    };`;
    await crew.start([member(region, "a", verifier)], PATIENT);
    assertEquals(crew.failure, null);
  }, (damage) => found.push(damage));
  assertEquals(found.map(({ path }) => path), ["x", "y"]);
});

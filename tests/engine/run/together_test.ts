/** Tests of what the processes of a run do together, and how they part. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  answerOfFirst,
  inEveryProcess,
  isKnownToAll,
  onFirstTogether,
  tellOthers,
} from "../../../lib/engine/run/together.ts";
import {
  ConfigError,
  EXIT_USAGE,
  InterruptedError,
  PeerError,
  SharedError,
  StorageError,
} from "../../../lib/errors.ts";
import { inProcesses, ownHosts } from "../process_fixture.ts";

Deno.test("inEveryProcess() gives each its own answer and process 0 the warnings of all", async () => {
  const heard: string[][] = [[], [], []];
  const answers = await inProcesses(
    ownHosts(3),
    ({ rank, hooks }) =>
      inEveryProcess(hooks, "they act", (warn) => {
        if (rank > 0) warn("a slow disk");
        return rank * 10;
      }, (text) => heard[rank]?.push(text)),
  );
  assertEquals(answers, [0, 10, 20]);
  assertEquals(heard, [
    ["on 2 of 3 hosts (host1, host2): a slow disk"],
    [],
    [],
  ]);
});

Deno.test("what fails in some processes fails in all, in the same words", async () => {
  const errors = await inProcesses(
    ownHosts(4),
    ({ rank, hooks }) =>
      assertRejects(
        () =>
          inEveryProcess(hooks, "they act", () => {
            const name = `.stoker-preflight-${rank}-${crypto.randomUUID()}`;
            if (rank > 1) {
              throw new StorageError("write", `/d/${name}`, "EROFS", "no");
            }
            if (rank === 1) throw new ConfigError(["one", "two"]);
          }),
        SharedError,
      ),
  );
  const [first] = errors;
  assertEquals(first?.problems, [
    "on host1: one",
    "on host1: two",
    "on 2 of 4 hosts (host2, host3): " +
    'Cannot write "/d/.stoker-preflight-…": no (EROFS)',
  ]);
  assertEquals(first?.exitCode, EXIT_USAGE);
  for (const error of errors) {
    assertEquals(error.problems, first?.problems);
    assert(isKnownToAll(error));
  }
});

Deno.test("onFirstTogether() acts in process 0; nobody goes on before, nor if it fails", async () => {
  let isDone = false;
  const answers = await inProcesses(ownHosts(2), async ({ hooks }) => {
    const answer = await onFirstTogether(hooks, "it acts", async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      isDone = true;
      return "done";
    });
    return { answer, isDone };
  });
  assertEquals(answers, [
    { answer: "done", isDone: true },
    { answer: null, isDone: true },
  ]);
  await inProcesses(ownHosts(2), ({ hooks }) =>
    assertRejects(
      () =>
        onFirstTogether(hooks, "it acts", () => {
          throw new ConfigError(["the folder is taken"]);
        }),
      SharedError,
      "the folder is taken",
    ));
});

Deno.test("answerOfFirst() gives all what process 0 found", async () => {
  const found = { names: Uint8Array.from([1, 2]), map: new Map([["a", 1]]) };
  const answers = await inProcesses(
    ownHosts(3),
    ({ hooks, rank }) =>
      answerOfFirst(hooks, "it looks", () => {
        assertEquals(rank, 0);
        return found;
      }),
  );
  assertEquals(answers, [found, found, found]);
});

Deno.test("a process that is stopped, or gone, ends the others' wait with its name and reason", async () => {
  const [first, , third] = await inProcesses(
    ownHosts(3),
    async ({ rank, hooks, stop, network }) => {
      if (rank === 1) {
        stop(new InterruptedError("Interrupted by SIGTERM"));
        const error = await assertRejects(
          () => inEveryProcess(hooks, "they act", () => {}),
          InterruptedError,
        );
        await tellOthers(hooks.link, error);
        await tellOthers(hooks.link, error);
        assertEquals(network.callCounts[1], 0);
        return error;
      }
      return await assertRejects(
        () => inEveryProcess(hooks, "they act", () => {}),
        PeerError,
      );
    },
  );
  for (const error of [first, third]) {
    assertEquals(
      error?.message,
      "Cannot go on without process 1 on host1, which ended: " +
        "Interrupted by SIGTERM",
    );
  }
  const [, second] = await inProcesses(
    ownHosts(2),
    async ({ rank, hooks, network }) => {
      if (rank === 0) {
        network.kill(0);
        return null;
      }
      return await assertRejects(
        () => inEveryProcess(hooks, "they act", () => {}),
        PeerError,
        "process 0 on host0 as a run needs all of its processes: it is gone " +
          "without a word",
      );
    },
  );
  assertEquals(second?.isNoticedHere, true);
});

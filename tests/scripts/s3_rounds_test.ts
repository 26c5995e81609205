/**
 * The rounds of `deno task peers s3`; the clients themselves are not run here.
 */
import { assertEquals } from "@std/assert";
import type { Pass, S3Client } from "../../scripts/peers/s3_clients.ts";
import { paceCells, readInRounds } from "../../scripts/peers/s3_rounds.ts";

const BYTES = 1e9;
const ORDER = {
  endpoint: "http://127.0.0.1:9",
  bucket: "b",
  accessKeyId: "a",
  secretAccessKey: "s",
  keys: ["k"],
  inFlight: 1,
  passCount: 4,
};

/** Two passes to warm up, two that count. */
function passes(seconds: number, byteCount = BYTES): Pass[] {
  return [100, 50, seconds, seconds].map((each) => ({
    seconds: each,
    cpuSeconds: each / 2,
    byteCount,
  }));
}

function clientOf(
  library: string,
  run: (round: number) => Pass[],
  asked: string[] = [],
): S3Client {
  let round = 0;
  return {
    library,
    title: library,
    version: "1",
    prepare: () => {
      asked.push(`prepare ${library}`);
      return Promise.resolve();
    },
    run: (order) => {
      asked.push(order.library);
      // As a promise that fails, not a call that throws.
      return Promise.resolve().then(() => run(round++));
    },
  };
}

Deno.test("readInRounds() counts passes after the two that warm up", async () => {
  const rates = [2, 4, 8];
  const client = clientOf("quick", (round) => passes(rates[round]!));
  const [rounds] = await readInRounds([client], ORDER, {
    roundCount: 3,
    byteCount: BYTES,
  });
  assertEquals(rounds?.problem, null);
  assertEquals(rounds?.paces, [
    { gigabytesPerSecond: 0.5, cpuSeconds: 1 },
    { gigabytesPerSecond: 0.25, cpuSeconds: 2 },
    { gigabytesPerSecond: 0.125, cpuSeconds: 4 },
  ]);
  assertEquals(
    paceCells(rounds!),
    ["0.25", "0.13 to 0.50", "2.00", "1.00 to 4.00"],
  );
});

Deno.test("a client that fails is left out and the others go on in turns", async () => {
  const asked: string[] = [];
  const broken = clientOf("broken", () => {
    throw new Error("connection refused");
  }, asked);
  const sound = clientOf("sound", () => passes(1), asked);
  const other = clientOf("other", () => passes(1), asked);
  const [first, second, third] = await readInRounds(
    [broken, sound, other],
    ORDER,
    { roundCount: 2, byteCount: BYTES },
  );
  assertEquals(asked, [
    ...["prepare broken", "broken", "prepare sound", "sound"],
    ...["prepare other", "other"],
    ...["other", "sound"],
  ]);
  assertEquals(first?.problem, "connection refused");
  assertEquals(paceCells(first!), ["-", "-", "-", "-"]);
  assertEquals(second?.paces.length, 2);
  assertEquals(third?.paces.length, 2);
});

Deno.test("a client that does not read every byte has no pace", async () => {
  const client = clientOf("short", () => passes(1, BYTES - 1));
  const [rounds] = await readInRounds([client], ORDER, {
    roundCount: 1,
    byteCount: BYTES,
  });
  assertEquals(
    rounds?.problem,
    "read 999999999 bytes in a pass, but the objects have 1000000000",
  );
  assertEquals(rounds?.paces, []);
});

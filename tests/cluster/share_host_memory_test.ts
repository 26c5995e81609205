/** Tests of lib/cluster/share_host_memory.ts and host_memory.ts. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { BARRIER_CHANNELS } from "../../lib/cluster/barrier_place.ts";
import { HostBarrier } from "../../lib/cluster/host_memory.ts";
import type { ProcessLink } from "../../lib/cluster/link.ts";
import { shareHostMemory } from "../../lib/cluster/share_host_memory.ts";
import { memoryLinks } from "./memory_links.ts";

const SIZE = 3;
/** Much longer than a call that does not sleep. */
const LONG_MS = 500;

function turnOf({ words, word }: HostBarrier): number {
  return Atomics.load(words, word);
}

/** Each link maps the memory anew, as a process of its own would. */
async function shared(
  folder: string,
  change: (link: ProcessLink, rank: number) => ProcessLink = (link) => link,
) {
  using made = memoryLinks(SIZE);
  return await Promise.all(
    made.links.map((link, rank) => shareHostMemory(change(link, rank), folder)),
  );
}

async function inFolder(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
    // Nothing is left, whether or not all could map it.
    assertEquals([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("processes of one host share memory: the last one that comes lets all go on, channel by channel", () =>
  inFolder(async (folder) => {
    const places = await shared(folder);
    for (const place of places) assertEquals(place?.processes, SIZE);
    const addresses = new Set(places.map((place) => place!.address));
    assertEquals(addresses.size, SIZE);
    const barriers = places.map((place) =>
      new HostBarrier(place!, BARRIER_CHANNELS.steps)
    );
    const other = new HostBarrier(places[0]!, BARRIER_CHANNELS.checkpoints);
    for (let turn = 0; turn < 3; turn++) {
      for (const barrier of barriers) {
        assertEquals(barriers.map(turnOf), [turn, turn, turn]);
        barrier.meet();
      }
      assertEquals(barriers.map(turnOf), [
        turn + 1,
        turn + 1,
        turn + 1,
      ]);
    }
    assertEquals(turnOf(other), 0);
  }));

Deno.test("who waits for a turn that is over goes on at once, others wait as long as asked", () =>
  inFolder(async (folder) => {
    const [place] = await shared(folder);
    const barrier = new HostBarrier(place!, BARRIER_CHANNELS.steps);
    const msOf = (wait: () => void) => {
      const startMs = performance.now();
      wait();
      return performance.now() - startMs;
    };
    const now = turnOf(barrier);
    const waitedMs = msOf(() => barrier.sleep(now, LONG_MS));
    const passedMs = msOf(() => barrier.sleep(now + 1, LONG_MS));
    assert(passedMs < waitedMs, `${passedMs}, ${waitedMs} ms`);
  }));

Deno.test("a process that finds another file, or none, shares with nobody", () =>
  inFolder(async (folder) => {
    const wrong = await shared(folder, (link, rank) => ({
      ...link,
      fromFirst: async (bytes) => {
        const said = await link.fromFirst(bytes);
        if (rank === 2) said[0] = ~said[0]!;
        return said;
      },
    }));
    assertEquals(wrong, [null, null, null]);
    const elsewhere = await shared(folder, (link, rank) => ({
      ...link,
      fromFirst: async (bytes) => {
        const said = await link.fromFirst(bytes);
        return rank === 1 ? new Uint8Array([...said, 120]) : said;
      },
    }));
    assertEquals(elsewhere, [null, null, null]);
  }));

Deno.test("where no file can be made in memory nobody shares, and nobody waits", async () => {
  assertEquals(await shared("/nowhere"), [null, null, null]);
});

Deno.test("each run has memory of its own", () =>
  inFolder(async (folder) => {
    const [first] = await shared(folder);
    const [second] = await shared(folder);
    const barrier = new HostBarrier(first!, BARRIER_CHANNELS.steps);
    for (let i = 0; i < SIZE; i++) barrier.meet();
    assertNotEquals(
      turnOf(new HostBarrier(second!, BARRIER_CHANNELS.steps)),
      turnOf(barrier),
    );
  }));

/** Tests of lib/host/holes.ts. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { readHoles } from "../../lib/host/holes.ts";

const BLOCK = 65536;

/** A file with data at the given blocks, in a folder of its own. */
async function holesOf(blockCount: number, dataBlocks: readonly number[]) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/file`;
  try {
    using file = await Deno.open(path, { write: true, create: true });
    await file.truncate(blockCount * BLOCK);
    for (const block of dataBlocks) {
      await file.seek(block * BLOCK, Deno.SeekMode.Start);
      await file.write(new Uint8Array(BLOCK).fill(1));
    }
    await file.sync();
    return readHoles(path).value;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const tellsHoles = (await holesOf(1, []))?.holeBytes === BLOCK;

Deno.test({
  name: "readHoles() counts holes at the beginning, in the middle, at the end",
  ignore: !tellsHoles,
  async fn() {
    const cases = [
      [0, [], 0],
      [4, [], 4],
      [4, [0, 1, 2, 3], 0],
      [4, [0], 3],
      [4, [3], 3],
      [8, [1, 4, 5], 5],
    ] as const;
    for (const [blockCount, dataBlocks, holes] of cases) {
      assertEquals(await holesOf(blockCount, dataBlocks), {
        lookedBytes: blockCount * BLOCK,
        holeBytes: holes * BLOCK,
      });
    }
  },
});

Deno.test("readHoles() says which file cannot be opened", () => {
  const { value, reason } = readHoles("/not/there");
  assertEquals(value, null);
  assertStringIncludes(reason ?? "", "/not/there");
});

/** Tests of lib/engine/cache/probe_cache.ts: what real folders answer. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { probeCache } from "../../../lib/engine/cache/probe_cache.ts";
import { readMountOf } from "../../../lib/host/mounts.ts";

Deno.test("probeCache() leaves nothing in the folder", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const facts = probeCache(folder, null);
    assertEquals([...Deno.readDirSync(folder)], []);
    const type = readMountOf(Deno.realPathSync(folder)).value?.fileSystemType;
    if (type === "ext4" || type === "xfs") {
      assertEquals(facts.directProblem, null);
      assertEquals(facts.fadviseProblem, null);
    }
  } finally {
    Deno.removeSync(folder);
  }
});

Deno.test(
  "probeCache() says that memory file systems have no way around memory",
  {
    ignore: Deno.build.os !== "linux",
  },
  () => {
    const folder = Deno.makeTempDirSync({ dir: "/dev/shm" });
    try {
      const { directProblem, fadviseProblem } = probeCache(folder, null);
      assertStringIncludes(directProblem ?? "", "tmpfs keeps files in memory");
      assert(!directProblem?.includes(folder), directProblem ?? "");
      assertEquals(fadviseProblem, "memory keeps the file's pages");
      assertEquals([...Deno.readDirSync(folder)], []);
    } finally {
      Deno.removeSync(folder);
    }
  },
);

Deno.test("probeCache() tries nothing where no file can be made", () => {
  const facts = probeCache("/no/such/folder", "EROFS");
  assertEquals(facts.directProblem, "EROFS");
  assertEquals(facts.fadviseProblem, "EROFS");
});

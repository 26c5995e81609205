/** Tests of lib/host/folder_probe.ts. */
import { assertEquals, assertGreater } from "@std/assert";
import { join } from "node:path";
import { probeFolder } from "../../lib/host/folder_probe.ts";

async function withFolder(use: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("probeFolder() finds a writable folder and leaves nothing there", async () => {
  await withFolder((folder) => {
    const facts = probeFolder(folder);
    assertEquals([facts.path, facts.probedPath], [folder, folder]);
    assertEquals(facts.writeProblem, null);
    assertGreater(facts.freeBytes.value ?? 0, 0);
    assertGreater(facts.mount.value?.fileSystemType.length ?? 0, 0);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("probeFolder() probes above a folder that is not there yet", async () => {
  await withFolder((folder) => {
    const facts = probeFolder(join(folder, "a", "b"));
    assertEquals(facts.probedPath, folder);
    assertEquals(facts.writeProblem, null);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("probeFolder() says that a file is no folder", async () => {
  await withFolder((folder) => {
    const file = join(folder, "file");
    Deno.writeTextFileSync(file, "");
    const { writeProblem } = probeFolder(file);
    assertEquals(writeProblem, "ENOTDIR: not a directory");
  });
});

Deno.test({
  name: "probeFolder() explains what Deno never permits",
  permissions: { read: true, write: true, ffi: true, sys: true },
}, () => {
  assertEquals(
    probeFolder("/proc").writeProblem,
    "Deno permits no files below /dev, /proc and /sys",
  );
});

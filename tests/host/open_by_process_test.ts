import { assertEquals } from "@std/assert";
import { openStates } from "../../lib/host/open_by_process.ts";

Deno.test("openStates() sees a file that another process has open, until it ends", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/journal`;
    await Deno.writeTextFile(path, "");
    await Deno.writeTextFile(`${folder}/other`, "");
    const child = new Deno.Command("sh", {
      args: ["-c", `exec 3>>"${path}"; echo ready; read line`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    const states = openStates([path, `${folder}/other`, `${folder}/none`]);
    assertEquals([...states.values()], ["open", "closed", "unknown"]);
    await child.stdin.close();
    await child.status;
    await reader.cancel();
    assertEquals(openStates([path]).get(path), "closed");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

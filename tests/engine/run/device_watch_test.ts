/** Tests of lib/engine/run/device_watch.ts that need no file system. */
import {
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  DeviceWatch,
  directWarning,
} from "../../../lib/engine/run/device_watch.ts";
import { inTempFolder, runSmall, smallWorkload } from "../engine_fixture.ts";
import { summarize } from "../../../lib/metrics/summary.ts";
import { CONTEXT, runOf } from "../../metrics/sample_run.ts";

const PHASE = {
  kind: "train",
  bytesRequested: 100,
  files: null,
} as const;
const COUNTED = { bytes: 3, source: "the kernel" };

Deno.test("DeviceWatch takes an object store's bytes as sent over the network", async () => {
  const storage = { bypassesCache: true };
  const watch = await DeviceWatch.of({ storage, folder: "data" });
  assertEquals(await watch.look(PHASE, COUNTED), {
    bytes: 100,
    source: "every byte bypasses the cache: sent over the network",
  });
  assertEquals(await directWarning({ storage, folder: "data" }, "it"), null);
});

Deno.test("DeviceWatch does not believe O_DIRECT where the mount is not known", async () => {
  const storage = { bypassesCache: true, hostPath: () => "/proc/self" };
  const watch = await DeviceWatch.of({ storage, folder: "" });
  const { bytes, source } = await watch.look(PHASE, COUNTED);
  assertEquals(bytes, null);
  assertStringIncludes(source, "cannot be known");
});

Deno.test("null storage has no device: nothing came from memory, no larger dataset is advised", async () => {
  await inTempFolder(async (folder) => {
    const { phases, error } = await runSmall(
      smallWorkload(folder, ["storage.storage_type=null"]),
    );
    assertEquals(error, null);
    for (const { hosts } of phases) {
      assertEquals(hosts.map(({ device }) => device), [
        { bytes: null, source: "null storage moves no bytes" },
      ]);
    }
    const { warnings } = summarize(runOf(phases), CONTEXT);
    assertEquals(
      warnings.filter((text) => /memory|larger dataset/.test(text)),
      [],
    );
  });
});

Deno.test("DeviceWatch opens no file of a phase that was cut short: its storage may not answer", async () => {
  const storage = { bypassesCache: false, hostPath: (path: string) => path };
  const watch = await DeviceWatch.of({ storage, folder: "/proc/self" });
  const asked: number[] = [];
  const files = {
    fileCount: 3,
    hostPath(index: number) {
      asked.push(index);
      return "/proc/self/stat";
    },
  };
  const phase = { ...PHASE, bytesRequested: 2 ** 30, files };
  watch.deviceIo(phase, COUNTED);
  assertEquals(asked, []);
  await watch.look(phase, COUNTED);
  assertNotEquals(asked, []);
});

/** What a preflight of object stores removes of earlier ones. */
import { assertEquals } from "@std/assert";
import { aistoreKind } from "../../../lib/storage/aistore/aistore.ts";
import { preflightName } from "../../../lib/storage/preflight_name.ts";
import { s3Kind } from "../../../lib/storage/s3/s3_kind.ts";
import type {
  StorageKind,
  StorageSettings,
} from "../../../lib/storage/storage.ts";
import { startFakeAistore } from "../aistore/fake_aistore.ts";
import { checkedOptions } from "../checked_options.ts";
import { LIBRARIES, optionsFor, settingsFor } from "../s3/s3_fixture.ts";
import { startS3rver } from "../s3/s3rver_server.ts";
import { putFile } from "../storage_contract.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Runs that were killed, one that is under way, and files of others. */
async function checkLeftovers(
  kind: StorageKind,
  settings: StorageSettings,
): Promise<void> {
  const storage = await kind.connect(settings);
  try {
    const old = preflightName(Date.now() - DAY_MS - 1000);
    const older = preflightName(Date.now() - 400 * DAY_MS);
    const young = preflightName(Date.now() - DAY_MS / 2);
    const others = ["manifest.json", ".stoker-preflight-1-mine"];
    const text = new Uint8Array(5);
    for (const name of [old, older, young, ...others]) {
      await putFile(storage, `d/.stoker/${name}`, text);
    }
    // The same name where no preflight writes is somebody else's.
    await putFile(storage, `d/${old}`, text);
    const namesOf = async () => {
      const names: string[] = [];
      for await (const { name } of storage.list("d/.stoker")) names.push(name);
      return names.sort();
    };
    // A run that only reads may have no right to remove.
    await kind.preflight?.(settings, "d", "read");
    assertEquals((await namesOf()).length, 5);
    await kind.preflight?.(settings, "d", "write");
    assertEquals(await namesOf(), [young, ...others].sort());
    assertEquals(await storage.sizeOf(`d/${old}`), 5);
  } finally {
    storage.close?.();
  }
}

const OUTCOME =
  "a preflight removes what killed runs left more than a day ago, nothing else";

for (const library of LIBRARIES) {
  Deno.test({
    name: `s3 (${library}): ${OUTCOME}`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const server = await startS3rver();
      try {
        await checkLeftovers(
          s3Kind,
          settingsFor(
            server.bucket,
            optionsFor(server, { storage_library: library }),
          ),
        );
      } finally {
        await server.stop();
      }
    },
  });
}

Deno.test({
  name: `aistore: ${OUTCOME}`,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const cluster = await startFakeAistore();
    cluster.buckets.set("bucket", new Map());
    try {
      await checkLeftovers(aistoreKind, {
        kind: "aistore",
        root: "bucket",
        options: checkedOptions("aistore", { endpoint_url: cluster.endpoint }),
      });
    } finally {
      await cluster.stop();
    }
  },
});

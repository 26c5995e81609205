/** Tests of lib/engine/plan/connect_storage.ts: how long it waits. */
import { assertRejects } from "@std/assert";
import { connectStorage } from "../../../lib/engine/plan/connect_storage.ts";
import { StorageError } from "../../../lib/errors.ts";
import { openLibc } from "../../../lib/libc/libc.ts";
import type { Storage } from "../../../lib/storage/storage.ts";

/** As a mount that hangs, which cannot be had in a test. */
async function withoutAnswer(act: () => Promise<void>): Promise<void> {
  const never = Promise.withResolvers<Deno.FileInfo>();
  const stat = Deno.stat;
  Deno.stat = () => never.promise;
  try {
    await act();
  } finally {
    Deno.stat = stat;
    never.promise.catch(() => {});
    never.reject(new Error("over"));
  }
}

const isLate = (read: () => ReturnType<Storage["readText"]>) =>
  withoutAnswer(async () => {
    await assertRejects(
      async () => await read(),
      StorageError,
      "its storage has not answered for 0.02 s",
    );
  });

for (const kind of ["local_fs", "direct_fs"] as const) {
  Deno.test({
    name: `connectStorage(${kind}) reads small files under the time-out given`,
    ignore: kind === "direct_fs" && openLibc().value === null,
    fn: async () => {
      const storage = await connectStorage(
        { kind, root: "", options: {} },
        { answerTimeoutMs: 20 },
      );
      await isLate(() => storage.readText("/mnt/manifest.json"));
      storage.close?.();
    },
  });
}

Deno.test({
  name: "connectStorage(s3) reads its certificates under the time-out given",
  fn: () =>
    isLate(async () => {
      await connectStorage({
        kind: "s3",
        root: "bucket",
        options: {
          endpoint_url: "http://127.0.0.1:1",
          access_key_id: "a",
          secret_access_key: "b",
          ca_bundle: "/mnt/ca.pem",
        },
      }, { answerTimeoutMs: 20 });
      return null;
    }),
});

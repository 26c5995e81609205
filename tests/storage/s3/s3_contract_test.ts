/**
 * What every storage must do, on S3 through every client library.
 */
import { storageContract } from "../storage_contract.ts";
import { connect, LIBRARIES, optionsFor, settingsFor } from "./s3_fixture.ts";
import {
  afterAllTests,
  startS3rver,
  type TestServer,
} from "./s3rver_server.ts";

const TRAITS = { hasFolders: false, usesBuffer: false };

let server: Promise<TestServer> | undefined;
let prefixCount = 0;

afterAllTests(async () => {
  await (await server)?.stop();
});

for (const library of LIBRARIES) {
  storageContract(`s3 (${library})`, async () => {
    const running = await (server ??= startS3rver());
    const root = `${running.bucket}/prefix-${prefixCount++}`;
    const storage = await connect(
      settingsFor(root, optionsFor(running, { storage_library: library })),
    );
    return {
      storage,
      dispose: () => {
        storage.close?.();
        return Promise.resolve();
      },
    };
  }, TRAITS);
}

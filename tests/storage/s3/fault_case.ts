/**
 * A storage behind a proxy that does harm, once with each client library.
 */
import type { Storage } from "../../../lib/storage/storage.ts";
import { contentOf, putFile } from "../storage_contract.ts";
import { type FaultProxy, startFaultProxy } from "./fault_proxy.ts";
import {
  connect,
  LIBRARIES,
  optionsFor,
  RequestRecorder,
  settingsFor,
} from "./s3_fixture.ts";
import { startS3rver } from "./s3rver_server.ts";

/** Content of the object "f" that is in place. */
export const BODY = contentOf(300_000);

/** What a test works with. */
export interface FaultCase {
  readonly proxy: FaultProxy;
  readonly storage: Storage;
  /** What the storage told of its requests. */
  readonly told: RequestRecorder;
}

/** Runs a test with each library, an object "f" in place. */
export function testFault(
  outcome: string,
  run: (fault: FaultCase) => Promise<void>,
  options: Readonly<Record<string, unknown>> = {},
): void {
  for (const library of LIBRARIES) {
    Deno.test({
      name: `s3 faults (${library}): ${outcome}`,
      // Connections that were cut are torn down after the test.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        const server = await startS3rver();
        const proxy = startFaultProxy(server.endpoint);
        const told = new RequestRecorder();
        const storage = await connect(
          settingsFor(
            server.bucket,
            optionsFor({ ...server, endpoint: proxy.endpoint }, {
              storage_library: library,
              s3_max_attempts: 3,
              ...options,
            }),
          ),
          { observer: told },
        );
        try {
          await putFile(storage, "f", BODY);
          await run({ proxy, storage, told });
        } finally {
          storage.close?.();
          await proxy.stop();
          await server.stop();
        }
      },
    });
  }
}

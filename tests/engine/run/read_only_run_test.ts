/**
 * Runs that only read, where nothing may be written: credentials and mounts
 * that are good for reading are good for training.
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { StorageError } from "../../../lib/errors.ts";
import { inMountedFolder, mayMount } from "../../storage/mounted_folder.ts";
import {
  type FaultProxy,
  type FaultRule,
  s3Error,
  startFaultProxy,
} from "../../storage/s3/fault_proxy.ts";
import {
  startS3rver,
  type TestServer,
} from "../../storage/s3/s3rver_server.ts";
import { runSmall, smallWorkload } from "../engine_fixture.ts";
import { s3Workload } from "../s3_workload.ts";

const READ_ONLY = ["workflow.generate_data=false", "train.epochs=1"];

/** Generates a dataset, then gives the proxy to a test. */
function testReadOnly(
  outcome: string,
  run: (server: TestServer, proxy: FaultProxy) => Promise<void>,
): void {
  Deno.test({
    name: `a run that only reads from s3 ${outcome}`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const server = await startS3rver();
      const proxy = startFaultProxy(server.endpoint);
      try {
        const generated = await runSmall(
          s3Workload(server, "data", [server.endpoint], [
            "workflow.train=false",
          ]),
        );
        assertEquals(generated.error, null);
        await run(server, proxy);
      } finally {
        await proxy.stop();
        await server.stop();
      }
    },
  });
}

const train = (server: TestServer, { endpoint }: FaultProxy) =>
  runSmall(s3Workload(server, "data", [endpoint], READ_ONLY));

/** Refuses what the credentials are not good for. */
function refuse(matches: RegExp): FaultRule {
  return ({ method, target }) =>
    matches.test(`${method} ${target}`)
      ? { kind: "answer", ...s3Error(403, "AccessDenied") }
      : null;
}

testReadOnly("sends nothing but reads", async (server, proxy) => {
  proxy.rule = refuse(/^(PUT|POST|DELETE)/);
  const { error, phases } = await train(server, proxy);
  assertEquals(error, null);
  assertEquals(phases.length, 1);
  assertEquals(proxy.seen.filter((each) => !/^(GET|HEAD)/.test(each)), []);
});

for (
  const [step, refused] of [
    ["list", /^GET .*list-type=2/],
    ["get", /^GET .*data\/[^?]*$/],
  ] as const
) {
  testReadOnly(`says at once that it cannot ${step}`, async (server, proxy) => {
    proxy.rule = refuse(refused);
    const error = await assertRejects(() => train(server, proxy), StorageError);
    assertStringIncludes(error.message, `Cannot preflight: ${step} "s3://`);
    assertStringIncludes(
      error.message,
      `${proxy.endpoint} answered HTTP 403 AccessDenied`,
    );
    assertStringIncludes(error.message, "check the rights of access_key_id");
  });
}

Deno.test({
  name: "a run that only reads needs no mount that can be written",
  ignore: !mayMount(),
  fn: () =>
    inMountedFolder("tmpfs", 32 * 2 ** 20, async (folder) => {
      const data = `${folder.path}/data`;
      const generated = await runSmall(
        smallWorkload(data, ["workflow.train=false"]),
      );
      assertEquals(generated.error, null);
      folder.makeReadOnly();
      const { error } = await runSmall(smallWorkload(data, READ_ONLY));
      assertEquals(error, null);
    }),
});

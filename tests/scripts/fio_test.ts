/** Tests of scripts/perf/fio.ts, with a fio that only answers. */
import { assertEquals } from "@std/assert";
import { inTempFolder } from "../engine/engine_fixture.ts";

const FIO_URL = new URL("../../scripts/perf/fio.ts", import.meta.url).href;
const ANSWER = `{
  "fio version" : "fio-0",
  "jobs" : [{"read" : {"io_bytes" : 4096, "runtime" : 2}}]
}`;

Deno.test("each run of fio is kept under the id of its row, with its command line and its own JSON; without a folder none is", async () => {
  await inTempFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/fio`,
      `#!/bin/sh\ncat <<'END'\n${ANSWER}\nEND\n`,
      { mode: 0o755 },
    );
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [
          "eval",
          "--no-check",
          `import { keepFioRuns, runFio } from ${JSON.stringify(FIO_URL)};
          await runFio(["--name=before"]);
          await keepFioRuns("${folder}/raw", "uring.4k");
          await runFio(["--name=a", "--bs=4096"]);
          await runFio(["--name=b"]);
          await keepFioRuns("${folder}/raw", "write.large");
          const [job] = await runFio(["--name=c"]);
          console.log(job.read.io_bytes);`,
        ],
        env: { PATH: `${folder}:${Deno.env.get("PATH")}` },
      },
    ).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals([text(stderr), success], ["", true]);
    assertEquals(text(stdout), "4096\n");
    const runs = [...Deno.readDirSync(`${folder}/raw`)]
      .map(({ name }) => name).sort();
    assertEquals(runs, [
      "uring.4k.1.json",
      "uring.4k.2.json",
      "write.large.1.json",
    ]);
    const first = await Deno.readTextFile(`${folder}/raw/${runs[0]}`);
    assertEquals(first.includes(ANSWER), true);
    assertEquals(JSON.parse(first), {
      command: [
        "fio",
        "--thread",
        "--output-format=json",
        "--name=a",
        "--bs=4096",
      ],
      output: JSON.parse(ANSWER),
    });
  });
});

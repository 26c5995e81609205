import { assertEquals } from "@std/assert";
import {
  ENVIRONMENT_NAMES,
  ENVIRONMENT_ROWS,
  parseDotenv,
  valueFrom,
} from "../../lib/config/environment_source.ts";
import { rowOfPath } from "../../lib/config/setting_rows.ts";

Deno.test("parseDotenv() reads lines, comments and one layer of quotes", () => {
  assertEquals(
    parseDotenv(
      "# keys\nA=1\n B = two words \nexport C='x # y'\nD=\"'q'\"\n" +
        "E=v # note\r\nF=\nnot a line\n=x\n",
    ),
    { A: "1", B: "two words", C: "x # y", D: "'q'", E: "v", F: "" },
  );
});

Deno.test("ENVIRONMENT_NAMES has every variable of the interface", () => {
  const names = "DLIO_OUTPUT_FOLDER DLIO_STORAGE_TYPE DLIO_STORAGE_LIBRARY " +
    "DLIO_BUCKET DLIO_LOG_LEVEL DLIO_MAX_AUTO_THREADS DLIO_DATA_GEN " +
    "S3_ENDPOINT_URIS AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY " +
    "AWS_SESSION_TOKEN AWS_REGION AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 " +
    "AWS_CA_BUNDLE HTTP_PROXY http_proxy HTTPS_PROXY https_proxy ALL_PROXY " +
    "all_proxy NO_PROXY no_proxy OMPI_COMM_WORLD_SIZE OMPI_COMM_WORLD_RANK " +
    "PMI_SIZE PMI_RANK PMIX_RANK SLURM_STEP_NUM_TASKS SLURM_PROCID " +
    "MPI_LOCALRANKID PALS_RANKID";
  assertEquals([...ENVIRONMENT_NAMES].sort(), names.split(" ").sort());
});

Deno.test("ENVIRONMENT_ROWS fill settings that exist", () => {
  for (const row of ENVIRONMENT_ROWS) {
    assertEquals(rowOfPath(row.path) === undefined, false, row.path);
  }
});

Deno.test("valueFrom() counts an empty variable as unset", () => {
  const row = ENVIRONMENT_ROWS[0]!;
  assertEquals(valueFrom(row, { [row.name]: " " }), undefined);
  assertEquals(valueFrom(row, {}), undefined);
  assertEquals(valueFrom(row, { [row.name]: "x" }), "x");
});

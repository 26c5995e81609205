/**
 * Runs DLIO's own `dlio_postprocessor` over a results folder:
 *
 *     deno run -A scripts/interop/dlio_postprocessor.ts RESULTS_FOLDER
 *
 * Needs python3 and PyPI. DLIO comes from there without its dependencies,
 * because TensorFlow, PyTorch and DALI (gigabytes) are not needed to read
 * results; mpi4py and dftracer, which it imports but does not use here, are
 * replaced by modules that do nothing. The postprocessor itself is unchanged.
 *
 * Ends with the postprocessor's exit status; its report is left in the
 * results folder, as DLIO's users have it.
 */
import { makeDlioEnvironment, standInVariables } from "../dlio/environment.ts";
import { printLine, printProblem } from "../terminal.ts";

/** What the postprocessor and the modules that it imports really use. */
const PACKAGES = [
  "numpy",
  "pandas",
  "pyyaml",
  "hydra-core",
  "omegaconf",
  "psutil",
];

/**
 * Installs DLIO in a temporary folder and runs its postprocessor.
 *
 * @param resultsFolder A finished results folder.
 * @returns The postprocessor's exit status.
 */
async function postprocess(resultsFolder: string): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_dlio_" });
  try {
    const python = await makeDlioEnvironment(folder, { packages: PACKAGES });
    const { code } = await new Deno.Command(python, {
      args: [
        "-m",
        "dlio_benchmark.postprocessor",
        `--output-folder=${resultsFolder}`,
        "--hydra-folder=.hydra",
      ],
      env: standInVariables(["mpi4py"]),
    }).spawn().status;
    return code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const [resultsFolder] = Deno.args;
  if (resultsFolder === undefined) {
    printProblem("Cannot start: the path of a results folder is missing");
    Deno.exit(2);
  }
  const code = await postprocess(resultsFolder);
  printLine(`dlio_postprocessor ended with status ${code}`);
  Deno.exit(code);
}

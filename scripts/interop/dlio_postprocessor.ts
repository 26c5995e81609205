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
import { printLine, printProblem } from "../terminal.ts";

const DLIO = "dlio_benchmark==2.0.0";

/** What the postprocessor and the modules that it imports really use. */
const DEPENDENCIES = [
  "numpy",
  "pandas",
  "pyyaml",
  "hydra-core",
  "omegaconf",
  "psutil",
];

const DFTRACER_STAND_IN = `
DFTRACER_ENABLE = False


class dftracer:
    pass


class dft_fn:
    def __init__(self, *args, **kwargs):
        pass

    def log(self, function):
        return function

    log_init = log_static = log
`;

/**
 * Installs DLIO in a temporary folder and runs its postprocessor.
 *
 * @param resultsFolder A finished results folder.
 * @returns The postprocessor's exit status.
 */
async function postprocess(resultsFolder: string): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_dlio_" });
  try {
    await python("python3", ["-m", "venv", `${folder}/venv`]);
    const venvPython = `${folder}/venv/bin/python`;
    const install = ["-m", "pip", "install", "-q"];
    await python(venvPython, [...install, "--no-deps", DLIO]);
    await python(venvPython, [...install, ...DEPENDENCIES]);
    await writeModule(`${folder}/stand_ins/mpi4py`, "__init__.py", "");
    await writeModule(`${folder}/stand_ins/dftracer`, "__init__.py", "");
    await writeModule(
      `${folder}/stand_ins/dftracer`,
      "logger.py",
      DFTRACER_STAND_IN,
    );
    const { code } = await new Deno.Command(venvPython, {
      args: [
        "-m",
        "dlio_benchmark.postprocessor",
        `--output-folder=${resultsFolder}`,
        "--hydra-folder=.hydra",
      ],
      env: { PYTHONPATH: `${folder}/stand_ins` },
    }).spawn().status;
    return code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function python(program: string, args: string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args }).spawn().status;
  if (success) return;
  throw new Error(`Cannot prepare DLIO: ${program} ${args.join(" ")} failed`);
}

async function writeModule(
  folder: string,
  name: string,
  text: string,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/${name}`, text);
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

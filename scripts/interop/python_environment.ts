/**
 * The Python environment of the interop suite: made once, kept, and used
 * again as long as it holds what `requirements.txt` asks for.
 */
import { printLine } from "../terminal.ts";
import { runToPrepare, textIfThere } from "../prepare.ts";

/** Name of the copy of the requirements that an environment was made from. */
const STAMP = "stoker-requirements.txt";

/**
 * Makes or finds the environment.
 *
 * @param folder Where it is or shall be.
 * @param requirementsPath Packages with their versions.
 * @param options Whether what the packages ask for themselves is left out;
 *   whoever imports them puts something in its place.
 * @returns Path of its Python.
 * @throws {Error} If Python or a package cannot be had: interop that was not
 *   checked must not look like interop that was.
 */
export async function preparePython(
  folder: string,
  requirementsPath: string,
  { withoutDependencies = false }: {
    readonly withoutDependencies?: boolean;
  } = {},
): Promise<string> {
  const python = `${folder}/bin/python`;
  const requirements = await Deno.readTextFile(requirementsPath);
  const stamp = await textIfThere(`${folder}/${STAMP}`);
  if (stamp === requirements) return python;
  printLine(`making the Python environment ${folder}`);
  await runToPrepare("Python", "python3", ["-m", "venv", folder]);
  await runToPrepare("Python", python, [
    "-m",
    "pip",
    "install",
    "-q",
    ...(withoutDependencies ? ["--no-deps"] : []),
    "-r",
    requirementsPath,
  ]);
  await Deno.writeTextFile(`${folder}/${STAMP}`, requirements);
  return python;
}

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
 * @param alonePath Packages that are installed without what they depend on,
 *   such as gigabytes of PyTorch; absent: none.
 * @returns Path of its Python.
 * @throws {Error} If Python or a package cannot be had: interop that was not
 *   checked must not look like interop that was.
 */
export async function preparePython(
  folder: string,
  requirementsPath: string,
  alonePath?: string,
): Promise<string> {
  const python = `${folder}/bin/python`;
  const lists = [
    { path: requirementsPath, flags: [] },
    ...(alonePath === undefined
      ? []
      : [{ path: alonePath, flags: ["--no-deps"] }]),
  ];
  let requirements = "";
  for (const { path } of lists) requirements += await Deno.readTextFile(path);
  const stamp = await textIfThere(`${folder}/${STAMP}`);
  if (stamp === requirements) return python;
  printLine(`making the Python environment ${folder}`);
  await runToPrepare("Python", "python3", ["-m", "venv", folder]);
  for (const { path, flags } of lists) {
    const words = ["-m", "pip", "install", "-q", ...flags, "-r", path];
    await runToPrepare("Python", python, words);
  }
  await Deno.writeTextFile(`${folder}/${STAMP}`, requirements);
  return python;
}

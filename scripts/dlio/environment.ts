/**
 * A Python environment with DLIO from PyPI and no more of its dependencies
 * than are used: TensorFlow, DALI and dftracer are replaced by stand-ins.
 */
import { runToPrepare, textIfThere } from "../prepare.ts";

/** The release that Stoker is compared with: the newest on PyPI. */
export const DLIO_VERSION = "2.0.0";

const STAND_INS = new URL("stand_ins", import.meta.url).pathname;

/** Names what is installed, so that an environment can be used again. */
const RECORD_NAME = "stoker_packages.txt";

/** What to install beside DLIO itself. */
export interface DlioPackages {
  /** With what they depend on. */
  readonly packages: readonly string[];
  /** Without: pip would bring gigabytes that DLIO does not use. */
  readonly barePackages?: readonly string[];
}

/**
 * Makes a virtual environment with DLIO, or uses the one that is there.
 *
 * @param folder Of the environment.
 * @returns The path of its Python.
 * @throws {Error} If python3 or pip fails.
 */
export async function makeDlioEnvironment(
  folder: string,
  { packages, barePackages = [] }: DlioPackages,
): Promise<string> {
  const bare = [`dlio_benchmark==${DLIO_VERSION}`, ...barePackages];
  const record = [...bare, ...packages].join("\n");
  const python = `${folder}/bin/python`;
  if (await textIfThere(`${folder}/${RECORD_NAME}`) === record) return python;
  await runToPrepare("DLIO", "python3", ["-m", "venv", "--clear", folder]);
  const install = ["-m", "pip", "install", "-q"];
  await runToPrepare("DLIO", python, [...install, ...packages]);
  await runToPrepare("DLIO", python, [...install, "--no-deps", ...bare]);
  await Deno.writeTextFile(`${folder}/${RECORD_NAME}`, record);
  return python;
}

/**
 * Environment variables under which DLIO finds the stand-ins.
 *
 * @param replaced Top-level modules to replace, beside dftracer.
 */
export function standInVariables(
  replaced: readonly string[],
): Record<string, string> {
  return { PYTHONPATH: STAND_INS, STOKER_STAND_INS: replaced.join(",") };
}

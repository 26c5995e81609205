/**
 * The folder of a search:
 *
 *    saturate.json     answer and curve, written anew after each probe
 *    saturate.html     the same as a page, at the end
 *    probes/N-R/       the results of run R at N, as any run's
 */
import { during } from "../../engine/run/during.ts";
import type { WaitHooks } from "../../engine/run/wait.ts";
import { StorageError } from "../../errors.ts";
import { resultsError, writePieces } from "../../results/results_file.ts";
import type { Saturation } from "../../saturate/saturation.ts";
import { saturationHtml } from "../../saturate/saturation_html.ts";
import { saturationJson } from "../../saturate/saturation_json.ts";

/** Names in the folder. */
const JSON_NAME = "saturate.json";
const PAGE_NAME = "saturate.html";

/** See the file header. */
export class SaturateFolder {
  readonly path: string;
  readonly #hooks: WaitHooks;

  private constructor(path: string, hooks: WaitHooks) {
    this.path = path;
    this.#hooks = hooks;
  }

  /**
   * Takes a folder.
   *
   * @param path The folder; it must not be there, or be empty.
   * @param hooks What ends a wait for its storage.
   * @throws {StorageError} If it cannot be used.
   */
  static async take(path: string, hooks: WaitHooks): Promise<SaturateFolder> {
    await during(hooks, waitText(path), () => takeFolder(path));
    return new SaturateFolder(path, hooks);
  }

  /** Folder of the results of a run. */
  probePath(value: number, run: number): string {
    return `${this.path}/probes/${value}-${run}`;
  }

  /** Saves the curve so far. */
  async save(saturation: Saturation): Promise<void> {
    const json = JSON.stringify(saturationJson(saturation), null, 2);
    await this.#write(JSON_NAME, `${json}\n`, this.#hooks);
  }

  /** Saves the whole, also after the search was stopped. */
  async finish(saturation: Saturation): Promise<void> {
    const json = JSON.stringify(saturationJson(saturation), null, 2);
    const hooks = { ...this.#hooks, signal: new AbortController().signal };
    await this.#write(JSON_NAME, `${json}\n`, hooks);
    await this.#write(PAGE_NAME, saturationHtml(saturation), hooks);
  }

  async #write(name: string, text: string, hooks: WaitHooks): Promise<void> {
    await during(
      hooks,
      waitText(this.path),
      (tick) => writePieces(`${this.path}/${name}`, [text], tick),
    );
  }
}

function waitText(path: string): string {
  return `waiting for the storage of "${path}" to answer`;
}

async function takeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
    for await (const { name } of Deno.readDir(path)) {
      throw new StorageError(
        "save a search in",
        path,
        "EEXIST",
        `it must be empty, "${name}" is there`,
      );
    }
  } catch (error) {
    throw resultsError("create", path, error);
  }
}

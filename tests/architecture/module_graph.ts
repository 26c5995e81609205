/**
 * Who imports whom, as Deno's own parser sees it: static, dynamic and
 * type-only imports alike.
 */

/** One import: paths from the project's folder, "npm:…" outside of it. */
export interface ImportEdge {
  readonly from: string;
  readonly to: string;
}

/** What `deno info --json` says, as far as it is read here. */
interface ModuleInfo {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

/**
 * All imports among files.
 *
 * @param root The project's folder, ending in "/".
 * @param paths Files of the project.
 * @throws {Error} If Deno cannot resolve them.
 */
export async function importEdges(
  root: URL,
  paths: readonly string[],
): Promise<ImportEdge[]> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = paths.map((path) => `import "${new URL(path, root).href}";`);
    await Deno.writeTextFile(entry, lines.join("\n"));
    const config = new URL("deno.json", root).pathname;
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      { args: ["info", "--json", "--config", config, entry] },
    ).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const info: ModuleInfo = JSON.parse(new TextDecoder().decode(stdout));
    return edgesOf(info, root.href);
  } finally {
    await Deno.remove(entry);
  }
}

function edgesOf(info: ModuleInfo, rootHref: string): ImportEdge[] {
  const local = (href: string) =>
    href.startsWith(rootHref) ? href.slice(rootHref.length) : href;
  return info.modules
    .filter((module) => module.specifier.startsWith(rootHref))
    .flatMap((module) =>
      (module.dependencies ?? []).flatMap(({ code, type }) => {
        const to = code?.specifier ?? type?.specifier;
        if (to === undefined) return [];
        return [{ from: local(module.specifier), to: local(to) }];
      })
    );
}

/**
 * Prepares the runtime that `deno compile` embeds, where the site that Deno
 * downloads it from cannot be reached but an npm registry can.
 *
 *    eval "$(deno task --quiet denort [FOLDER])"
 *    deno task compile
 *
 * FOLDER keeps what was made, for the next time; default
 * `~/.cache/stoker/denort-2.4.2`. Prints the variables that
 * `scripts/compile.ts` reads as `export` lines on stdout, everything else on
 * stderr. Linux on x86-64 only.
 *
 * The runtime is called denort. It is published on no npm package by itself.
 * A program made by Deno 2.4.2 consists of denort, then the program's own
 * data:
 *
 *    ELF header               at 0; says where the section table is
 *    …
 *    section table            ends denort, and the ELF file
 *    "d3n0l4nd"               begins the program's data
 *
 * (https://github.com/denoland/deno/blob/v2.4.2/cli/lib/standalone/binary.rs)
 *
 * So denort is cut out of such a program, which the package
 * `@vltpkg/cli-linux-x64` contains, and is compared with a known checksum.
 * denort reads only what its own version of Deno wrote: the matching `deno`
 * comes from Deno's own package. `deno install` fetches both, so `.npmrc` and
 * `NPM_CONFIG_REGISTRY` name a mirror.
 */
import { printLine, printProblem } from "./terminal.ts";

/** The version of the runtime in the donor. */
const DENO_VERSION = "2.4.2";
const DONOR = "@vltpkg/cli-linux-x64";
const DONOR_VERSION = "0.0.0-18";
/** A program in the donor that was made by `deno compile`. */
const DONOR_PROGRAM = "vlt";
const DENO_PACKAGE = "@deno/linux-x64-glibc";

/** What follows denort in a program. */
const PROGRAM_MAGIC = "d3n0l4nd";
const DENORT_SHA256 =
  "2705685d7478610b98dcd43acecd457a19810146323041c8af8a88f7dd0b5e82";

const ELF_HEADER_BYTES = 64;

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Fetches packages into `FOLDER/node_modules`; runs none of their scripts. */
async function install(
  folder: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  await Deno.writeTextFile(
    `${folder}/package.json`,
    JSON.stringify({ private: true, dependencies }),
  );
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--node-modules-dir=auto", "--no-lock"],
    cwd: folder,
    env: { DENO_TLS_CA_STORE: tlsStore() },
    stdout: "null",
  }).spawn().status;
  if (success) return;
  throw new Error(
    `Cannot install ${Object.keys(dependencies).join(", ")} from npm: ` +
      "the lines above say why; .npmrc or NPM_CONFIG_REGISTRY names a mirror",
  );
}

/** A proxy's own authority is in the system's store, which Deno skips. */
function tlsStore(): string {
  return Deno.env.get("DENO_TLS_CA_STORE") ?? "mozilla,system";
}

/**
 * The denort at the begin of a program.
 *
 * @param program A file made by `deno compile`.
 */
async function cutDenort(program: string): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(program);
  const header = new DataView((await readBytes(file, ELF_HEADER_BYTES)).buffer);
  // ELF64: e_shoff, e_shentsize and e_shnum; the table is the last part.
  const tableOffset = Number(header.getBigUint64(0x28, true));
  const byteLength = tableOffset +
    header.getUint16(0x3a, true) * header.getUint16(0x3c, true);
  await file.seek(0, Deno.SeekMode.Start);
  const bytes = await readBytes(file, byteLength + PROGRAM_MAGIC.length);
  const magic = new TextDecoder().decode(bytes.subarray(byteLength));
  if (magic !== PROGRAM_MAGIC) {
    throw new Error(
      `Cannot cut denort out of ${program}: "${PROGRAM_MAGIC}" must follow ` +
        `its ${byteLength} bytes of ELF`,
    );
  }
  return bytes.subarray(0, byteLength);
}

async function readBytes(
  file: Deno.FsFile,
  byteLength: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(byteLength);
  let offset = 0;
  while (offset < byteLength) {
    const count = await file.read(bytes.subarray(offset));
    if (count === null) throw new Error("Cannot cut denort: a short file");
    offset += count;
  }
  return bytes;
}

async function makeDenort(folder: string, path: string): Promise<void> {
  await install(folder, {
    [DONOR]: DONOR_VERSION,
    [DENO_PACKAGE]: DENO_VERSION,
  });
  const bytes = await cutDenort(
    `${folder}/node_modules/${DONOR}/${DONOR_PROGRAM}`,
  );
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  // Not toHex(), which Deno 2.4 has not got.
  const hash = Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  if (hash !== DENORT_SHA256) {
    throw new Error(
      `Cannot use the denort of ${DONOR}@${DONOR_VERSION}: its SHA-256 must ` +
        `be ${DENORT_SHA256}: current value is ${hash}`,
    );
  }
  await Deno.writeFile(`${path}.partial`, bytes, { mode: 0o755 });
  await Deno.rename(`${path}.partial`, path);
  // The donor has 480 MB, of which nothing more is needed.
  await install(folder, { [DENO_PACKAGE]: DENO_VERSION });
}

async function prepare(folder: string): Promise<void> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    throw new Error(
      `Cannot prepare denort for ${Deno.build.target}: there is one for ` +
        "Linux on x86-64 only; deno compile downloads others",
    );
  }
  await Deno.mkdir(folder, { recursive: true });
  folder = await Deno.realPath(folder);
  const denort = `${folder}/denort`;
  const deno = `${folder}/node_modules/${DENO_PACKAGE}/deno`;
  if (!await isThere(denort) || !await isThere(deno)) {
    printProblem(`preparing ${denort}`);
    await makeDenort(folder, denort);
  }
  printLine(`export DENORT_BIN=${JSON.stringify(denort)}`);
  printLine(`export DENO_242=${JSON.stringify(deno)}`);
  // Deno 2.4.2 fetches packages too, and reads the system's store only so.
  printLine(`export DENO_TLS_CA_STORE=${tlsStore()}`);
}

function defaultFolder(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") ??
    `${Deno.env.get("HOME") ?? Deno.cwd()}/.cache`;
  return `${cache}/stoker/denort-${DENO_VERSION}`;
}

try {
  await prepare(Deno.args[0] ?? defaultFolder());
} catch (error) {
  if (!(error instanceof Error)) throw error;
  printProblem(`error: ${error.message}`);
  Deno.exit(1);
}

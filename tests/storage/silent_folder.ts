/**
 * A folder whose storage does not answer, as a mount whose server is gone: a
 * FUSE file system that nobody serves, mounted over it. Needs root and
 * /dev/fuse; nothing here waits for it.
 */

const MNT_FORCE_AND_DETACH = 1 | 2;
const O_RDWR = 2;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  mount: {
    parameters: ["buffer", "buffer", "buffer", "u64", "buffer"],
    result: "i32",
  },
  umount2: { parameters: ["buffer", "i32"], result: "i32" },
} as const;

/** Whether folders can be made silent here. */
export function canBeSilenced(): boolean {
  const folder = Deno.makeTempDirSync({ prefix: "stoker-silent-" });
  try {
    silence(folder).release();
    return true;
  } catch {
    return false;
  } finally {
    Deno.removeSync(folder);
  }
}

/**
 * Makes a folder silent: whoever looks up anything below it waits.
 *
 * @param folder One that is there; its files show again after the release.
 * @returns Who waits gets an error at the release.
 * @throws {Error} Where that is not permitted.
 */
export function silence(folder: string): { release(): void } {
  const libc = Deno.dlopen("libc.so.6", SYMBOLS);
  const { open, close, mount, umount2 } = libc.symbols;
  const fd = open(cText("/dev/fuse"), O_RDWR);
  const options = `fd=${fd},rootmode=40000,user_id=0,group_id=0`;
  const status = fd < 0 ? -1 : mount(
    cText("silent"),
    cText(folder),
    cText("fuse"),
    0n,
    cText(options),
  );
  if (status !== 0) {
    if (fd >= 0) close(fd);
    libc.close();
    throw new Error(`Cannot mount a silent file system on ${folder}`);
  }
  return {
    release() {
      umount2(cText(folder), MNT_FORCE_AND_DETACH);
      close(fd);
      libc.close();
    },
  };
}

function cText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

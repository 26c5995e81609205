/**
 * Single keys of a terminal while something is shown there.
 *
 * The terminal gives keys at once, and does not show them, only while somebody
 * listens and this process is in its foreground. Signals from keys (Ctrl-C,
 * Ctrl-Z) stay what they are. Keys are looked for a few times a second and
 * never waited for.
 */

/** What a keyboard needs of the process; a test gives its own. */
export interface KeyboardDevice {
  /** Whether this process is in the foreground of its terminal. */
  isForeground(): boolean;
  /** Keys at once and unseen; false: lines, as it was before. */
  setSingleKeys(isOn: boolean): void;
  /** What was typed; null: nothing can be read any more. */
  readTyped(): string | null;
}

/** Between two looks, in milliseconds. */
const LOOK_MS = 200;

/** See the file header. */
export class Keyboard {
  readonly #device: KeyboardDevice;
  readonly #lookMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isOn = false;

  /** @param options `lookMs`: between two looks, in milliseconds. */
  constructor(
    device: KeyboardDevice,
    { lookMs = LOOK_MS }: { readonly lookMs?: number } = {},
  ) {
    this.#device = device;
    this.#lookMs = lookMs;
  }

  /**
   * Hears keys until it is disposed of.
   *
   * @param onKey Called with each character.
   */
  listen(onKey: (key: string) => void): Disposable {
    this.#timer ??= setInterval(() => this.#look(onKey), this.#lookMs);
    this.#look(onKey);
    return { [Symbol.dispose]: () => this.#end() };
  }

  /**
   * Gives the terminal back as it was; the next look takes it again. A job in
   * the background may not touch it: its shell has done that.
   */
  restore(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    if (this.#device.isForeground()) this.#device.setSingleKeys(false);
  }

  #look(onKey: (key: string) => void): void {
    if (!this.#device.isForeground()) return;
    if (!this.#isOn) {
      this.#device.setSingleKeys(true);
      this.#isOn = true;
    }
    const typed = this.#device.readTyped();
    if (typed === null) return this.#end();
    for (const key of typed) onKey(key);
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.restore();
  }
}

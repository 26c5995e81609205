/**
 * A worker that may be sent messages at once.
 *
 * Of messages that arrive while a thread begins, Deno 2.9.6 loses some, all the
 * more as it begins fast. They are kept here until its program says
 * {@linkcode LOADED}, as its last act before it waits for messages.
 */

/** What a program says when it has run. */
export const LOADED = "loaded";

/** See the file header. */
export class PatientWorker extends Worker {
  #earlyMessages: unknown[] | null = [];

  /** @param url Of the program, a module. */
  constructor(url: string | URL) {
    super(url, { type: "module" });
    const onLoaded = (event: MessageEvent) => {
      if (event.data !== LOADED) return;
      // Nobody else needs to know.
      event.stopImmediatePropagation();
      this.removeEventListener("message", onLoaded);
      const messages = this.#earlyMessages ?? [];
      this.#earlyMessages = null;
      for (const message of messages) super.postMessage(message);
    };
    this.addEventListener("message", onLoaded);
  }

  override postMessage(message: unknown): void {
    if (this.#earlyMessages === null) super.postMessage(message);
    else this.#earlyMessages.push(message);
  }
}

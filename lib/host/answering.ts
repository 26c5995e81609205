/**
 * Whether the storage of a path answers: a mount whose server is gone does
 * not. A call of the main thread there would wait for ever, and no signal or
 * time limit would be heard any more, so it is asked on another thread first.
 *
 * Limit: a file system that answers from this host's memory is not noticed.
 */

/**
 * Ends when the storage answers, be it by a refusal.
 *
 * @param path A file or folder, there or not.
 */
export async function awaitAnswer(path: string): Promise<void> {
  try {
    await Deno.stat(path);
  } catch {
    // Missing, not permitted: an answer too.
  }
}

/** What one of several workers of a thread ended with. */
export class WorkerFailure extends Error {
  /** Of the worker: "reader 2 of rank 0". */
  readonly title: string;

  /**
   * @param title Which worker.
   * @param cause What it ended with, which is what is said.
   */
  constructor(title: string, cause: unknown) {
    super(`${title} failed`, { cause });
    this.title = title;
  }
}

/** Entry of the thread that makes the main thread's calls on files. */
import { FileLoop } from "./file_loop.ts";
import type { FileCall } from "./file_messages.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<readonly FileCall[]>) => void) | null;
  postMessage(message: unknown): void;
};
const loop = new FileLoop((answers) => scope.postMessage(answers));

scope.onmessage = ({ data }) => void loop.take(data);

/**
 * Entry of the trace's writer; the loop is in `trace_writer_loop.ts`.
 */
import { TraceWriterLoop } from "./trace_writer_loop.ts";
import type { WriterAnswer, WriterOrder } from "./trace_messages.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WriterOrder>) => void) | null;
  postMessage(answer: WriterAnswer): void;
}

const scope = globalThis as unknown as WorkerScope;
const loop = new TraceWriterLoop((answer) => scope.postMessage(answer));
scope.onmessage = ({ data }) => loop.obey(data);

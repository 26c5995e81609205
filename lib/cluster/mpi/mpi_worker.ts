/** Entry of the one thread that speaks MPI. */
import { LOADED } from "../../early_messages.ts";
import { runMpiLoop } from "./mpi_loop.ts";
import type { MpiOrder, MpiReport, MpiStart } from "./mpi_messages.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(
    message: MpiReport | typeof LOADED,
    transfer: Transferable[],
  ): void;
  close(): void;
};

scope.onmessage = ({ data }: MessageEvent<MpiStart>) => {
  void runMpiLoop(data, {
    post: (report, transfer = []) => scope.postMessage(report, transfer),
    onOrder(take) {
      scope.onmessage = ({ data }: MessageEvent<MpiOrder>) => take(data);
    },
  }).finally(() => scope.close());
};
scope.postMessage(LOADED, []);

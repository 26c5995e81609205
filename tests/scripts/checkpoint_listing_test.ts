/**
 * How listings of checkpoints are compared; DLIO itself is not run here.
 */
import { assertEquals, assertThrows } from "@std/assert";
import {
  compareListings,
  sumsByRank,
} from "../../scripts/peers/checkpoint_listing.ts";

Deno.test("compareListings() tells a container from other bytes of tensors", () => {
  const file = (fileBytes: number, payloadBytes: number) => ({
    fileBytes,
    payloadBytes,
  });
  assertEquals(
    compareListings(
      { a: file(7, 7), b: file(8, 8), c: file(9, 9), ours: file(1, 1) },
      { a: file(7, 7), b: file(99, 8), c: file(9, 5), theirs: file(2, 2) },
    ),
    {
      sameCount: 2,
      sameLengthCount: 1,
      differences: [
        "c: Stoker 9, DLIO 5",
        "ours: Stoker 1, DLIO none",
        "theirs: Stoker none, DLIO 2",
      ],
    },
  );
});

Deno.test("sumsByRank() is the same for both schemes of names", () => {
  const file = (payloadBytes: number) => ({
    fileBytes: payloadBytes + 1,
    payloadBytes,
  });
  const expected = {
    "blob 3": { fileCount: 1, payloadBytes: 5 },
    "layers 3": { fileCount: 1, payloadBytes: 30 },
    "optimizer 3": { fileCount: 1, payloadBytes: 7 },
  };
  const step = "global_epoch1_step4";
  assertEquals(
    sumsByRank({
      [`${step}/model_states-3.pt`]: file(5),
      [`${step}/zero_pp_rank_1_mp_rank_1_model_states.pt`]: file(30),
      [`${step}/zero_pp_rank_1_mp_rank_1_optim_states.pt`]: file(7),
    }, 2),
    expected,
  );
  assertEquals(
    sumsByRank({
      "model-1-4-3.pt": file(5),
      "layer-0-1-4-3.pt": file(10),
      "layer-1-1-4-3.pt": file(20),
      "optimizer-1-4-3.pt": file(7),
    }, 2),
    { ...expected, "layers 3": { fileCount: 2, payloadBytes: 30 } },
  );
});

Deno.test("sumsByRank() refuses a name of neither scheme", () => {
  assertThrows(
    () => sumsByRank({ "model.pt": { fileBytes: 1, payloadBytes: 1 } }, 1),
    Error,
    "Cannot tell what is in model.pt: the name is unknown",
  );
});

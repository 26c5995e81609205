/** Tests of lib/cli/session/phase_title.ts. */
import { assertEquals } from "@std/assert";
import { phaseTitle } from "../../../lib/cli/session/phase_title.ts";

const BEGIN = { stepCount: 0, at: { wallMs: 0, atSeconds: 0 } };

Deno.test("phaseTitle() counts epochs where there are any", () => {
  assertEquals(
    phaseTitle({ ...BEGIN, kind: "train", epoch: 2 }, 3),
    "train, epoch 2 of 3",
  );
  assertEquals(
    phaseTitle({ ...BEGIN, kind: "generate", epoch: 0 }, 3),
    "generate",
  );
});

Deno.test("phaseTitle() counts checkpoints", () => {
  const checkpoint = { number: 3, count: 10 };
  const begin = { ...BEGIN, epoch: 1, checkpoint };
  assertEquals(
    phaseTitle({ ...begin, kind: "save_checkpoint" }, 1),
    "save checkpoint 3 of 10",
  );
  assertEquals(
    phaseTitle({ ...begin, kind: "load_checkpoint" }, 1),
    "load checkpoint 3 of 10",
  );
});

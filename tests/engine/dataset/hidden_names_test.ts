/** Tests of lib/engine/dataset/hidden_names.ts. */
import { assertEquals } from "@std/assert";
import { isHiddenName } from "../../../lib/engine/dataset/hidden_names.ts";

Deno.test("isHiddenName() knows what other tools keep beside data", () => {
  for (
    const name of [
      "._IMG_0001.jpg",
      ".DS_Store",
      ".hoodie",
      ".ipynb_checkpoints",
      ".part-0.parquet.crc",
      "_delta_log",
      "_temporary",
      "_SUCCESS",
      "_committed_8342",
      "_started_8342",
      "__MACOSX",
      "lost+found",
      "@eaDir",
      "$RECYCLE.BIN",
    ]
  ) assertEquals(isHiddenName(name), true, name);
});

Deno.test("isHiddenName() leaves data alone", () => {
  for (
    const name of [
      "img_0_of_8.npz",
      "day=3",
      "_day=3",
      "_img_0_of_8.npz",
      "a.b",
      "__HIVE_DEFAULT_PARTITION__",
      "day=__HIVE_DEFAULT_PARTITION__",
      "_committed_by_me.npz",
      "temporary",
    ]
  ) assertEquals(isHiddenName(name), false, name);
});

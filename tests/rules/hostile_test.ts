/**
 * Trees that mean harm: they are judged in bounded time and memory, and what
 * was not read is said.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NEWEST_EDITION } from "../../lib/rules/editions.ts";
import { validationHtml } from "../../lib/rules/report/validation_html.ts";
import { validationText } from "../../lib/rules/report/validation_text.ts";
import { validate } from "../../lib/rules/validate.ts";
import type { Validation } from "../../lib/rules/validation.ts";
import { goodTraining, ORGANIZATION, stamp, UNET3D } from "./field_tree.ts";
import { inFolder } from "./judging.ts";

const RUN1 = `${UNET3D}/run/${stamp(0)}`;

interface Harm {
  readonly title: string;
  /** Does it to a good tree. */
  readonly harm: (folder: string) => Promise<void> | void;
  /** Where something was left unread. */
  readonly where: string;
  /** In the reason. */
  readonly reason: string;
}

const summary = (folder: string) => `${folder}/${RUN1}/summary.json`;

const HARMS: readonly Harm[] = [
  {
    title: "a link that leads in a circle",
    harm: (folder) => Deno.symlink("..", `${folder}/${RUN1}/loop`),
    where: `${RUN1}/loop`,
    reason: "a symbolic link",
  },
  {
    title: "a link that leads out of the tree",
    harm: async (folder) => {
      await Deno.remove(summary(folder));
      await Deno.symlink("/etc/passwd", summary(folder));
    },
    where: `${RUN1}/summary.json`,
    reason: "a symbolic link",
  },
  {
    title: "a link to an endless device",
    harm: (folder) => Deno.symlink("/dev/zero", `${folder}/${RUN1}/zero.json`),
    where: `${RUN1}/zero.json`,
    reason: "a symbolic link",
  },
  {
    title: "JSON of a gigabyte",
    harm: async (folder) => {
      using file = await Deno.open(summary(folder), { write: true });
      await file.truncate(2 ** 30);
    },
    where: `${RUN1}/summary.json`,
    reason: "it must have at most 16.00 MiB",
  },
  {
    title: "JSON of a million brackets",
    harm: (folder) =>
      Deno.writeTextFile(summary(folder), "[".repeat(1_000_000)),
    where: `${RUN1}/summary.json`,
    reason: "more than 64 levels",
  },
  {
    title: "JSON of two million objects",
    harm: (folder) =>
      Deno.writeTextFile(summary(folder), `[${"{},".repeat(2_000_000)}{}]`),
    where: `${RUN1}/summary.json`,
    reason: "1000000 objects",
  },
  {
    title: "JSON of binary junk",
    harm: (folder) =>
      Deno.writeFile(
        summary(folder),
        Uint8Array.from({ length: 4096 }, (_, i) => (i * 7) & 255),
      ),
    where: `${RUN1}/summary.json`,
    reason: "JSON",
  },
  {
    title: "YAML whose aliases make 10^10 values",
    harm: (folder) => {
      const levels = Array.from(
        { length: 10 },
        (_, i) =>
          `a${i}: &a${i} [${
            Array(10).fill(i === 0 ? "x" : `*a${i - 1}`).join(", ")
          }]`,
      );
      return Deno.writeTextFile(
        `${folder}/${RUN1}/dlio_config/config.yaml`,
        levels.join("\n"),
      );
    },
    where: `${RUN1}/dlio_config/config.yaml`,
    reason: "must have at most 100000 values",
  },
  {
    title: "YAML of a hundred thousand brackets",
    harm: (folder) =>
      Deno.writeTextFile(
        `${folder}/${RUN1}/dlio_config/config.yaml`,
        "[".repeat(100_000),
      ),
    where: `${RUN1}/dlio_config/config.yaml`,
    reason: "",
  },
  {
    title: "a named pipe that nobody writes to",
    harm: async (folder) => {
      await Deno.remove(summary(folder));
      await new Deno.Command("mkfifo", { args: [summary(folder)] }).output();
    },
    where: `${RUN1}/summary.json`,
    reason: "neither a file nor a folder",
  },
  {
    title: "folders in folders",
    harm: (folder) =>
      Deno.mkdir(`${folder}/${RUN1}/${"d/".repeat(60)}`, { recursive: true }),
    where: `${RUN1}/${"d/".repeat(8)}d`,
    reason: "deeper than 16 folders",
  },
  {
    title: "a stoker.json that is none",
    harm: (folder) =>
      Deno.writeTextFile(
        `${folder}/${RUN1}/stoker.json`,
        '{"format_version": 2, "phases": 7}',
      ),
    where: `${RUN1}/stoker.json`,
    reason: "it is no stoker.json of Stoker",
  },
  {
    title: "a stoker.json of a million brackets",
    harm: (folder) =>
      Deno.writeTextFile(
        `${folder}/${RUN1}/stoker.json`,
        "[".repeat(1_000_000),
      ),
    where: `${RUN1}/stoker.json`,
    reason: "more than 64 levels",
  },
];

function unread({ results }: Validation) {
  return results.flatMap(({ findings }) => findings)
    .filter(({ ruleId }) => ruleId === "STOKER-READ");
}

for (const { title, harm, where, reason } of HARMS) {
  Deno.test(`${title} is left out, with the reason`, async () => {
    await inFolder(async (folder) => {
      await goodTraining().write(folder);
      await harm(folder);
      const validation = await validate(folder, NEWEST_EDITION);
      const [finding, ...others] = unread(validation);
      assertEquals(finding?.where, where);
      assertStringIncludes(finding?.have ?? "", reason);
      assertEquals(others, []);
      assertEquals(validation.verdict, "invalid");
    });
  });
}

Deno.test("names of files cannot steer a terminal or a page", async () => {
  await inFolder(async (folder) => {
    await goodTraining().write(folder);
    const name = "\u001b[31m<script>alert(1)</script>";
    const safe = name.replaceAll("/", "|");
    await Deno.writeTextFile(`${folder}/${ORGANIZATION}/${safe}`, "");
    const validation = await validate(folder, NEWEST_EDITION);
    const text = validationText(validation);
    assert(!text.includes("\u001b"));
    const page = [...validationHtml(validation)].join("");
    assert(!page.includes("<script>"));
    assertStringIncludes(page, "&lt;script&gt;");
  });
});

Deno.test("a page needs no script and nothing from elsewhere", async () => {
  await inFolder(async (folder) => {
    await goodTraining().write(folder);
    const page = [...validationHtml(await validate(folder, NEWEST_EDITION))]
      .join("");
    assert(!/<script|src=|href=|@import|url\(/.test(page));
    assertStringIncludes(page, "✔ CLOSED");
    assertStringIncludes(page, "? UNCHECKED");
  });
});

/**
 * Stoker on a terminal: what it draws, what keys and signals do, and how it
 * leaves the terminal.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type PtyShell, shellOnPty } from "./pty.ts";

/** A run that goes on until it is ended. */
const LONG_RUN = "$STOKER run --data=$FOLDER/data --results=$FOLDER/results " +
  "dataset.num_files_train=8 dataset.record_length_bytes=4096 " +
  "train.epochs=100 train.computation_time=0.3";
/** One that is over in a second or two. */
const SHORT_RUN = "$STOKER run --data=$FOLDER/data " +
  "--results=$FOLDER/results dataset.num_files_train=8 " +
  "dataset.record_length_bytes=4096 train.epochs=1 " +
  "train.computation_time=0.5";
/** In the last piece of a block's second line. */
const HINT = "q ends and keeps";
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
/** How a block goes away. */
const ERASED = `\r\x1b[J${SHOW_CURSOR}`;

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Every cursor that was hidden is shown again. */
function assertCursorShown(shell: PtyShell): void {
  const output = shell.output();
  assertEquals(countOf(output, HIDE_CURSOR) > 0, true, output);
  assertEquals(countOf(output, SHOW_CURSOR), countOf(output, HIDE_CURSOR));
}

Deno.test("a run on a terminal shows a block, and erases it before it says what became of the phase", async () => {
  await using shell = await shellOnPty(SHORT_RUN);
  assertEquals(await shell.code(), 0, shell.output());
  const output = shell.output();
  assertStringIncludes(output, HINT);
  assertStringIncludes(output, "░");
  const rest = output.slice(output.lastIndexOf(HINT));
  assert(rest.includes(ERASED), rest);
  assert(rest.indexOf(ERASED) < rest.indexOf("[METRIC]"), rest);
  assertCursorShown(shell);
});

for (const [key, name] of [["q", "q"], ["\x03", "SIGINT"]] as const) {
  Deno.test(`${name} typed on a terminal ends a run, keeps what was measured and gives the terminal back`, async () => {
    await using shell = await shellOnPty(
      `trap : INT; stty -g >$FOLDER/before; ${LONG_RUN}; code=$?; ` +
        "stty -g | cmp - $FOLDER/before && echo same settings; " +
        `grep -c '"complete": false' $FOLDER/results/summary.json; exit $code`,
    );
    await shell.until(HINT);
    await shell.type(key);
    await shell.until(`error: Interrupted by ${name}`);
    assertEquals(await shell.code(), 130, shell.output());
    assertStringIncludes(shell.output(), "same settings\r\n1\r\n");
    assertCursorShown(shell);
  });
}

for (const signals of [["TERM"], ["HUP"], ["TERM", "TERM"]]) {
  Deno.test(`the terminal is given back after ${signals.join(" and ")}`, async () => {
    const kills = signals.map((signal) => `kill -${signal} $pid`).join("; ");
    await using shell = await shellOnPty(
      // Job control, so that the run is in the foreground and has the terminal.
      `set -m; stty -g >$FOLDER/before; ` +
        `(until [ -e $FOLDER/pid ]; do sleep 0.1; done; ` +
        `read -r pid <$FOLDER/pid; ${kills}) & ` +
        `bash -c 'echo $$ >$FOLDER/mine; exec ${LONG_RUN}'; code=$?; ` +
        `stty -g | cmp - $FOLDER/before && echo same settings; exit $code`,
    );
    await shell.until(HINT);
    await Deno.rename(`${shell.folder}/mine`, `${shell.folder}/pid`);
    assertEquals(await shell.code(), 130, shell.output());
    assertStringIncludes(shell.output(), "same settings");
    assertCursorShown(shell);
  });
}

Deno.test("Ctrl-Z gives the terminal back, bg goes on without drawing, fg draws and listens again", async () => {
  await using shell = await shellOnPty(
    "PS1='prompt> ' exec bash --norc --noprofile -i",
  );
  await shell.until("prompt> ");
  await shell.type(`stty -g >$FOLDER/before; ${LONG_RUN}\n`);
  await shell.until(HINT);
  await shell.type("\x1a");
  await shell.until(SHOW_CURSOR);
  await shell.until("Stopped");
  await shell.type("stty -g | cmp - $FOLDER/before && echo same''settings\n");
  await shell.until("samesettings");
  await shell.type("bg\n");
  // It goes on in the background: no read and no change of modes stops it.
  await shell.until(" steps in ");
  await shell.type("jobs\n");
  await shell.until("Running");
  await shell.type("fg\n");
  await shell.until(HIDE_CURSOR);
  await shell.until(HINT);
  await shell.type("q");
  await shell.until("error: Interrupted by q");
  await shell.until("prompt> ");
  await shell.type("exit 7\n");
  assertEquals(await shell.code(), 7);
  assertCursorShown(shell);
});

Deno.test("a job in the background neither touches the terminal nor is stopped by it", async () => {
  await using shell = await shellOnPty(
    `set -m; stty -g >$FOLDER/before; ${SHORT_RUN} & wait $!; ` +
      "code=$?; stty -g | cmp - $FOLDER/before && echo same settings; " +
      "exit $code",
  );
  assertEquals(await shell.code(), 0, shell.output());
  assertStringIncludes(shell.output(), "[METRIC]");
  assertStringIncludes(shell.output(), "same settings");
  assertEquals(shell.output().includes("\x1b"), false);
});

for (
  const [title, command, environment] of [
    ["--no-progress", `${SHORT_RUN} --no-progress`, {}],
    ["-q", `${SHORT_RUN} -q`, {}],
    ["TERM=dumb", SHORT_RUN, { TERM: "dumb" }],
    ["a log instead of the terminal", `${SHORT_RUN} 2>$FOLDER/log`, {}],
  ] as const
) {
  Deno.test(`nothing is redrawn and keys are left alone with ${title}`, async () => {
    await using shell = await shellOnPty(command, environment);
    assertEquals(await shell.code(), 0, shell.output());
    assertEquals(shell.output().includes("\x1b"), false, shell.output());
  });
}

Deno.test("NO_COLOR leaves colours out, and a locale without UTF-8 all but ASCII", async () => {
  await using shell = await shellOnPty(SHORT_RUN, {
    NO_COLOR: "1",
    LC_ALL: "C",
  });
  assertEquals(await shell.code(), 0, shell.output());
  const block = shell.output().split("[METRIC]")[0] ?? "";
  assertStringIncludes(block, HINT);
  // Select Graphic Rendition: dim, bold, green, yellow.
  for (const code of [2, 1, 32, 33]) {
    assertEquals(block.includes(`\x1b[${code}m`), false, block);
  }
  assert([...block].every((char) => char < "\x80"), block);
});

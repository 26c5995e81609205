import { assertEquals, assertThrows } from "@std/assert";
import { StorageError } from "../../lib/errors.ts";
import { Journal, JOURNAL_NAME } from "../../lib/results/journal.ts";

async function withFolder(test: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_journal_" });
  try {
    test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Journal.append() writes one line for each value", () =>
  withFolder((folder) => {
    const journal = Journal.create(folder);
    journal.append({ a: 1, list: [{ b: "x\ny" }] });
    journal.append({ a: 2 });
    assertEquals(
      Deno.readTextFileSync(`${folder}/${JOURNAL_NAME}`),
      '{"a": 1,"list": [{"b": "x\\ny"}]}\n{"a": 2}\n',
    );
  }));

Deno.test("Journal.create() refuses a folder that has a journal", () =>
  withFolder((folder) => {
    Journal.create(folder);
    assertThrows(() => Journal.create(folder), StorageError, JOURNAL_NAME);
  }));

Deno.test("Journal.append() and remove() name a journal that is gone", () =>
  withFolder((folder) => {
    const journal = Journal.create(folder);
    journal.remove();
    assertEquals([...Deno.readDirSync(folder)], []);
    assertThrows(() => journal.append({}), StorageError, JOURNAL_NAME);
    assertThrows(() => journal.remove(), StorageError, JOURNAL_NAME);
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { filePart } from "../../lib/checkpoint/file_part.ts";

Deno.test("filePart() gives every byte to one reader, at whole chunks", () => {
  fc.assert(
    fc.property(
      fc.record({
        fileBytes: fc.integer({ min: 1, max: 200_000 }),
        fileIndex: fc.integer({ min: 0, max: 9 }),
        chunkBytes: fc.constantFrom(4096, 5000, 8192, 1 << 20),
      }),
      fc.integer({ min: 1, max: 9 }),
      (file, readerCount) => {
        const parts = Array.from(
          { length: readerCount },
          (_, reader) => filePart(file, { reader, readerCount }),
        ).filter(({ offset, endOffset }) => offset < endOffset)
          .toSorted((a, b) => a.offset - b.offset);
        let offset = 0;
        for (const part of parts) {
          assertEquals(part.offset, offset);
          assertEquals(part.offset % file.chunkBytes, 0);
          offset = part.endOffset;
        }
        assertEquals(offset, file.fileBytes);
        // None reads a chunk more than it must.
        const chunkCount = Math.ceil(file.fileBytes / file.chunkBytes);
        const mostBytes = Math.ceil(chunkCount / readerCount) *
          file.chunkBytes;
        assert(
          parts.every((part) => part.endOffset - part.offset <= mostBytes),
        );
      },
    ),
    { seed: 31 },
  );
});

Deno.test("filePart() deals files of one chunk among the readers", () => {
  const readersOf = [0, 1, 2, 3].map((fileIndex) => {
    const file = { fileBytes: 100, fileIndex, chunkBytes: 4096 };
    return [0, 1, 2, 3].filter((reader) =>
      filePart(file, { reader, readerCount: 4 }).endOffset > 0 &&
      filePart(file, { reader, readerCount: 4 }).offset === 0
    );
  });
  assertEquals(readersOf, [[0], [1], [2], [3]]);
});

/**
 * The records of a zip archive, byte for byte as CPython's zipfile writes
 * them when every entry is opened with force_zip64, as numpy.savez does.
 *
 *    local header · data [· data descriptor]   per entry
 *    central header                            per entry
 *    [zip64 end record · zip64 end locator]
 *    end record
 *
 * Quirks of zipfile that are kept: version 4.5 everywhere, also where no
 * field needs it; zip64 fields from 2^31 on although 2^32 - 1 would fit; the
 * date is 1980-01-01 00:00.
 *
 * Spec: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
 */
import { concatBytes } from "../bytes/concat_bytes.ts";
import { type Field, packLittleEndian } from "../bytes/little_endian.ts";

/** How an entry's data is kept. */
export type ZipMethod = "stored" | "deflated";

/** One file of an archive. */
export interface ZipEntry {
  /** ASCII. */
  readonly name: string;
  readonly method: ZipMethod;
  /**
   * True if the size in the archive is known only behind the data: then the
   * local header has neither sizes nor CRC and a data descriptor follows.
   */
  readonly streamed: boolean;
  readonly crc32: number;
  readonly dataBytes: number;
  /** Bytes in the archive; the same as `dataBytes` where stored. */
  readonly archivedBytes: number;
  /** Where the local header begins. */
  readonly offset: number;
}

const VERSION_ZIP64 = 45;
const SYSTEM_UNIX = 3;
const DOS_TIME = 0;
const DOS_DATE = 0b0000000_0001_00001;
/** zipfile's -rw------- in the upper half. */
const EXTERNAL_ATTRIBUTES = 0o600 * 2 ** 16;
const FLAG_DATA_DESCRIPTOR = 0b1000;
const METHODS: Readonly<Record<ZipMethod, number>> = {
  stored: 0,
  deflated: 8,
};

const ZIP64_EXTRA_ID = 1;
const IN_ZIP64_EXTRA = 0xffffffff;
/** The largest value that zipfile puts into a field of 32 bits. */
const ZIP64_LIMIT = 2 ** 31 - 1;

/** What stands before an entry's data. */
export function localHeader(entry: ZipEntry): Uint8Array {
  const { streamed } = entry;
  return concatBytes([
    packLittleEndian([
      [4, 0x04034b50],
      [2, VERSION_ZIP64],
      ...commonFields(entry),
      [4, streamed ? 0 : entry.crc32],
      [4, IN_ZIP64_EXTRA], // archivedBytes
      [4, IN_ZIP64_EXTRA], // dataBytes
      [2, entry.name.length],
      [2, 20], // bytes of the extra field
    ]),
    ascii(entry.name),
    zip64Extra([
      streamed ? 0 : entry.dataBytes,
      streamed ? 0 : entry.archivedBytes,
    ]),
  ]);
}

/** What stands behind a streamed entry's data. */
export function dataDescriptor(entry: ZipEntry): Uint8Array {
  return packLittleEndian([
    [4, 0x08074b50],
    [4, entry.crc32],
    [8, entry.archivedBytes],
    [8, entry.dataBytes],
  ]);
}

/**
 * All that follows the last entry: central directory and end records.
 *
 * @param directoryOffset Where it begins.
 */
export function centralDirectory(
  entries: readonly ZipEntry[],
  directoryOffset: number,
): Uint8Array {
  const directory = concatBytes(entries.map(centralHeader));
  const endOffset = directoryOffset + directory.length;
  const parts: Uint8Array[] = [directory];
  if (directoryOffset > ZIP64_LIMIT) {
    parts.push(
      zip64EndRecord(entries.length, directory.length, directoryOffset),
      zip64EndLocator(endOffset),
    );
  }
  parts.push(packLittleEndian([
    [4, 0x06054b50],
    [2, 0], // this disk
    [2, 0], // disk of the directory
    [2, entries.length], // on this disk
    [2, entries.length],
    [4, directory.length],
    [4, Math.min(directoryOffset, IN_ZIP64_EXTRA)],
    [2, 0], // comment
  ]));
  return concatBytes(parts);
}

function centralHeader(entry: ZipEntry): Uint8Array {
  const { dataBytes, archivedBytes, offset } = entry;
  const bigSizes = dataBytes > ZIP64_LIMIT || archivedBytes > ZIP64_LIMIT;
  const bigOffset = offset > ZIP64_LIMIT;
  const extra = zip64Extra([
    ...(bigSizes ? [dataBytes, archivedBytes] : []),
    ...(bigOffset ? [offset] : []),
  ]);
  return concatBytes([
    packLittleEndian([
      [4, 0x02014b50],
      [1, VERSION_ZIP64],
      [1, SYSTEM_UNIX],
      [2, VERSION_ZIP64],
      ...commonFields(entry),
      [4, entry.crc32],
      [4, bigSizes ? IN_ZIP64_EXTRA : archivedBytes],
      [4, bigSizes ? IN_ZIP64_EXTRA : dataBytes],
      [2, entry.name.length],
      [2, extra.length],
      [2, 0], // comment
      [2, 0], // disk
      [2, 0], // internal attributes
      [4, EXTERNAL_ATTRIBUTES],
      [4, bigOffset ? IN_ZIP64_EXTRA : offset],
    ]),
    ascii(entry.name),
    extra,
  ]);
}

/** Flags to date, the same in local and central headers. */
function commonFields(entry: ZipEntry): readonly Field[] {
  return [
    [2, entry.streamed ? FLAG_DATA_DESCRIPTOR : 0],
    [2, METHODS[entry.method]],
    [2, DOS_TIME],
    [2, DOS_DATE],
  ];
}

/** The extra field of numbers that do not fit 32 bits; empty without any. */
function zip64Extra(values: readonly number[]): Uint8Array {
  if (values.length === 0) return new Uint8Array(0);
  return packLittleEndian([
    [2, ZIP64_EXTRA_ID],
    [2, 8 * values.length],
    ...values.map((value): Field => [8, value]),
  ]);
}

function zip64EndRecord(
  entryCount: number,
  directoryBytes: number,
  directoryOffset: number,
): Uint8Array {
  return packLittleEndian([
    [4, 0x06064b50],
    [8, 44], // bytes of the rest
    [2, VERSION_ZIP64],
    [2, VERSION_ZIP64],
    [4, 0], // this disk
    [4, 0], // disk of the directory
    [8, entryCount], // on this disk
    [8, entryCount],
    [8, directoryBytes],
    [8, directoryOffset],
  ]);
}

function zip64EndLocator(endRecordOffset: number): Uint8Array {
  return packLittleEndian([
    [4, 0x07064b50],
    [4, 0], // disk of the end record
    [8, endRecordOffset],
    [4, 1], // disks
  ]);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

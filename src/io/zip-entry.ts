// Takes one file out of a zip archive without reading the archive into memory. Zip64 archives are refused.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, promises as fs } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";

const END_SIGNATURE = 0x0605_4b50;
const ENTRY_SIGNATURE = 0x0201_4b50;
const STORED = 0;
const DEFLATED = 8;

type Entry = {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly bytes: number;
  readonly at: number;
};
export type Extracted = { readonly name: string; readonly bytes: number; readonly sha256: string };

/** Writes the first entry whose name ends with `ending` to `to`. Rejects where there is none or the archive is damaged. */
export async function extractZipEntry(archive: string, ending: string, to: string): Promise<Extracted> {
  const file = await fs.open(archive, "r");
  try {
    const entry = (await readEntries(file)).find(({ name }) => name.endsWith(ending));
    if (entry === undefined) throw new Error(`the archive holds no file named *${ending}`);
    return await writeEntry(archive, { entry, start: await dataStart(file, entry) }, to);
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function readEntries(file: FileHandle): Promise<readonly Entry[]> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END_SIGNATURE) at--;
  if (at < 0) throw new Error("not a zip archive");
  const directory = await readAt(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
  return parseDirectory(directory);
}

function parseDirectory(directory: Buffer): readonly Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === ENTRY_SIGNATURE;) {
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString("utf8", at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      at: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** The local header repeats name and extra fields, with lengths of its own. */
async function dataStart(file: FileHandle, entry: Entry): Promise<number> {
  const header = await readAt(file, entry.at, 30);
  if (header.length < 30) throw new Error("the archive is cut off");
  return entry.at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function writeEntry(
  archive: string,
  { entry, start }: { readonly entry: Entry; readonly start: number },
  to: string,
): Promise<Extracted> {
  if (entry.method !== STORED && entry.method !== DEFLATED) throw new Error(`the archive uses compression method ${entry.method}`);
  const hash = createHash("sha256");
  let bytes = 0;
  let crc = 0;
  const measure = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      crc = crc32(chunk, crc);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const source = createReadStream(archive, { start, end: start + entry.packed - 1 });
  const target = createWriteStream(to, { mode: 0o600 });
  if (entry.method === STORED) await pipeline(source, measure, target);
  else await pipeline(source, createInflateRaw(), measure, target);
  if (bytes !== entry.bytes || crc !== entry.crc) throw new Error(`the archive is damaged at ${entry.name}`);
  return { name: entry.name, bytes, sha256: hash.digest("hex") };
}

// Makes small zip archives for tests.
import { crc32, deflateRawSync } from "node:zlib";

export type ZipFile = { readonly name: string; readonly content: Uint8Array; /** Default: deflated. */ readonly stored?: boolean };

/** A zip archive with these files, in this order. */
export function zipArchive(files: readonly ZipFile[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, stored } of files) {
    const packed = stored === true ? Buffer.from(content) : deflateRawSync(content);
    const facts = header({ name, method: stored === true ? 0 : 8, crc: crc32(content), packed: packed.length, bytes: content.length });
    bodies.push(Buffer.concat([signed(0x0403_4b50, 4), facts, Buffer.from(name), packed]));
    const central = Buffer.alloc(14);
    central.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([signed(0x0201_4b50, 6), facts, central, Buffer.from(name)]));
    offset += bodies.at(-1)?.length ?? 0;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}

function signed(signature: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(signature, 0);
  return bytes;
}

type Facts = { readonly name: string; readonly method: number; readonly crc: number; readonly packed: number; readonly bytes: number };

/** What local header and directory say alike, from the needed version on. */
function header({ name, method, crc, packed, bytes }: Facts): Buffer {
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(method, 4);
  facts.writeUInt32LE(crc, 10);
  facts.writeUInt32LE(packed, 14);
  facts.writeUInt32LE(bytes, 18);
  facts.writeUInt16LE(Buffer.byteLength(name), 22);
  return facts;
}

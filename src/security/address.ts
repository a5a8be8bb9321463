// Which kind of network an IP address belongs to. Reads addresses itself, because every form that a resolver takes must mean the same here.

export type AddressKind = "public" | "loopback" | "private" | "metadata" | "special";

/** Cloud services that hand out credentials to whoever asks from the machine. */
const METADATA = new Set(["169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "192.0.0.192", "168.63.129.16"]);
const METADATA_V6 = ["fd00:ec2::254", "fd20:ce::254"].map((text) => parseV6(text)?.join());

type Range = readonly [base: readonly [number, number, number, number], bits: number, kind: AddressKind];
const RANGES: readonly Range[] = [
  [[127, 0, 0, 0], 8, "loopback"],
  [[10, 0, 0, 0], 8, "private"],
  [[172, 16, 0, 0], 12, "private"],
  [[192, 168, 0, 0], 16, "private"],
  [[100, 64, 0, 0], 10, "private"],
  [[169, 254, 0, 0], 16, "special"],
  [[0, 0, 0, 0], 8, "special"],
  [[192, 0, 0, 0], 24, "special"],
  [[192, 0, 2, 0], 24, "special"],
  [[192, 88, 99, 0], 24, "special"],
  [[198, 18, 0, 0], 15, "special"],
  [[198, 51, 100, 0], 24, "special"],
  [[203, 0, 113, 0], 24, "special"],
  [[224, 0, 0, 0], 3, "special"],
];

/** The kind of a literal address, or null where the text is none. Scopes (`%eth0`) and brackets are ignored. */
export function kindOfAddress(text: string): AddressKind | null {
  const bare = text
    .replace(/^\[|\]$/g, "")
    .replace(/%.*$/, "")
    .toLowerCase();
  const four = parseV4(bare);
  if (four !== null) return kindOfV4(four);
  const six = parseV6(bare);
  return six === null ? null : kindOfV6(six);
}

function parseV4(text: string): readonly number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : null;
}

function kindOfV4(bytes: readonly number[]): AddressKind {
  if (METADATA.has(bytes.join("."))) return "metadata";
  const value = toNumber(bytes);
  return (
    RANGES.find(([base, bits]) => Math.floor(value / 2 ** (32 - bits)) === Math.floor(toNumber(base) / 2 ** (32 - bits)))?.[2] ?? "public"
  );
}

const toNumber = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** Eight groups of 16 bits, or null. */
function parseV6(text: string): readonly number[] | null {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (embedded !== null) {
    const four = parseV4(embedded[2] ?? "");
    if (four === null) return null;
    const [a = 0, b = 0, c = 0, d = 0] = four;
    return parseV6(`${embedded[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`);
  }
  const halves = text.split("::");
  if (halves.length > 2 || !text.includes(":")) return null;
  const [left, right] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const given = [...(left ?? []), ...(right ?? [])];
  if (!given.every((group) => /^[0-9a-f]{1,4}$/.test(group)) || (right === undefined ? given.length !== 8 : given.length > 7)) return null;
  const zeros = Array<string>(8 - given.length).fill("0");
  return [...(left ?? []), ...zeros, ...(right ?? [])].map((group) => Number.parseInt(group, 16));
}

function kindOfV6(groups: readonly number[]): AddressKind {
  const [first = 0, second = 0] = groups;
  if (METADATA_V6.includes(groups.join())) return "metadata";
  const inner = embeddedV4(groups);
  if (inner !== null) return kindOfV4(inner);
  if (groups.slice(0, 7).every((group) => group === 0)) return groups[7] === 1 ? "loopback" : "special";
  if ((first & 0xfe00) === 0xfc00) return "private";
  if ((first & 0xffc0) === 0xfe80 || (first & 0xffc0) === 0xfec0 || (first & 0xff00) === 0xff00) return "special";
  if (first === 0x2001 && (second === 0xdb8 || second < 0x200)) return "special";
  return first >= 0x2000 && first <= 0x3fff ? "public" : "special";
}

/** The IPv4 address inside: mapped, compatible, translated (NAT64, its local form), 6to4, Teredo is special as a whole. */
function embeddedV4(groups: readonly number[]): readonly number[] | null {
  const bytesAt = (index: number) => [groups[index] ?? 0, groups[index + 1] ?? 0].flatMap((group) => [group >> 8, group & 255]);
  const zero = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
  if (zero(0, 5) && groups[5] === 0xffff) return bytesAt(6);
  if (zero(0, 4) && groups[4] === 0xffff && groups[5] === 0) return bytesAt(6);
  if (zero(0, 6) && (groups[6] !== 0 || (groups[7] ?? 0) > 1)) return bytesAt(6);
  if (groups[0] === 0x64 && groups[1] === 0xff9b && (zero(2, 6) || groups[2] === 1)) return bytesAt(6);
  return groups[0] === 0x2002 ? bytesAt(1) : null;
}

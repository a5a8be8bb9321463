// The one function that makes text from outside harmless before it is shown, logged, put on a page or given to a model.

/** What was taken out of a text, for a person or an audit record. */
export type HiddenKind = "control" | "escape-sequence" | "direction" | "invisible" | "tag" | "surrogate";

type Rule = { readonly kind: HiddenKind; readonly pattern: RegExp };

/** In this order: whole escape sequences first, so that their printable rest does not stay behind. */
const RULES: readonly Rule[] = [
  // CSI, OSC/DCS/SOS/PM/APC up to their terminator, and two-character escapes; 7-bit and 8-bit forms. No text is lost to an open end.
  {
    kind: "escape-sequence",
    pattern:
      /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]{0,4096}(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]?/g,
  },
  // A carriage return alone would overwrite the line; with a line feed it is only a line end.
  { kind: "control", pattern: /\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g },
  { kind: "direction", pattern: /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g },
  { kind: "tag", pattern: /[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]/gu },
  { kind: "surrogate", pattern: /(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/g },
];
const INVISIBLE =
  /\u00ad|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u180b|\u180c|\u180d|\u180e|\u180f|\u200b|[\u2060-\u2065]|[\u206a-\u206f]|[\u3164\ufeff\uffa0]|[\ufff9-\ufffb]|[\u{1d173}-\u{1d17a}]|\u2028|\u2029/gu;
/** A joiner between two visible signs is part of emoji and of several scripts; anywhere else it only hides. */
const STRAY_JOINER =
  /(?<!\p{L}|\p{M}|\p{Extended_Pictographic}|\ufe0f|\p{Emoji_Modifier})(?:\u200c|\u200d)|(?:\u200c|\u200d)(?!\p{L}|\p{M}|\p{Extended_Pictographic})/gu;
const VARIATION_RUN = /([\ufe00-\ufe0f])[\ufe00-\ufe0f]+/g;

/**
 * Text without anything that acts instead of being read: terminal escapes, control characters (tab and line feed stay),
 * direction overrides, invisible characters, Unicode tags, lone surrogates. Idempotent; visible text in any script stays as it is.
 */
export function neutralise(text: string): string {
  if (isHarmlessAscii(text)) return text;
  let clean = text;
  for (let before = ""; before !== clean;) {
    before = clean;
    for (const { pattern } of RULES) clean = clean.replace(pattern, "");
    clean = clean
      .replace(/[\u2028\u2029]/g, "\n")
      .replace(INVISIBLE, "")
      .replace(STRAY_JOINER, "")
      .replace(VARIATION_RUN, "$1");
  }
  return clean;
}

/** For one line of a display or a log: `neutralise`, then line breaks and tabs as single spaces, cut at `limit` characters. */
export function neutraliseLine(text: string, limit = 500): string {
  const line = neutralise(text.length > limit * 4 ? text.slice(0, limit * 4) : text)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…` : line;
}

/** The kinds of hidden characters a text holds; empty for ordinary text. */
export function hiddenKinds(text: string): readonly HiddenKind[] {
  if (isHarmlessAscii(text)) return [];
  const kinds = RULES.filter(({ pattern }) => text.search(pattern) >= 0).map(({ kind }) => kind);
  const invisible = text.replace(/^\ufeff/, "").search(INVISIBLE) >= 0 || text.search(STRAY_JOINER) >= 0 || text.search(VARIATION_RUN) >= 0;
  return invisible ? [...kinds, "invisible"] : kinds;
}

function isHarmlessAscii(text: string): boolean {
  return /^[\t\n\x20-\x7e]*$/.test(text);
}

// The fenced blocks, links and headings of a Markdown document, with the remarks that stand before a block as HTML comments.

/** `<!-- skip reason="…" -->`, `<!-- dry-run reason="…" -->` or `<!-- exit="4" reason="…" -->` on the line before the fence. */
export type Remark = { readonly kind: "skip" | "dry-run" | "exit"; readonly reason: string; readonly exit: number };
export type Block = { readonly language: string; readonly line: number; readonly text: string; readonly remark: Remark | null };

const FENCE = /^```(\w*)\s*$/;
const REMARK = /^<!-- (skip|dry-run|exit="(\d+)") reason="([^"]+)" -->$/;

export function blocksOf(text: string): readonly Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const opened = FENCE.exec(lines[at] ?? "");
    if (opened === null) continue;
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new Error(`The block on line ${at + 1} is not closed.`);
    blocks.push({
      language: opened[1] ?? "",
      line: at + 1,
      text: lines.slice(at + 1, end).join("\n"),
      remark: remarkOf(lines[at - 1] ?? ""),
    });
    at = end;
  }
  return blocks;
}

function remarkOf(line: string): Remark | null {
  const [, kind, exit, reason = ""] = REMARK.exec(line) ?? [];
  if (kind === undefined) return null;
  return { kind: exit === undefined ? (kind as "skip" | "dry-run") : "exit", reason, exit: Number(exit ?? 0) };
}

/** Prose without its fenced blocks. */
export const proseOf = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, "");

/** Targets of links that lead to other files or headings of the project. */
export const linksOf = (text: string): readonly string[] =>
  Array.from(proseOf(text).matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target).filter((target) => !/^[a-z]+:/.test(target));

/** The anchors headings get: lower case, spaces as dashes, nothing but letters, digits, dashes and underscores. */
export const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    Array.from(proseOf(text).matchAll(/^#{1,6} (.+)$/gm), ([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-"),
    ),
  );

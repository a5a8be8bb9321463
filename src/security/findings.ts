// Short forms for what the rules say.
import type { Finding, Level, Settings } from "./types.ts";

export function deny(reason: string, next: string): Finding {
  return { verdict: "deny", reason, next };
}

export function warn(reason: string, next: string): Finding {
  return { verdict: "warn", reason, next };
}

/** The same finding, as hard as the level wants it; null where the level lets it pass without a word. */
export function byLevel(
  settings: Settings,
  severity: Readonly<Record<Level, "allow" | "warn" | "deny">>,
  finding: Omit<Finding, "verdict">,
): Finding | null {
  const verdict = severity[settings.level];
  return verdict === "allow" ? null : { ...finding, verdict };
}

/** Text from a configuration inside a message: short, in quotes, escapes visible. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

/** `*` matches any run of characters. Linear: the parts between the stars are looked for one after the other. */
export function matches(pattern: string, text: string): boolean {
  const [first = "", ...parts] = pattern.split("*");
  const last = parts.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

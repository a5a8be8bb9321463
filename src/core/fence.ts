// Fences around text that others wrote. The token in a fence is worked out from what is fenced and occurs nowhere in it,
// so no text can close its own fence or open another.

export type Fence = (tag: string, text: string, attributes?: string) => string;

/** A fence for these texts; the same texts and salt always give the same token. */
export function fenceFor(salt: string, texts: readonly string[]): Fence {
  const token = tokenFor(salt, texts);
  return (tag, text, attributes = "") => `<${tag}-${token}${attributes === "" ? "" : ` ${attributes}`}>\n${text}\n</${tag}-${token}>`;
}

function tokenFor(salt: string, texts: readonly string[]): string {
  const lowered = texts.map((text) => text.toLowerCase());
  let hash = lowered.reduce(mix, mix(0x811c9dc5, salt));
  for (;;) {
    const token = hash.toString(16).padStart(8, "0");
    if (!lowered.some((text) => text.includes(token))) return token;
    hash = mix(hash, token);
  }
}

// FNV-1a over UTF-16 units
function mix(start: number, text: string): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

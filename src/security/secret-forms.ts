// Every spelling in which a secret can turn up in a log or in a call: as it is, JSON-escaped once or twice, in a URL, and inside base64 at any offset.

/** Shorter values are no secrets worth hiding: they would blank out ordinary words. */
const SHORTEST_SECRET = 6;
/** Shorter pieces of base64 would match by accident. */
const SHORTEST_BASE64 = 8;

/** The body of `text` as it stands between the quotes of a JSON string. */
export const jsonEscaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/** All forms of all secrets, the longest first, each once. */
export function secretForms(secrets: readonly string[]): readonly string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    const url = urlEncoded(secret);
    for (const form of [secret, jsonEscaped(secret), jsonEscaped(jsonEscaped(secret)), ...url, ...base64Forms(secret)]) forms.add(form);
  }
  return [...forms].toSorted((a, b) => b.length - a.length);
}

function urlEncoded(secret: string): readonly string[] {
  const plain = encodeURIComponent(secret.toWellFormed());
  const lower = plain.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  return [plain, lower, form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())];
}

/** Base64 works on groups of three bytes: a secret behind 0, 1 or 2 other bytes reads differently, and its edges mix with its neighbours. */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const forms: string[] = [];
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replaceAll("=", "");
    const from = before === 0 ? 0 : before + 1;
    const whole = (before + bytes.length) % 3 === 0;
    const middle = encoded.slice(from, whole ? undefined : -1);
    if (middle.length < SHORTEST_BASE64) continue;
    forms.push(middle, middle.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return forms;
}

// Keys and tokens of this run must not leave it as arguments of a tool that was not given them.
import { secretForms } from "../secret-forms.ts";
import type { CallRule } from "../types.ts";

const SECRET = "sk-1234567890abcdef";
/** Shorter values occur by chance. */
const MIN_LENGTH = 8;

export const callSecrets: CallRule = {
  id: "call-secrets",
  about:
    "Arguments that hold a key or token of this run are refused, written plainly or as base64, hex or in a URL, unless the server was given that value itself.",
  examples: [
    { given: { foreignSecrets: [SECRET], question: { input: { text: "what is an api key?" } } }, verdict: "allow" },
    { given: { foreignSecrets: ["short"], question: { input: { text: "short" } } }, verdict: "allow" },
    { given: { foreignSecrets: [SECRET], question: { input: { note: `the key is ${SECRET}.` } } }, verdict: "deny" },
    { given: { foreignSecrets: [SECRET], question: { input: { list: [{ [SECRET]: 1 }] } } }, verdict: "deny" },
    { given: { foreignSecrets: [SECRET], question: { input: { data: Buffer.from(SECRET).toString("base64") } } }, verdict: "deny" },
    {
      given: { foreignSecrets: [SECRET], question: { input: { data: Buffer.from(SECRET).toString("hex").toUpperCase() } } },
      verdict: "deny",
    },
    {
      given: { foreignSecrets: [SECRET], question: { input: { data: Buffer.from(`key=${SECRET}; ok`).toString("base64") } } },
      verdict: "deny",
    },
    {
      given: { foreignSecrets: [SECRET], question: { input: { data: Buffer.from(`my key: ${SECRET}.`).toString("base64url") } } },
      verdict: "deny",
    },
    {
      given: { foreignSecrets: [SECRET], question: { input: { data: Buffer.from("an ordinary text").toString("base64") } } },
      verdict: "allow",
    },
    {
      given: { foreignSecrets: ["key with space/+"], question: { input: { url: "https://x.example/?k=key%20with%20space%2F%2B" } } },
      verdict: "deny",
    },
    { given: { foreignSecrets: ['quoted"secret'], question: { input: { t: 'quoted"secret' } } }, verdict: "deny" },
    { given: { foreignSecrets: ["4111111111111111"], question: { input: { card: 4_111_111_111_111_111 } } }, verdict: "deny" },
  ],
  check({ question, foreignSecrets }) {
    const wanted = formsOf(foreignSecrets);
    if (wanted.length === 0) return null;
    const text = textsOf(question.input).join("\n");
    const lower = text.toLowerCase();
    const found = wanted.some(({ written, hex }) => written.some((form) => text.includes(form)) || lower.includes(hex));
    return found
      ? {
          decision: "deny",
          reason: `The arguments hold a key or token that the server ${question.server} was not given`,
          next: "If the server needs it, name it in the entry's `env` or `headers`.",
        }
      : null;
  },
};

/** `hex` is looked for in either case. */
type Forms = { readonly written: readonly string[]; readonly hex: string };

/** The ways of writing are worked out once for each list of secrets, not at every call. */
const known = new WeakMap<readonly string[], readonly Forms[]>();

function formsOf(secrets: readonly string[]): readonly Forms[] {
  const before = known.get(secrets);
  if (before) return before;
  const forms = secrets.filter((secret) => secret.length >= MIN_LENGTH).map(writingsOf);
  known.set(secrets, forms);
  return forms;
}

function writingsOf(secret: string): Forms {
  return { written: secretForms([secret]), hex: Buffer.from(secret).toString("hex") };
}

function textsOf(input: unknown): readonly string[] {
  const texts: string[] = [];
  const waiting: unknown[] = [input];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === "string") texts.push(value);
    else if (typeof value === "number") texts.push(String(value));
    else if (Array.isArray(value)) for (const item of value) waiting.push(item);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        texts.push(key);
        waiting.push(inner);
      }
    }
  }
  return texts;
}

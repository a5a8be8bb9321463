// What the values of variables may hold: anything a password may, but nothing that ends a value early or never ends.
import { deny } from "../findings.ts";
import type { ServerRule } from "../types.ts";

const MAX_BYTES = 32 * 1024;
const MAX_TOTAL = 256 * 1024;

export const environmentValues: ServerRule = {
  id: "environment-values",
  about:
    "Values may hold any characters except NUL, up to 32 kB each; command substitution that no shell will ever run is refused as a mistake.",
  examples: [
    {
      given: {
        argv: ["node", "s.js"],
        env: { PASSWORD: "pa|ss`word;&$", URL: "https://x.example/?a=1&b=2", KEY: "k".repeat(5_000), MULTI: "-----BEGIN KEY-----\nabc\n" },
      },
      verdict: "allow",
    },
    { given: { argv: ["node", "s.js"], env: { DSN: "${DB_USER}:${DB_PASS}" } }, verdict: "allow" },
    { given: { argv: ["node", "s.js"], env: { X: "${x:-$(id)}" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { TOKEN: "$(cat /run/token)" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { BASH_LIKE: "() { :; }; id" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { A: "x\u0000y" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { A: "x".repeat(40_000) } }, verdict: "deny" },
  ],
  check({ server: { transport } }) {
    if (transport.type !== "stdio") return null;
    const entries = Object.entries(transport.env);
    const [name] = entries.find(([, value]) => value.includes("\u0000")) ?? [];
    if (name !== undefined) return deny(`The value of ${name} holds a NUL character`, "Type the value anew.");
    const [called] = entries.find(([, value]) => /^\s*\$\([^)]+\)\s*$/.test(value) || /\$\{[^}]*\$\(/.test(value)) ?? [];
    if (called !== undefined)
      return deny(
        `The value of ${called} is a command substitution, and no shell will run it`,
        "Set the variable in your environment and refer to it with ${NAME}.",
      );
    const [func] = entries.find(([, value]) => value.startsWith("() {")) ?? [];
    if (func !== undefined) return deny(`The value of ${func} is a shell function`, "Take it out.");
    const sizes = entries.map(([key, value]) => [key, Buffer.byteLength(value)] as const);
    const [large] = sizes.find(([, bytes]) => bytes > MAX_BYTES) ?? [];
    if (large !== undefined)
      return deny(`The value of ${large} is longer than ${MAX_BYTES} bytes`, "Put it into a file and pass the file's path.");
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    return total > MAX_TOTAL ? deny(`The variables of the entry have ${total} bytes`, "Put long values into files.") : null;
  },
};

// Headers an entry adds to every request.
import { byLevel, deny, quote } from "../findings.ts";
import { kindOfHost } from "../host.ts";
import type { ServerRule } from "../types.ts";

/** What the transport itself decides. */
const OWN = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "mcp-session-id",
  "mcp-protocol-version",
  "mcp-method",
  "mcp-name",
]);
const SECRET = /auth|token|secret|key|cookie|password|credential/i;
const MAX_VALUE = 16 * 1024;

export const headers: ServerRule = {
  id: "headers",
  about:
    "Header names are tokens and values one line; headers of the transport itself are not set; credentials do not travel over plain http.",
  examples: [
    {
      given: { url: "https://mcp.example.com/", headers: { Authorization: `Bearer ${"t".repeat(4_000)}`, "X-Team": "Grüße" } },
      verdict: "allow",
    },
    { given: { url: "http://localhost:8000/", headers: { Authorization: "Bearer t" } }, verdict: "allow" },
    { given: { url: "https://mcp.example.com/", headers: { "X-A": "a\r\nHost: evil" } }, verdict: "deny" },
    { given: { url: "https://mcp.example.com/", headers: { "X A": "a" } }, verdict: "deny" },
    { given: { url: "https://mcp.example.com/", headers: { Host: "evil.example" } }, verdict: "deny" },
    { given: { url: "https://mcp.example.com/", headers: { "Transfer-Encoding": "chunked" } }, verdict: "deny" },
    { given: { url: "http://mcp.example.com/", headers: { Authorization: "Bearer t" } }, verdict: "deny" },
    { given: { url: "http://10.0.0.1/", headers: { "X-Api-Key": "t" }, security: { allow_private_ips: true } }, verdict: "deny" },
    { given: { url: "http://10.0.0.1/", headers: { "X-Api-Key": "t" }, policy: { level: "permissive" } }, verdict: "warn" },
    { given: { url: "https://mcp.example.com/", headers: { "X-A": "a".repeat(20_000) } }, verdict: "deny" },
  ],
  check({ server: { transport }, settings }) {
    if (transport.type === "stdio") return null;
    const entries = Object.entries(transport.headers);
    for (const [name, value] of entries) {
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name))
        return deny(`${quote(name)} cannot be the name of a header`, "Use letters, digits and dashes.");
      if (/[\r\n\u0000]/.test(value)) return deny(`The value of the header ${name} has more than one line`, "Write it in one line.");
      if (value.length > MAX_VALUE) return deny(`The value of the header ${name} is longer than ${MAX_VALUE} characters`, "Shorten it.");
      if (OWN.has(name.toLowerCase())) return deny(`The header ${name} is set by the connection itself`, "Take it out of `headers`.");
    }
    const url = URL.parse(transport.url);
    const secret = entries.find(([name]) => SECRET.test(name));
    if (url?.protocol !== "http:" || secret === undefined || kindOfHost(url.hostname) === "loopback") return null;
    return byLevel(
      settings,
      { strict: "deny", moderate: "deny", permissive: "warn" },
      { reason: `The header ${secret[0]} would travel without encryption`, next: "Use https://." },
    );
  },
};

// The address of a remote server, before anything is looked up.
import { deny, quote } from "../findings.ts";
import type { ServerRule } from "../types.ts";

const MAX_LENGTH = 2_048;

export const urlForm: ServerRule = {
  id: "url-form",
  about:
    "A remote server's URL is http or https, at most 2048 characters, without user and password, spaces, control characters or backslashes.",
  examples: [
    { given: { url: "https://mcp.example.com/mcp?key=a%20b" }, verdict: "allow" },
    { given: { url: "https://mcp.example.com/sse", type: "sse" }, verdict: "allow" },
    { given: { url: "file:///etc/passwd" }, verdict: "deny" },
    { given: { url: "ftp://mcp.example.com/" }, verdict: "deny" },
    { given: { url: "mcp.example.com/mcp" }, verdict: "deny" },
    { given: { url: "https://user:pw@mcp.example.com/" }, verdict: "deny" },
    { given: { url: "http://127.0.0.1\\@mcp.example.com/" }, verdict: "deny" },
    { given: { url: "http://exa mple.com/" }, verdict: "deny" },
    { given: { url: "https://mcp.exa\tmple.com/" }, verdict: "deny" },
    { given: { url: `https://mcp.example.com/${"a".repeat(3_000)}` }, verdict: "deny" },
  ],
  check({ server: { transport } }) {
    if (transport.type === "stdio") return null;
    const { url } = transport;
    const next = "Correct the `url`; credentials belong into `headers`.";
    if (url.length > MAX_LENGTH) return deny(`The URL is longer than ${MAX_LENGTH} characters`, next);
    if (/[\s\u0000-\u001f\u007f\\]/.test(url)) return deny(`The URL ${quote(url)} holds a space, a control character or a backslash`, next);
    const parsed = URL.parse(url);
    if (parsed === null) return deny("The URL cannot be read", next);
    if (parsed.protocol !== "http:" && parsed.protocol !== "https:")
      return deny(`Servers are reached by http and https, not by ${quote(parsed.protocol)}`, next);
    if (parsed.username !== "" || parsed.password !== "")
      return deny("The URL holds a user name or a password, which end up in logs", next);
    return parsed.hostname === "" ? deny("The URL names no host", next) : null;
  },
};

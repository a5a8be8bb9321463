// Plain http: readable and changeable by everyone on the way.
import { byLevel, quote } from "../findings.ts";
import { canonicalHost, kindOfHost } from "../host.ts";
import type { ServerRule } from "../types.ts";

export const urlEncryption: ServerRule = {
  id: "url-encryption",
  about: "Plain http only to this machine itself (and, below strict, with a warning, to private networks that are allowed).",
  examples: [
    { given: { url: "http://localhost:8000/mcp", policy: { level: "strict" }, security: { allow_localhost: true } }, verdict: "allow" },
    { given: { url: "https://mcp.example.com/" }, verdict: "allow" },
    { given: { url: "http://192.168.1.2/", security: { allow_private_ips: true } }, verdict: "warn" },
    { given: { url: "http://192.168.1.2/", policy: { level: "strict" } }, verdict: "deny" },
    { given: { url: "http://mcp.example.com/" }, verdict: "deny" },
    { given: { url: "http://mcp.example.com/", policy: { level: "permissive" } }, verdict: "warn" },
  ],
  check({ server: { transport }, settings }) {
    const url = transport.type === "stdio" ? null : URL.parse(transport.url);
    if (url?.protocol !== "http:") return null;
    const kind = kindOfHost(url.hostname);
    if (kind === "loopback") return null;
    return byLevel(
      settings,
      { strict: "deny", moderate: kind === "private" ? "warn" : "deny", permissive: "warn" },
      { reason: `${quote(canonicalHost(url.hostname))} is reached without encryption`, next: "Use https://." },
    );
  },
};

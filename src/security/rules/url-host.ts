// Which hosts a remote server may be.
import { deny, quote } from "../findings.ts";
import { canonicalHost, isListed, kindOfHost, refusalOf } from "../host.ts";
import type { ServerRule } from "../types.ts";

const REFUSED: readonly string[] = [
  "http://10.0.0.5/",
  "https://192.168.1.2/",
  "http://[fd12::1]/",
  "https://nas/",
  "https://build.internal/",
  "http://169.254.169.254/latest/meta-data/",
  "http://100.100.100.200/",
  "http://[fd00:ec2::254]/",
  "http://metadata.google.internal/",
  "http://metadata.google.internal./",
  "http://0.0.0.0/",
  "http://169.254.1.1/",
  "http://[fe80::1]/",
  "http://[64:ff9b::a9fe:a9fe]/",
  "http://[::ffff:169.254.169.254]/",
  "http://[2002:a9fe:a9fe::]/",
  "http://0xa9fea9fe/",
  "http://224.0.0.1/",
];
const LOOPBACK: readonly string[] = [
  "http://127.0.0.1/",
  "http://[::1]/",
  "http://2130706433/",
  "http://0x7f000001/",
  "http://0177.0.0.1/",
  "http://127.1/",
  "http://localhost./",
  "http://app.localhost/",
  "http://１２７.0.0.1/",
  "http://[::ffff:127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://LOCALHOST:8000/mcp",
];

export const urlHost: ServerRule = {
  id: "url-host",
  about:
    "A remote server is a public host, or this machine itself; private networks where policy and entry allow them; metadata services and reserved addresses never. Lists of hosts are exclusive.",
  examples: [
    { given: { url: "https://mcp.example.com/mcp" }, verdict: "allow" },
    { given: { url: "https://8.8.8.8/" }, verdict: "allow" },
    { given: { url: "https://[2606:4700::1]/" }, verdict: "allow" },
    ...LOOPBACK.map((url) => ({ given: { url }, verdict: "allow" as const })),
    ...LOOPBACK.map((url) => ({ given: { url, policy: { localhost: "asked" as const } }, verdict: "deny" as const })),
    { given: { url: "http://127.0.0.1:9000/mcp", policy: { localhost: "asked" }, security: { allow_localhost: true } }, verdict: "allow" },
    { given: { url: "http://127.0.0.1:9000/mcp", policy: { localhost: "never" }, security: { allow_localhost: true } }, verdict: "deny" },
    { given: { url: "http://127.0.0.1:9000/mcp", security: { allow_localhost: false } }, verdict: "deny" },
    { given: { url: "https://10.0.0.5/", security: { allow_private_ips: true } }, verdict: "allow" },
    { given: { url: "https://nas/", policy: { allowedHosts: ["nas", "*.example.com"] } }, verdict: "allow" },
    { given: { url: "https://evil.example/", security: { allowed_hostnames: ["mcp.example.com"] } }, verdict: "deny" },
    { given: { url: "https://mcp.example.com/", policy: { allowedHosts: ["*.example.org"] } }, verdict: "deny" },
    { given: { url: "http://10.0.0.5/", security: { allowed_hostnames: ["10.0.0.5"] } }, verdict: "deny" },
    {
      given: {
        url: "http://169.254.169.254/",
        security: { allow_private_ips: true },
        policy: { allowedHosts: ["169.254.169.254"], level: "permissive" },
      },
      verdict: "deny",
    },
    ...REFUSED.map((url) => ({ given: { url }, verdict: "deny" as const })),
  ],
  check({ server: { transport }, settings }) {
    if (transport.type === "stdio") return null;
    const hostname = URL.parse(transport.url)?.hostname;
    if (hostname === undefined) return null;
    const host = canonicalHost(hostname);
    for (const list of [settings.allowedHosts, settings.entryHosts]) {
      if (list !== null && !isListed(list, host))
        return deny(
          `${quote(host)} is not on the list of hosts that may be reached`,
          "Add it to `allowed_hosts` of the policy (and `security.allowed_hostnames` of the entry).",
        );
    }
    const kind = kindOfHost(host);
    const refusal = refusalOf(kind, host, settings);
    if (refusal === null) return null;
    const next =
      kind === "loopback"
        ? "Set `security.allow_localhost: true` in the entry, where the operator's policy lets it."
        : kind === "private"
          ? "Set `security.allow_private_ips: true` in the entry, where the operator's policy lets it."
          : "Use the server's public address.";
    return deny(`${quote(host)} is not reached: ${refusal}`, next);
  },
};

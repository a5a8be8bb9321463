// Ports where something else than a web server listens; a second line of defence.
import { deny } from "../findings.ts";
import type { ServerRule } from "../types.ts";

const REFUSED = new Set([
  0, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 79, 110, 111, 119, 123, 135, 137, 138, 139, 143, 161, 179, 389, 445,
  465, 512, 513, 514, 515, 548, 554, 587, 631, 636, 873, 993, 995, 1433, 1521, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 4444, 5432, 5900,
  5985, 6379, 6443, 6667, 9200, 9300, 10250, 11211, 27017, 50070,
]);

export const urlPort: ServerRule = {
  id: "url-port",
  about: "No connections to ports of mail, files, databases, remote control and container services, unless the operator names the port.",
  examples: [
    { given: { url: "https://mcp.example.com:8443/" }, verdict: "allow" },
    { given: { url: "http://localhost:3000/mcp" }, verdict: "allow" },
    { given: { url: "https://mcp.example.com:9200/", policy: { allowedPorts: [9200] } }, verdict: "allow" },
    { given: { url: "https://mcp.example.com:2375/" }, verdict: "deny" },
    { given: { url: "https://mcp.example.com:0/" }, verdict: "deny" },
    { given: { url: "http://localhost:6379/" }, verdict: "deny" },
  ],
  check({ server: { transport }, settings }) {
    const url = transport.type === "stdio" ? null : URL.parse(transport.url);
    if (url === null || url.port === "") return null;
    const port = Number(url.port);
    return REFUSED.has(port) && !settings.allowedPorts.includes(port)
      ? deny(
          `Port ${port} belongs to another kind of service`,
          "Use the server's web port, or name the port in `allowed_ports` of the policy.",
        )
      : null;
  },
};

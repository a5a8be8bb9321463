// What a container may reach of the machine it runs on.
import { posix } from "node:path";
import { byLevel, quote } from "../findings.ts";
import { type ContainerRun, readContainer } from "../launch/container.ts";
import type { Finding, ServerRule, Settings } from "../types.ts";

const OPEN_NAMESPACES = new Set(["--pid", "--ipc", "--uts", "--userns", "--cgroupns"]);
const POWERFUL = new Set(["ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "NET_ADMIN", "BPF"]);
const WHOLE_SYSTEM = /^(?:\/|\/(?:etc|root|proc|sys|dev|boot|var|usr|home|Users)\/?|[A-Za-z]:[\\/]?)$/;
const SOCKETS = /(?:docker|podman|containerd|crio)\.sock|docker_engine/;

export const container: ServerRule = {
  id: "container",
  about:
    "A container keeps its walls: no --privileged, no namespaces or whole file systems of the host; the Docker socket and the host's network are named in a warning.",
  examples: [
    { given: { argv: ["docker", "run", "-i", "--rm", "-e", "GITHUB_TOKEN", "ghcr.io/github/github-mcp-server:v1.2.3"] }, verdict: "allow" },
    {
      given: {
        argv: [
          "docker",
          "run",
          "-i",
          "--rm",
          "--mount",
          "type=bind,src=/Users/me/Desktop,dst=/projects/Desktop",
          "mcp/filesystem:1",
          "/projects",
        ],
      },
      verdict: "allow",
    },
    { given: { argv: ["docker", "run", "-i", "-v", "/Users/me/db:/db", "mcp/sqlite:1", "--privileged"] }, verdict: "allow" },
    { given: { argv: ["docker", "mcp", "gateway", "run"] }, verdict: "allow" },
    { given: { argv: ["docker", "exec", "-i", "my-server", "mcp"] }, verdict: "allow" },
    { given: { argv: ["docker", "run", "-i", "--network=host", "mcp/postgres:1"] }, verdict: "warn" },
    { given: { argv: ["docker", "run", "-v", "/var/run/docker.sock:/var/run/docker.sock", "x:1"] }, verdict: "warn" },
    { given: { argv: ["docker", "run", "-v", "/var/run/docker.sock:/s", "x:1"], policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["docker", "run", "--rm", "--privileged", "x:1"] }, verdict: "deny" },
    { given: { argv: ["docker", "run", "-v/:/host", "x:1"] }, verdict: "deny" },
    { given: { argv: ["docker", "run", "-itv", "/:/host", "x:1"] }, verdict: "deny" },
    { given: { argv: ["docker", "run", "--some-new-flag", "-v", "/:/host", "x:1"] }, verdict: "deny" },
    { given: { argv: ["docker", "run", "-v", "//etc/./:/e", "x:1"] }, verdict: "deny" },
    { given: { argv: ["docker", "compose", "-f", "/srv/c.yaml", "run", "-T", "-v", "/:/host", "app"] }, verdict: "deny" },
    { given: { argv: ["docker", "compose", "-f", "/srv/c.yaml", "down"] }, verdict: "deny" },
    { given: { argv: ["docker", "compose", "--project-name", "x", "run", "--rm", "app"] }, verdict: "allow" },
    { given: { argv: ["docker", "run", "--mount", "type=bind,source=/etc,target=/e", "x:1"] }, verdict: "deny" },
    { given: { argv: ["docker", "run", "--mount", 'type=bind,"SRC=/",target=/e', "x:1"] }, verdict: "deny" },
    { given: { argv: ["podman", "run", "--pid=host", "x:1"] }, verdict: "deny" },
    { given: { argv: ["docker", "run", "--cap-add", "SYS_ADMIN", "x:1"] }, verdict: "deny" },
    { given: { argv: ["docker", "run", "--security-opt", "seccomp=unconfined", "x:1"] }, verdict: "deny" },
    { given: { argv: ["docker", "-H", "tcp://x.example:2375", "run", "x:1"] }, verdict: "deny" },
    { given: { argv: ["docker", "build", "."] }, verdict: "deny" },
  ],
  check({ launch, settings }) {
    for (const layer of launch) {
      const run = readContainer(layer);
      const finding = run === null ? null : judge(run, settings);
      if (finding !== null) return finding;
    }
    return null;
  },
};

function judge({ subcommand, options }: ContainerRun, settings: Settings): Finding | null {
  const hard = (reason: string) =>
    byLevel(
      settings,
      { strict: "deny", moderate: "deny", permissive: "warn" },
      { reason, next: "Give the container only the folders and rights the server needs." },
    );
  const soft = (reason: string) =>
    byLevel(settings, { strict: "deny", moderate: "warn", permissive: "warn" }, { reason, next: "Check that the server really needs it." });
  if (!/^(?:container )?(?:run|exec|start)$|^compose (?:run|exec)$|^mcp |^attach$|^sandbox/.test(subcommand))
    return hard(`\`${subcommand}\` starts no server`);
  for (const { name, value } of options) {
    const text = value ?? "";
    if (name === "--privileged" && text !== "false") return hard("--privileged takes the container's walls away");
    if (OPEN_NAMESPACES.has(name) && text.startsWith("host")) return hard(`${name} host takes a wall of the container away`);
    if (name === "--cap-add" && text.split(",").some((cap) => POWERFUL.has(cap.toUpperCase().replace(/^CAP_/, ""))))
      return hard(`--cap-add ${quote(text)} gives rights over the machine`);
    if (name === "--security-opt" && /unconfined|disable|no-new-privileges[:=]false/.test(text))
      return hard(`--security-opt ${quote(text)} switches a protection off`);
    if (name === "--device" || name === "--device-cgroup-rule") return soft(`${name} ${quote(text)} hands a device to the container`);
    if ((name === "-H" || name === "--host") && /^(?:tcp|http):/i.test(text))
      return hard("The container runs on another machine, reached without encryption");
    const source = ["-v", "--volume", "--mount"].includes(name) ? mountSource(name, text) : null;
    if (source !== null && SOCKETS.test(source))
      return soft("The socket of the container service is handed in, with which a container can do anything on this machine");
    if (source !== null && WHOLE_SYSTEM.test(source)) return hard(`${quote(source)} of this machine is handed to the container as a whole`);
    if (["--network", "--net"].includes(name) && text === "host") return soft("The container uses the network of this machine itself");
  }
  return null;
}

function mountSource(name: string, value: string): string | null {
  const written =
    name === "--mount"
      ? /(?:^|,)(?:src|source)=([^,]+)/i.exec(value.replaceAll('"', ""))?.[1]
      : (/^[A-Za-z]:[\\/][^:]*/.exec(value)?.[0] ?? value.split(":")[0]);
  return written?.startsWith("/") === true ? posix.normalize(written).replace(/^\/\//, "/") : (written ?? null);
}

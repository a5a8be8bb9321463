// Secrets that come from outside: typed or piped in, or in the file of a server's token.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { createIo } from "../io/index.ts";
import { readSecret } from "./hidden-input.ts";
import { serverToken } from "./serve-address.ts";

/** A standard input that brings these chunks, one by one. */
function terminal(isTTY: boolean, chunks: Iterable<Uint8Array>) {
  const raw: boolean[] = [];
  const stdin = Object.assign(Readable.from(chunks), { isTTY, setRawMode: (on: boolean) => void raw.push(on) });
  const stderr = new PassThrough();
  return { terminal: { stdin, stderr, stdout: new PassThrough() }, raw, shown: () => String(stderr.read() ?? "") };
}

describe("a secret on standard input (REQ-MCPCMD-8)", () => {
  test("comes whole, also where a character lies across two chunks, and without its line end", async () => {
    const io = terminal(
      false,
      Array.from(Buffer.from("schlüssel-€-秘\n"), (byte) => Buffer.from([byte])),
    );
    expect(await readSecret("Value: ", io)).toBe("schlüssel-€-秘");
    expect(io.shown()).toBe("");
  });

  test("is typed without being shown, can be corrected and given up, and the terminal is as before", async () => {
    const typed = terminal(true, [Buffer.from("tokem\u007fn\r")]);
    expect([await readSecret("Value: ", typed), typed.raw, typed.shown()]).toEqual(["token", [true, false], "Value: \n"]);
    const left = terminal(true, [Buffer.from("tok\u0003")]);
    await expect(readSecret("Value: ", left)).rejects.toThrow("Nothing was stored");
    expect(left.raw).toEqual([true, false]);
  });
});

describe("the token file of a server (REQ-SERVE-7)", () => {
  test("is one line; a longer file than any token is refused instead of cut", async () => {
    const folder = mkdtempSync(join(tmpdir(), "massgen-token-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const io = { ...createIo(), cwd: folder };
    writeFileSync(join(folder, "good"), "0123456789abcdef\n", { mode: 0o600 });
    writeFileSync(join(folder, "large"), "x".repeat(5_000), { mode: 0o600 });
    expect(await serverToken("good", io)).toEqual({ value: "0123456789abcdef", made: false, warnings: [] });
    await expect(serverToken("large", io)).rejects.toThrow("more than 4096 bytes");
  });
});

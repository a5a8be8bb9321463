// Secrets from files and from the store: what is believed, what is refused, and what is never lost.
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createIo } from "../../io/index.ts";
import { readSecretFile } from "./secret-file.ts";
import { secretSource } from "./secret-source.ts";
import { openSecretStore, type Keyring } from "./secret-store.ts";

function world() {
  const cwd = mkdtempSync(join(tmpdir(), "massgen-secrets-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  return { ...createIo(), cwd, env: { MASSGEN_HOME: cwd, HOME: cwd } };
}

const noKeyring = async (): Promise<null> => null;

function fakeKeyring(kept: Map<string, string>): Keyring {
  return {
    findCredentials: () => [...kept.keys()].map((account) => ({ account })),
    Entry: class {
      readonly #account: string;
      constructor(_service: string, account: string) {
        this.#account = account;
      }
      getPassword = (): string | null => kept.get(this.#account) ?? null;
      setPassword = (value: string): void => void kept.set(this.#account, value);
      deletePassword = (): boolean => kept.delete(this.#account);
    },
  };
}

describe("a secret in a file of its own", () => {
  test.skipIf(process.platform === "win32").each([
    { mode: 0o600, found: { value: "s3cret" } },
    { mode: 0o400, found: { value: "s3cret" } },
    { mode: 0o640, found: { problem: expect.stringMatching(/others can read \(mode 640\); run chmod 600/) as unknown } },
    { mode: 0o604, found: { problem: expect.stringMatching(/others can read/) as unknown } },
    { mode: 0o620, found: { problem: expect.stringMatching(/others can change/) as unknown } },
  ])("with mode $mode is used or refused (REQ-MCPCMD-8)", async ({ mode, found }) => {
    const io = world();
    writeFileSync(join(io.cwd, "token"), "s3cret\n");
    chmodSync(join(io.cwd, "token"), mode);
    expect(await readSecretFile("token", io)).toEqual(found);
    expect(await readSecretFile("~/token", io)).toEqual(found);
  });

  test("that is missing, empty, a folder or huge is told as that", async () => {
    const io = world();
    const put = (name: string, text: string): void => writeFileSync(join(io.cwd, name), text, { mode: 0o600 });
    put("empty", "\n");
    put("huge", "x".repeat(70_000));
    expect(await readSecretFile("none", io)).toEqual({ problem: "is in a file that is not there" });
    expect(await readSecretFile(".", io)).toEqual({ problem: "is in a file that is not there" });
    expect(await readSecretFile("empty", io)).toEqual({ problem: "is in a file that is empty" });
    expect(await readSecretFile("huge", io)).toMatchObject({ problem: expect.stringContaining("more than") as unknown });
  });
});

describe("the store of secrets", () => {
  test("is a file that only this user can read where there is no keyring, and says so (REQ-MCPCMD-8)", async () => {
    const io = world();
    const store = await openSecretStore(io, noKeyring);
    await store.set("B", "2");
    await store.set("A", "1");
    const path = join(io.cwd, "config", "secrets.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(store.where).toContain(path);
    expect(store.where).toContain("not encrypted");
    expect([await store.names(), await store.get("A"), await store.get("C")]).toEqual([["A", "B"], "1", null]);
    expect([await store.remove("A"), await store.remove("A"), await store.names()]).toEqual([true, false, ["B"]]);
  });

  test("is not used and not overwritten where others can read it or it is damaged", async () => {
    const io = world();
    const store = await openSecretStore(io, noKeyring);
    await store.set("A", "1");
    const path = join(io.cwd, "config", "secrets.json");
    chmodSync(path, 0o644);
    await expect(store.get("A")).rejects.toThrow(/Others can read/);
    await expect(store.set("B", "2")).rejects.toThrow(/Others can read/);
    expect(await secretSource(io, noKeyring).read("keyring", "A")).toMatchObject({
      problem: expect.stringContaining("chmod 600") as unknown,
    });
    chmodSync(path, 0o600);
    writeFileSync(path, "{");
    await expect(store.set("B", "2")).rejects.toThrow(/cannot be read as a list/);
    expect(readFileSync(path, "utf8")).toBe("{");
  });

  test("is the keyring where there is one; what was kept in the file before is still found", async () => {
    const io = world();
    await (await openSecretStore(io, noKeyring)).set("OLD", "from the file");
    const kept = new Map<string, string>();
    const load = async (): Promise<Keyring> => fakeKeyring(kept);
    const store = await openSecretStore(io, load);
    expect(store.kind).toBe("keyring");
    await store.set("NEW", "from the keyring");
    const source = secretSource(io, load);
    expect([await source.read("keyring", "NEW"), await source.read("keyring", "OLD"), await source.read("keyring", "NONE")]).toEqual([
      { value: "from the keyring" },
      { value: "from the file" },
      { problem: "is not stored; store it with `massgen mcp secret set NONE`" },
    ]);
    expect([await store.remove("NEW"), await store.remove("NEW"), await store.names()]).toEqual([true, false, []]);
  });
});

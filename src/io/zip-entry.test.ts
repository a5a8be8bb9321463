import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { zipArchive } from "../testing/zip-archive.ts";
import { extractZipEntry } from "./zip-entry.ts";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "massgen-zip-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const content = Buffer.concat([randomBytes(40_000), Buffer.alloc(100_000, "repeated ")]);
const place = (name: string): string => join(folder, name);

describe("taking a file out of a zip archive", () => {
  test.each([false, true])("gives its content and checksum, among other files (stored: %s)", async (stored) => {
    writeFileSync(
      place("a.zip"),
      zipArchive([
        { name: "readme.txt", content: Buffer.from("hello") },
        { name: "in/model.gguf", content, stored },
      ]),
    );
    const entry = await extractZipEntry(place("a.zip"), "model.gguf", place("out"));
    expect(entry).toEqual({ name: "in/model.gguf", bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") });
    expect(readFileSync(place("out")).equals(content)).toBe(true);
  });

  test("says that there is no such file, or no archive", async () => {
    writeFileSync(place("a.zip"), zipArchive([{ name: "readme.txt", content: Buffer.from("hello") }]));
    await expect(extractZipEntry(place("a.zip"), ".gguf", place("out"))).rejects.toThrow("no file named *.gguf");
    writeFileSync(place("b.zip"), "something else");
    await expect(extractZipEntry(place("b.zip"), ".gguf", place("out"))).rejects.toThrow("not a zip archive");
  });

  test("rejects a damaged archive", async () => {
    const archive = zipArchive([{ name: "model.gguf", content }]);
    archive.fill(0xff, 200, 1200);
    writeFileSync(place("a.zip"), archive);
    await expect(extractZipEntry(place("a.zip"), ".gguf", place("out"))).rejects.toThrow("damaged");
  });
});

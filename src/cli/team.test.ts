// A mistake in a configuration is told at the place as a person would name it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createIo } from "../io/index.ts";
import { KEYS_TEAM } from "../session/index.ts";
import { configureTeam } from "./team.ts";

test.each([
  ["below the working folder from there", "here/team.yaml", "team.yaml"],
  ["elsewhere by its whole path", "team.yaml", null],
])("a file %s (REQ-CONFIG-23)", async (_, file, told) => {
  const folder = mkdtempSync(join(tmpdir(), "massgen-team-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const cwd = join(folder, "here");
  mkdirSync(cwd);
  const path = join(folder, file);
  const source = { ...KEYS_TEAM, file: path };
  writeFileSync(path, "agent: { backend: { type: local, somethingelse: 1 } }\n");
  const { warnings } = await configureTeam(source, { ...createIo(), cwd });
  expect(warnings.map((warning) => warning.file)).toEqual([told ?? path]);
  writeFileSync(path, "agent: { backend: { type: lokal } }\n");
  await expect(configureTeam(source, { ...createIo(), cwd })).rejects.toMatchObject({ problems: [{ file: told ?? path, line: 1 }] });
});

// Files that are missing or no YAML are told as a person's mistakes, before anything is measured.
import { describe, expect, test } from "vitest";
import { UsageError } from "../errors/index.ts";
import { memoryFiles } from "../testing/index.ts";
import { readQuestions } from "./questions.ts";
import { teamOfFile } from "./team.ts";

const files = memoryFiles();
files.set("bad.yaml", "a: [1\n");
files.set("empty.txt", "# nothing yet\n");
files.set("lines.txt", "One?\n\n# not this\nTwo?\n");
files.set("number.yaml", "7\n");

const toldOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => "nothing",
    (error: unknown) => (error instanceof UsageError ? (error.problems[0]?.message ?? "") : `a bug: ${String(error)}`),
  );

describe("files of a benchmark (REQ-BENCH-5)", () => {
  test.each([
    ["missing.yaml", /^There is no file of the (team|questions) here$/],
    ["bad.yaml", /^The (team|questions) cannot be read as YAML or JSON: /],
    ["number.yaml", /^The file holds no (team|questions)$/],
  ])("%s is told in a sentence", async (path, says) => {
    expect(await toldOf(teamOfFile(path, { files }))).toMatch(says);
    expect(await toldOf(readQuestions(path, { files }))).toMatch(says);
  });

  test("a text file has one question in each line, and one without any is told", async () => {
    expect((await readQuestions("lines.txt", { files })).map(({ question }) => question)).toEqual(["One?", "Two?"]);
    expect(await toldOf(readQuestions("empty.txt", { files }))).toBe("The file holds no questions");
  });
});

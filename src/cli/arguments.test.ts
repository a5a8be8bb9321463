import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../errors/index.ts";
import { readArguments } from "./arguments.ts";
import { RUN_OPTIONS } from "./commands/run-options.ts";

const read = (...argv: string[]) => readArguments(argv, RUN_OPTIONS);

function problems(...argv: string[]): string[] {
  try {
    read(...argv);
  } catch (error) {
    if (error instanceof UsageError)
      return error.problems.map(({ message, expected, suggestion }) =>
        [message, expected, suggestion].filter((part) => part !== null).join(" | "),
      );
    throw error;
  }
  return [];
}

describe("arguments (REQ-CLI-1)", () => {
  test("all options of the older program and the new ones are read into their types", () => {
    const { options, positionals } = read(
      "--config",
      "a.yaml",
      "--agents=3",
      "--orchestrator-timeout",
      "90.5",
      "--no-logs",
      "-q",
      "--display",
      "json",
      "why?",
    );
    expect(options).toMatchObject({
      config: "a.yaml",
      agents: 3,
      "orchestrator-timeout": 90.5,
      "no-logs": true,
      quiet: true,
      display: "json",
      strict: false,
      model: null,
    });
    expect(positionals).toEqual(["why?"]);
  });

  test("what follows -- is never an option, and a lone dash is positional", () => {
    expect(read("--quiet", "--", "--model").positionals).toEqual(["--model"]);
    expect(read("-").positionals).toEqual(["-"]);
  });

  test.each([
    [["--modle", "x"], ["--modle is no option of this command | --model"]],
    [["--agents", "three"], ['--agents cannot be "three" | a whole number from 1 to 20']],
    [["--agents", "0"], ['--agents cannot be "0" | a whole number from 1 to 20']],
    [["--agents", "2.5"], ['--agents cannot be "2.5" | a whole number from 1 to 20']],
    [["--display", "ritch_terminal"], ['--display does not know "ritch_terminal" | rich_terminal, terminal, simple, json | rich_terminal']],
    [["--model"], ["--model needs a value"]],
    [["--model", "--agents"], ["--model needs a value; for a value that begins with a dash write --model=--agents"]],
    [["--quiet=yes"], ["--quiet takes no value"]],
    [["--model", "a", "--model", "b"], ["--model is given twice"]],
    [["--output", ""], ["--output has an empty value"]],
  ])("%j is told as %j", (argv, expected) => {
    expect(problems(...argv)).toEqual(expected);
  });

  test("several mistakes are reported together", () => {
    expect(problems("--modle", "x", "--agents", "99", "--zzzzzzzzz")).toHaveLength(3);
  });

  test("no command line crashes the reader: it gives values or a usage error", () => {
    const word = fc.oneof(
      fc.constantFrom("--model", "--agents", "-q", "-", "--", "--display=json", "--__proto__", "--constructor", "-xyz"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word, { size: "max", maxLength: 12 }), (argv) => {
        try {
          read(...argv);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

// The person's own questions: a YAML or JSON list, or a text file with one question per line.
import { isRecord } from "../core/index.ts";
import { usageErrorFor } from "../config/index.ts";
import type { Problem } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import type { Grading } from "./grade.ts";
import { parseGiven, problemIn, readGiven } from "./given-file.ts";

export type Question = {
  readonly question: string;
  /** What a right answer holds; null = not graded. */
  readonly expected: string | null;
  /** How an answer is compared: `contains` where nothing is said. */
  readonly grading: Grading;
};

const GRADINGS = ["contains", "exact", "number", "regex"] as const satisfies readonly Grading[];

/** Throws `UsageError` with all that is wrong with the file at once. */
export async function readQuestions(path: string, io: Pick<Io, "files">): Promise<readonly Question[]> {
  const given = { path, what: "questions", option: "--questions" };
  const text = await readGiven(given, io);
  const value = path.endsWith(".txt") ? lines(text) : await parseGiven(text, given);
  const problems: Problem[] = [];
  const questions = listIn(value, (...message) => problems.push(problemIn(path, ...message)));
  if (problems.length > 0) throw usageErrorFor(problems);
  return questions;
}

type Report = (message: string, place?: { readonly at?: string; readonly expected?: string }) => void;

const lines = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

function listIn(value: unknown, report: Report): readonly Question[] {
  const list = isRecord(value) ? value["questions"] : value;
  if (Array.isArray(list) && list.length > 0) return list.map((item: unknown, index) => questionOf(item, `questions[${index}]`, report));
  report("The file holds no questions", { expected: "a list of questions, each a text or a mapping with `question:`" });
  return [];
}

function questionOf(item: unknown, at: string, report: Report): Question {
  const entry: unknown = typeof item === "string" ? { question: item } : item;
  if (!isRecord(entry) || typeof entry["question"] !== "string" || entry["question"].trim() === "") {
    report(`${at} has no text`, { at, expected: "a mapping with `question:`, and `expected:` where answers are graded" });
    return { question: "", expected: null, grading: "contains" };
  }
  const grading = GRADINGS.find((name) => name === (entry["grading"] ?? "contains"));
  if (grading === undefined) report(`${at}.grading is not known`, { at: `${at}.grading`, expected: GRADINGS.join(", ") });
  const expected = entry["expected"] === undefined || entry["expected"] === null ? null : String(entry["expected"]);
  if (grading === "regex" && expected !== null && !isPattern(expected))
    report(`${at}.expected is no regular expression`, { at: `${at}.expected` });
  return { question: entry["question"], expected, grading: grading ?? "contains" };
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "iu") instanceof RegExp;
  } catch {
    return false;
  }
}

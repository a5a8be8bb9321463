// The person's own questions: a YAML or JSON list, or a text file with one question per line.
import { usageErrorFor } from "../config/index.ts";
import type { Problem } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import type { Grading } from "./grade.ts";
import { problemIn } from "./problem.ts";

export type Question = {
  readonly question: string;
  /** What a right answer holds; null = not graded. */
  readonly expected: string | null;
  /** How an answer is compared: `contains` where nothing is said. */
  readonly grading: Grading;
};

const GRADINGS = ["contains", "exact", "number", "regex"] as const satisfies readonly Grading[];
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Throws `UsageError` with all that is wrong with the file at once. */
export async function readQuestions(path: string, io: Pick<Io, "files">): Promise<readonly Question[]> {
  const bytes = await io.files.read(path).catch(() => {
    throw usageErrorFor([problemIn(path, "There is no file of questions here", { expected: "a path for --questions" })]);
  });
  const text = new TextDecoder().decode(bytes);
  if (path.endsWith(".txt")) return lines(text);
  const { parse } = await import("yaml");
  const problems: Problem[] = [];
  const questions = listIn(text, parse, (...message) => problems.push(problemIn(path, ...message)));
  if (problems.length > 0) throw usageErrorFor(problems);
  return questions;
}

type Report = (message: string, place?: { readonly at?: string; readonly expected?: string }) => void;

const lines = (text: string): readonly Question[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((question) => ({ question, expected: null, grading: "contains" }));

function listIn(text: string, parse: (text: string) => unknown, report: Report): readonly Question[] {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    report(`The questions are no YAML or JSON: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`);
    return [];
  }
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

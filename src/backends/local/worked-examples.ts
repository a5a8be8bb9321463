// What a tiny model is shown before the question. Two or three answered examples make the difference between babble and a short answer,
// and another set for each agent makes agents differ, though they are the same model at temperature 0.
import type { ChatHistoryItem } from "node-llama-cpp";

type Exchange = readonly [question: string, answer: string];

const SETS: readonly (readonly Exchange[])[] = [
  [
    ["What is 2 + 3?", "2 + 3 = 5."],
    ["What is the capital of Italy?", "The capital of Italy is Rome."],
  ],
  [
    ["Who painted the Mona Lisa?", "Leonardo da Vinci painted the Mona Lisa."],
    ["How much is 10 minus 4?", "10 minus 4 is 6."],
  ],
  [
    ["Is ice cold?", "Yes, ice is cold."],
    ["What is 3 + 4?", "3 plus 4 equals 7."],
  ],
];
const WITH_RESULT: Exchange = [
  "What is the weather in Bergen?\nInformation: rain, 9 degrees",
  "The weather in Bergen is rain with 9 degrees.",
];

/** Sets repeat after so many agents. */
export const EXAMPLE_SETS = SETS.length;

/** The conversation a tiny model continues: examples, then the question, with a tool's result where there is one. */
export function tinyHistory(question: string, agent: number, result: string | null): readonly ChatHistoryItem[] {
  const examples = SETS[agent % SETS.length] ?? [];
  const shown = result === null ? examples : [WITH_RESULT, ...examples];
  const asked = result === null ? question : `${question}\nInformation: ${result}`;
  return [...shown.flatMap(([user, model]) => exchange(user, model)), { type: "user", text: asked }];
}

function exchange(user: string, model: string): ChatHistoryItem[] {
  return [
    { type: "user", text: user },
    { type: "model", response: [model] },
  ];
}

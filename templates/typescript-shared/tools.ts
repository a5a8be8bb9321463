// The tools of this server. Put your own here: everything else works for any tool.

/** What the arguments of a tool look like: a flat JSON Schema. */
export type InputSchema = {
  type: "object";
  properties: Record<
    string,
    { type: "string" | "number" | "integer" | "boolean"; description: string; minimum?: number; maximum?: number }
  >;
  required: string[];
};

export type Tool = {
  name: string;
  /** Models choose by this text: say what the tool does, and when to use it. */
  description: string;
  inputSchema: InputSchema;
  /** Be honest here: MassGen runs read-only tools side by side and shares their answers between agents. */
  annotations: { readOnlyHint: boolean; destructiveHint?: boolean; idempotentHint?: boolean };
  /** Gets arguments that fit `inputSchema`. What it throws becomes an error the model can read. */
  run(input: Record<string, unknown>): string | Promise<string>;
};

/** Mean temperatures in degrees Celsius, January to December. Replace this by a real source. */
const CLIMATE: Record<string, number[]> = {
  Lisbon: [11, 12, 14, 16, 18, 21, 23, 24, 22, 19, 15, 12],
  Oslo: [-4, -4, 0, 5, 11, 15, 17, 16, 12, 6, 1, -3],
  Nairobi: [20, 21, 21, 20, 19, 18, 17, 18, 19, 20, 19, 19],
  Sydney: [23, 23, 22, 19, 16, 13, 12, 14, 16, 19, 20, 22],
};

function monthsOf(city: unknown): number[] {
  const found = Object.keys(CLIMATE).find((name) => name.toLowerCase() === String(city).toLowerCase());
  const months = found === undefined ? undefined : CLIMATE[found];
  if (months === undefined)
    throw new Error(`There is no weather for ${JSON.stringify(city)}. Known cities: ${Object.keys(CLIMATE).join(", ")}.`);
  return months;
}

export const tools: Tool[] = [
  {
    name: "cities",
    description: "Lists the cities whose weather is known.",
    inputSchema: { type: "object", properties: {}, required: [] },
    annotations: { readOnlyHint: true, idempotentHint: true },
    run: () => Object.keys(CLIMATE).join("\n"),
  },
  {
    name: "forecast",
    description: "Says how warm a city is in a month. Without a month: in January.",
    inputSchema: {
      type: "object",
      properties: {
        city: { type: "string", description: "Name of the city; `cities` lists them." },
        month: { type: "integer", description: "1 (January) to 12 (December).", minimum: 1, maximum: 12 },
      },
      required: ["city"],
    },
    annotations: { readOnlyHint: true, idempotentHint: true },
    run: ({ city, month = 1 }) => `${String(city)}: ${monthsOf(city)[Number(month) - 1]} °C on average in month ${String(month)}.`,
  },
];

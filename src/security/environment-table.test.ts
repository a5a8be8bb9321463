import { expect, test } from "vitest";
import { BACKEND_TABLE, VERTEX_TOKEN_VARIABLE } from "../config/index.ts";
import { PROVIDER_KEYS } from "./environment-table.ts";

test("whatever variable a backend takes its key from is known as a provider's key, and kept from servers (REQ-SEC-10)", () => {
  const variables = [...Object.values(BACKEND_TABLE).flatMap(({ keyVariables }) => keyVariables), VERTEX_TOKEN_VARIABLE];
  expect(variables.filter((variable) => !PROVIDER_KEYS.has(variable))).toEqual([]);
});

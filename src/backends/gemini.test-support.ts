// Plays Gemini conversations over a replay server that checks our requests; shared by the tests of the backend.
import {
  driveTurn,
  geminiCall,
  geminiCheck,
  impatientIo,
  replayServer,
  testBackend,
  type DrivenTurn,
  type ReplayEntry,
  type TestBackendOptions,
  type TurnDrive,
} from "../testing/index.ts";

type Case = {
  readonly script: readonly ReplayEntry[];
  readonly config?: Partial<TestBackendOptions>;
  readonly drive?: TurnDrive;
  readonly waits?: number[];
  readonly pieces?: readonly number[];
};
type Played = DrivenTurn & { readonly bodies: readonly Record<string, never>[] };

export async function play({ script, config, drive, waits }: Case): Promise<Played> {
  await using server = await replayServer(
    script.map((entry) => ({ pieces: [7, 331, 13], assert: () => {}, ...entry })),
    { check: geminiCheck() },
  );
  const backend = await testBackend(
    { type: "gemini", model: "gemini-3-flash-preview", baseUrl: server.url, ...config },
    impatientIo(waits),
  );
  const turn = await driveTurn(backend, drive);
  server.verify();
  return { ...turn, bodies: server.requests.map((request) => request.body as Record<string, never>) };
}

export function declarationsOf(body: Record<string, unknown> | undefined): readonly { readonly name: string }[] {
  const tools = (body?.["tools"] ?? []) as readonly { readonly functionDeclarations?: readonly { readonly name: string }[] }[];
  return tools.flatMap((tool) => tool.functionDeclarations ?? []);
}

export const answer = (content: string): ReplayEntry => geminiCall("new_answer", { content }, "sig-answer");

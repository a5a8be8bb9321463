// Replies of the Gemini API in its own words, for tests: one builder per class of reply, framed with CRLF as the real service does.
import type { ReplayReply } from "../replay-types.ts";

export type GeminiPart =
  | { readonly text: string; readonly thought?: boolean; readonly thoughtSignature?: string }
  | { readonly functionCall: { readonly name: string; readonly args?: object; readonly id?: string }; readonly thoughtSignature?: string }
  | { readonly executableCode: { readonly language: string; readonly code: string } }
  | { readonly codeExecutionResult: { readonly outcome: string; readonly output: string } };

export type GeminiChunk = {
  readonly parts?: readonly GeminiPart[];
  readonly finish?: string;
  readonly finishMessage?: string;
  readonly usage?: { readonly prompt: number; readonly output?: number; readonly thoughts?: number; readonly cached?: number };
  readonly grounding?: object;
};

function chunkOf({ parts, finish, finishMessage, usage, grounding }: GeminiChunk): object {
  const candidate = {
    ...(parts === undefined ? {} : { content: { role: "model", parts } }),
    ...(finish === undefined ? {} : { finishReason: finish }),
    ...(finishMessage === undefined ? {} : { finishMessage }),
    ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
    index: 0,
  };
  const { prompt, output, thoughts, cached } = usage ?? { prompt: 12, output: 7, thoughts: undefined, cached: undefined };
  const usageMetadata = {
    promptTokenCount: prompt,
    ...(output === undefined ? {} : { candidatesTokenCount: output }),
    ...(thoughts === undefined ? {} : { thoughtsTokenCount: thoughts }),
    ...(cached === undefined ? {} : { cachedContentTokenCount: cached }),
    totalTokenCount: prompt + (output ?? 0) + (thoughts ?? 0),
  };
  return { candidates: [candidate], usageMetadata, modelVersion: "gemini-under-test", responseId: "r-1" };
}

export const sse = (...values: readonly object[]): string => values.map((value) => `data: ${JSON.stringify(value)}\r\n\r\n`).join("");

/** Chunks in order; the last one should carry a finish reason. */
export function geminiReply(...chunks: readonly GeminiChunk[]): ReplayReply {
  return { body: sse(...chunks.map(chunkOf)) };
}

export function geminiText(text: string, finish = "STOP"): ReplayReply {
  return geminiReply({ parts: [{ text }], finish });
}

export function geminiCall(name: string, args: object, thoughtSignature?: string): ReplayReply {
  return geminiReply({
    parts: [{ functionCall: { name, args }, ...(thoughtSignature === undefined ? {} : { thoughtSignature }) }],
    finish: "STOP",
  });
}

export function geminiBlockedPrompt(blockReason = "PROHIBITED_CONTENT"): ReplayReply {
  return {
    body: sse({
      promptFeedback: { blockReason },
      usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
      modelVersion: "gemini-under-test",
    }),
  };
}

type GoogleError = { readonly code: number; readonly status: string; readonly message: string; readonly details?: readonly object[] };
const errorReply = (error: GoogleError): ReplayReply => ({ status: error.code, body: JSON.stringify({ error }) });

export function geminiError(code: number, status: string, message: string): ReplayReply {
  return errorReply({ code, status, message });
}

/** 429 with the wait the service asks for. */
export function geminiRateLimit(retryDelay: string): ReplayReply {
  const details = [
    {
      "@type": "type.googleapis.com/google.rpc.QuotaFailure",
      violations: [
        {
          quotaMetric: "generativelanguage.googleapis.com/generate_requests",
          quotaId: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
        },
      ],
    },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay },
  ];
  return errorReply({ code: 429, status: "RESOURCE_EXHAUSTED", message: "You exceeded your current quota.", details });
}

export function geminiDayQuota(): ReplayReply {
  const details = [
    {
      "@type": "type.googleapis.com/google.rpc.QuotaFailure",
      violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier", quotaValue: "20" }],
    },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "12s" },
  ];
  return errorReply({ code: 429, status: "RESOURCE_EXHAUSTED", message: "You exceeded your current quota.", details });
}

/** Text, then the error the service sends inside a stream that began with 200. */
export function geminiMidstreamError(text: string): ReplayReply {
  const error = { error: { code: 503, message: "The model is overloaded. Please try again later.", status: "UNAVAILABLE" } };
  return { body: `${sse(chunkOf({ parts: [{ text }] }))}${sse(error)}` };
}

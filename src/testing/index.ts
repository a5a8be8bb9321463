// The door of what tests need: fakes that behave, scripted models, a clock that waits for nobody.
export { fakeClock, type FakeClock, type FakeClockOptions } from "./fake-clock.ts";
export { chatServer, type ChatReply, type ChatRequest, type ChatScript, type ChatServer, type ChatToolCall } from "./chat-server.ts";
export { councilScript, votableLabels, type CouncilOptions } from "./council-script.ts";
export {
  replayServer,
  type ReplayEntry,
  type ReplayOptions,
  type ReplayReply,
  type ReplayRequest,
  type ReplayServer,
} from "./replay-server.ts";
export { anthropicCheck } from "./wire-checks/anthropic.ts";
export { chatCheck } from "./wire-checks/chat.ts";
export { geminiCheck } from "./wire-checks/gemini.ts";
export { responsesCheck } from "./wire-checks/responses.ts";
export type { WireCheck } from "./wire-checks/wire-check.ts";
export {
  driveTurn,
  NEW_ANSWER_TOOL,
  scriptedTools,
  simpleJudge,
  VOTE_TOOL,
  type DrivenTurn,
  type ScriptedTool,
  type ScriptedTools,
  type TurnDrive,
} from "./turn-driver.ts";
export { impatientIo, testBackend, type TestBackendOptions } from "./test-backend.ts";
export * from "./wire-replies/gemini.ts";
export { fakeIo, type FakeIo, type FakeIoOptions } from "./fake-io.ts";
export { memoryFiles, type FaultCode, type MemoryFiles } from "./memory-files.ts";
export {
  scriptedBackend,
  type Moment,
  type Script,
  type ScriptedBackend,
  type ScriptedOptions,
  type ScriptedStep,
} from "./scripted-backend.ts";
export * from "./wire-replies/anthropic.ts";
export * from "./wire-replies/responses.ts";
export { replayBody, type RecordedWire } from "./wire-replies/from-recording.ts";
export { loopbackServer, type HttpExchange, type LoopbackServer } from "./loopback-server.ts";
export { startMessagesServer, type MessagesReply, type MessagesRequest, type MessagesServer } from "./messages-server.ts";

// The door of what tests need: fakes that behave, scripted models, a clock that waits for nobody.
export { fakeClock, type FakeClock, type FakeClockOptions } from "./fake-clock.ts";
export { chatServer, type ChatReply, type ChatRequest, type ChatScript, type ChatServer, type ChatToolCall } from "./chat-server.ts";
export { councilScript, votableLabels, type CouncilOptions } from "./council-script.ts";

// The door of what tests need: fakes that behave, scripted models, a clock that waits for nobody.
export { fakeClock, type FakeClock, type FakeClockOptions } from "./fake-clock.ts";

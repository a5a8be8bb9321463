// Steering that can be handed to a display before there is a run: what it is told goes to the run that is going on.
import type { Steering } from "../displays/contract.ts";

export type LateSteering = Steering & { attach(steering: Steering | null): void };

export function lateSteering(): LateSteering {
  let current: Steering | null = null;
  return {
    attach: (steering) => void (current = steering),
    answerNow: () => current?.answerNow(),
    cancel: () => current?.cancel(),
    pause: () => current?.pause(),
    resume: () => current?.resume(),
    permission: (...answer) => current?.permission(...answer),
  };
}

import * as t from 'io-ts'
import { defineEvent, RELEASE } from './event.ts'

/**
 * Controllers whose process is not there, or does not get on: the run itself goes by these events.
 *
 *   ControllersStopped ─▶ do not react; what they had before them is forgotten ─▶ ControllersStarted
 *   ControllersPaused ──▶ react, but what they have before them has to wait ───▶ ControllersResumed
 *
 * 1. A stop takes effect before anything else of its instant, but what a reaction has done already stays done: its
 *    facts of that instant happen.
 * 2. A controller that starts is told so, and nobody else is: what it does then is its own affair, and so is what its
 *    memory comes to, which it folds from the same event.
 * 3. What was due in a pause happens at its end, in the order in which it would have.
 */

const data = {
  /** Names of controllers. */
  controllers: t.readonlyArray(t.string),
  /** What they are together, as people call it. */
  process: t.string,
}

export const ControllersStopped = defineEvent('ControllersStopped', {
  doc: 'The process of these controllers has ended, or hangs for good: they react to nothing, and forget what they had before them.',
  rank: RELEASE,
  data,
})

export const ControllersStarted = defineEvent('ControllersStarted', {
  doc: 'These controllers are at work again: they know nothing of what was, list everything anew, and go on from there.',
  rank: RELEASE,
  data,
})

export const ControllersPaused = defineEvent('ControllersPaused', {
  doc: 'These controllers do not get on, as their calls of the API fail; they remember what they wanted to do.',
  rank: RELEASE,
  data,
})

export const ControllersResumed = defineEvent('ControllersResumed', {
  doc: 'These controllers get on with what they had before them.',
  rank: RELEASE,
  data,
})

export const processEvents = [ControllersStopped, ControllersStarted, ControllersPaused, ControllersResumed] as const

/** What the run itself does at an event. */
export type ProcessTurn = 'stop' | 'start' | 'pause' | 'resume'

export const turnOf = (kind: string): ProcessTurn | undefined => {
  switch (kind) {
    case ControllersStopped.kind:
      return 'stop'
    case ControllersStarted.kind:
      return 'start'
    case ControllersPaused.kind:
      return 'pause'
    case ControllersResumed.kind:
      return 'resume'
    default:
      return undefined
  }
}

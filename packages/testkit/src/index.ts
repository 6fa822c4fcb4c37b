export { at, type Given, type GivenOptions, given, type Outcome, type TimedEvent } from './given.ts'
export { snapshot } from './snapshot.ts'
export { stored } from './stored.ts'

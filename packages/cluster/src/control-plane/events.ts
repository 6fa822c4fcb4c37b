import { defineEvent, processEvents, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'

export const ApiServerWentDown = defineEvent('ApiServerWentDown', {
  doc: 'The API server does not answer any more: nobody reads or writes an object; what runs on nodes goes on.',
  rank: RELEASE,
  data: {},
})

export const ApiServerCameBack = defineEvent('ApiServerCameBack', {
  doc: 'The API server answers again, and has what it had.',
  rank: RELEASE,
  data: {},
})

export const ApiServerSlowed = defineEvent('ApiServerSlowed', {
  doc: 'Calls and watches of the API server take so many times longer than usual; 1 is as usual.',
  rank: RELEASE,
  data: { factor: t.number },
})

export const ControllerHeldBack = defineEvent('ControllerHeldBack', {
  doc: 'A controller is to be back, but its process is not at work: it starts with that.',
  data: { controller: t.string, process: t.string },
})

export const controlPlaneEvents = [
  ...processEvents,
  ApiServerWentDown,
  ApiServerCameBack,
  ApiServerSlowed,
  ControllerHeldBack,
] as const

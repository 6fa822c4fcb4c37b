import { scaled } from '@wavetank/kernel'
import type { Folds } from '../folds.ts'
import type { ClusterTables } from '../tables.ts'
import type { controlPlaneEvents } from './events.ts'

const connect = ({ nodes }: ClusterTables, isUp: boolean): void => {
  for (const { machine } of nodes.values()) machine.isConnected = isUp && !machine.isCutOff
}

export const applyControlPlane = {
  ControllersStopped: ({ controlPlane }, { event, at }) => {
    for (const name of event.controllers) controlPlane.stopped.set(name, { process: event.process, since: at })
  },
  ControllersStarted: ({ controlPlane }, { event }) => {
    for (const name of event.controllers) controlPlane.stopped.delete(name)
  },
  ControllerHeldBack: ({ controlPlane }, { event }) => {
    const stopped = controlPlane.stopped.get(event.controller)
    if (stopped !== undefined) controlPlane.stopped.set(event.controller, { ...stopped, process: event.process })
  },
  ControllersPaused: () => {},
  ControllersResumed: () => {},
  ApiServerWentDown: (tables, { at }) => {
    tables.controlPlane.apiServerDownSince = at
    connect(tables, false)
  },
  ApiServerCameBack: (tables) => {
    tables.controlPlane.apiServerDownSince = undefined
    connect(tables, true)
  },
  ApiServerSlowed: (tables, { event }) => {
    const { controlPlane, settings } = tables
    const usual = controlPlane.usualLatencies ?? settings.latencies
    const { factor } = event
    controlPlane.apiServerSlowness = factor
    controlPlane.usualLatencies = factor === 1 ? undefined : usual
    const latencies =
      factor === 1 ? usual : { ...usual, apiWrite: scaled(usual.apiWrite, factor), watch: scaled(usual.watch, factor) }
    tables.settings = { ...settings, latencies }
  },
} satisfies Folds<(typeof controlPlaneEvents)[number]>

import {
  ApiServerCameBack,
  ApiServerSlowed,
  ApiServerWentDown,
  type ClusterView,
  ControllerHeldBack,
  controllersOf,
  DependencyCameBack,
  DependencyWentDown,
  defineController,
  dependencyKey,
  isApiServerUp,
  isDown,
  PROCESSES,
  RegistryCameBack,
  RegistryWentDown,
  registryKey,
} from '@wavetank/cluster'
import {
  ControllersStarted,
  ControllersStopped,
  defineEvent,
  type Emission,
  type Entry,
  type EventOf,
  emit,
  optional,
  type Scene,
  type SimEvent,
} from '@wavetank/kernel'
import * as t from 'io-ts'
import { ProcessLaunched } from '../control-plane/events.ts'

/**
 * What the cluster needs: dependencies of containers and image registries, which it does not run, and its own control
 * plane. The timeline takes them down and up; one that is so already is said to be ignored, so that a story with a
 * mistake in it is noticed.
 */

const What = t.keyof({ dependency: null, registry: null, controller: null, apiServer: null }, 'Outage')
const Turn = t.keyof({ down: null, up: null, slow: null, mended: null }, 'Turn')

export const OutageDue = defineEvent('OutageDue', {
  doc: 'The timeline takes a dependency, a registry, a controller or the API server down, or brings it back; or makes the API server slow.',
  data: { turn: Turn, what: What, name: t.string, factor: optional(t.number) },
})
export type Due = EventOf<typeof OutageDue>

export const OutageIgnored = defineEvent('OutageIgnored', {
  doc: 'It was down, or up, already.',
  data: { turn: Turn, what: What, name: t.string },
})

interface Own {
  /** Processes that are there again and do not lead yet. */
  readonly launched: Set<string>
}
type OutageScene = Scene<ClusterView, Own, unknown>

const dependency = ({ view }: OutageScene, { turn, name }: Due): readonly SimEvent[] => {
  const wasDown = isDown(view, dependencyKey(name))
  if (wasDown === (turn === 'down')) return []
  return [wasDown ? DependencyCameBack({ dependency: name }) : DependencyWentDown({ dependency: name })]
}

const registry = ({ view }: OutageScene, { turn, name }: Due): readonly SimEvent[] => {
  const wasDown = isDown(view, registryKey(name))
  if (wasDown === (turn === 'down')) return []
  return [wasDown ? RegistryCameBack({ registry: name }) : RegistryWentDown({ registry: name })]
}

const apiServer = ({ view }: OutageScene, { turn, factor = 1 }: Due): readonly SimEvent[] => {
  const { apiServerSlowness } = view.controlPlane
  switch (turn) {
    case 'down':
      return isApiServerUp(view) ? [ApiServerWentDown({})] : []
    case 'up':
      return isApiServerUp(view) ? [] : [ApiServerCameBack({})]
    case 'slow':
      return [ApiServerSlowed({ factor })]
    case 'mended':
      return apiServerSlowness === 1 ? [] : [ApiServerSlowed({ factor: 1 })]
  }
}

/** Whether what an outage takes down is so already. */
export const isOut = (view: ClusterView, { turn, what, name }: Pick<Due, 'turn' | 'what' | 'name'>): boolean => {
  if (what === 'apiServer') return turn === 'slow' ? view.controlPlane.apiServerSlowness !== 1 : !isApiServerUp(view)
  if (what === 'controller') return (controllersOf(name) ?? []).every((one) => view.controlPlane.stopped.has(one))
  return isDown(view, what === 'dependency' ? dependencyKey(name) : registryKey(name))
}

/** The process that a controller is part of. */
const processOf = (controller: string): string | undefined =>
  Object.keys(PROCESSES).find((process) => PROCESSES[process]!.includes(controller))

/** A process as a whole: those of its controllers that are not down for themselves. */
const wholeProcess = ({ view, own }: OutageScene, process: string, turn: 'down' | 'up'): readonly SimEvent[] => {
  const all = PROCESSES[process]!
  const { stopped } = view.controlPlane
  if (turn === 'up') {
    const isGone = all.some((name) => stopped.get(name)?.process === process)
    return isGone && !own.launched.has(process) ? [ProcessLaunched({ process })] : []
  }
  const controllers = all.filter((name) => !stopped.has(name))
  return controllers.length > 0 || own.launched.has(process) ? [ControllersStopped({ process, controllers })] : []
}

/** One controller of a process; one that comes back while its process is not at work starts with that. */
const oneController = ({ view }: OutageScene, name: string, turn: 'down' | 'up'): readonly SimEvent[] => {
  const controllers = controllersOf(name) ?? []
  const [controller = ''] = controllers
  const { stopped } = view.controlPlane
  const { process } = stopped.get(controller) ?? {}
  if (turn === 'down') return process === name ? [] : [ControllersStopped({ process: name, controllers })]
  if (process !== name) return []
  const whole = processOf(controller) ?? ''
  const isGone = [...stopped.values()].some((other) => other.process === whole)
  if (isGone || !isApiServerUp(view)) return [ControllerHeldBack({ controller, process: whole })]
  return [ControllersStarted({ process: name, controllers })]
}

const controller = (scene: OutageScene, { name, turn }: Due): readonly SimEvent[] => {
  if (turn !== 'down' && turn !== 'up') return []
  return name in PROCESSES ? wholeProcess(scene, name, turn) : oneController(scene, name, turn)
}

const outcomes: Readonly<Record<Due['what'], (scene: OutageScene, due: Due) => readonly SimEvent[]>> = {
  dependency,
  registry,
  controller,
  apiServer,
}

const carryOut = (scene: OutageScene, { event }: Entry<Due>): readonly Emission[] => {
  const { turn, what, name } = event
  const found = outcomes[what](scene, event)
  return (found.length === 0 ? [OutageIgnored({ turn, what, name })] : found).map(emit)
}

const settle = (own: Own, entry: Entry<never>): void => {
  own.launched.delete((entry as Entry<{ kind: string; process: string }>).event.process)
}

export const outages = defineController<Own, Record<string, never>>({
  name: 'outages',
  doc: 'Takes dependencies, image registries and the control plane down, and brings them back.',
  component: 'wavetank',
  flags: {},
  events: [OutageDue, OutageIgnored],
  own: {
    initial: () => ({ launched: new Set() }),
    apply: {
      ProcessLaunched: (own, entry: Entry<never>) => {
        own.launched.add((entry as Entry<{ kind: string; process: string }>).event.process)
      },
      ControllersStopped: settle,
      ControllersStarted: settle,
    },
  },
  on: { OutageDue: carryOut as never },
})

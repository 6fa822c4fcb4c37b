import {
  type ClusterView,
  DependencyCameBack,
  DependencyWentDown,
  defineController,
  dependencyKey,
  isDown,
  RegistryCameBack,
  RegistryWentDown,
  registryKey,
} from '@wavetank/cluster'
import { defineEvent, type Emission, type Entry, type EventOf, emit, type Scene } from '@wavetank/kernel'
import * as t from 'io-ts'

/**
 * What the cluster needs and does not run: dependencies of containers, and image registries. The timeline takes them
 * down and up; one that is so already is said to be ignored, so that a story with a mistake in it is noticed.
 */

const What = t.keyof({ dependency: null, registry: null }, 'Outage')
const Turn = t.keyof({ down: null, up: null }, 'Turn')

export const OutageDue = defineEvent('OutageDue', {
  doc: 'The timeline takes a dependency or a registry down, or brings it back.',
  data: { turn: Turn, what: What, name: t.string },
})

export const OutageIgnored = defineEvent('OutageIgnored', {
  doc: 'It was down, or up, already.',
  data: { turn: Turn, what: What, name: t.string },
})

const carryOut = (
  { view }: Scene<ClusterView, unknown, unknown>,
  { event }: Entry<EventOf<typeof OutageDue>>,
): readonly Emission[] => {
  const { turn, what, name } = event
  const isDependency = what === 'dependency'
  const wasDown = isDown(view, isDependency ? dependencyKey(name) : registryKey(name))
  if (wasDown === (turn === 'down')) return [emit(OutageIgnored({ turn, what, name }))]
  if (isDependency) {
    return [emit(wasDown ? DependencyCameBack({ dependency: name }) : DependencyWentDown({ dependency: name }))]
  }
  return [emit(wasDown ? RegistryCameBack({ registry: name }) : RegistryWentDown({ registry: name }))]
}

export const outages = defineController<unknown, Record<string, never>>({
  name: 'outages',
  doc: 'Takes dependencies and image registries down, and brings them back.',
  component: 'wavetank',
  flags: {},
  events: [OutageDue, OutageIgnored],
  on: { OutageDue: carryOut as never },
})

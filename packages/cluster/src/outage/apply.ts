import type { Folds } from '../folds.ts'
import type { ClusterTables, ClusterView } from '../tables.ts'
import type { outageEvents } from './events.ts'

const turn = (tables: ClusterTables, key: string, at: number): void => {
  tables.outages.set(key, [...(tables.outages.get(key) ?? []), at])
}

export const applyOutage = {
  DependencyWentDown: (tables, { event, at }) => turn(tables, dependencyKey(event.dependency), at),
  DependencyCameBack: (tables, { event, at }) => turn(tables, dependencyKey(event.dependency), at),
  RegistryWentDown: (tables, { event, at }) => turn(tables, registryKey(event.registry), at),
  RegistryCameBack: (tables, { event, at }) => turn(tables, registryKey(event.registry), at),
} satisfies Folds<(typeof outageEvents)[number]>

/** Keys of `outages`. */
export const dependencyKey = (name: string): string => `dependency ${name}`
export const registryKey = (name: string): string => `registry ${name}`

/** Whether what the key names is down now. */
export const isDown = ({ outages }: ClusterView, key: string): boolean => (outages.get(key)?.length ?? 0) % 2 === 1

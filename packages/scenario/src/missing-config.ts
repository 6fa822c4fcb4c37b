import { type Issue, isDumped, neededObjects } from '@wavetank/cluster'
import type { ApiObject } from '@wavetank/cluster/api'
import { podSpecOf } from './pod-spec-of.ts'

/** A pod that will wait; the path is from the object’s root. */
export interface MissingConfig {
  readonly object: ApiObject
  readonly issue: Issue
}

const CONFIG = ['ConfigMap', 'Secret']

/**
 * ConfigMaps and Secrets that pods need and that nothing brings: neither a manifest nor a command of the timeline.
 *
 * @param known all objects that there are or will be
 */
export const missingConfig = (objects: readonly ApiObject[], known: readonly ApiObject[]): readonly MissingConfig[] => {
  const config = known.filter(({ kind }) => CONFIG.includes(kind))
  const there = new Set(config.map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`))
  // A dump without any leaves them out.
  const isPartial = known.some(isDumped)
  const assumed = CONFIG.filter((kind) => isPartial && !config.some((one) => one.kind === kind))
  return objects.flatMap((object): readonly MissingConfig[] => {
    const pod = podSpecOf(object)
    // What has been stored before runs with what it had.
    if (pod === undefined || isDumped(object) || !Array.isArray(pod.spec.containers)) return []
    const { namespace = '' } = object.metadata
    return neededObjects(pod.spec)
      .filter(({ kind, name }) => !assumed.includes(kind) && !there.has(`${kind}/${namespace}/${name}`))
      .map(({ kind, name }) => {
        const whose = object.kind === 'Pod' ? 'this pod' : 'its pods'
        const message = `${whose} will wait: there is no ${kind} "${name}" in namespace ${namespace}`
        const hint = 'add it to the manifests, or say `optional: true` where it is named'
        return { object, issue: { code: 'WT054', severity: 'warning', path: [...pod.path, 'spec'], message, hint } }
      })
  })
}

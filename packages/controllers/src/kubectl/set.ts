import {
  type ClusterView,
  type KubectlCommand,
  patchObject,
  type RenderedObject,
  type Targets,
} from '@wavetank/cluster'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { gathering, type Outcome, outcomeOf, printedName } from './outcome.ts'
import { findTargets } from './targets.ts'

/**
 * `kubectl set image|resources|env`: changes the containers of a pod or of a pod template.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/set/set_image.go, set_resources.go, set_env.go.
 */

type Command<V extends string> = Extract<KubectlCommand, { readonly verb: V }>
type Json = Readonly<Record<string, unknown>>
interface Container extends Json {
  readonly name: string
}
interface PodSpec extends Json {
  readonly containers?: readonly Container[]
  readonly initContainers?: readonly Container[]
}

const part = (object: Json, field: string): Json => (object[field] ?? {}) as Json

/** Where the pod spec stands in an object. Source: polymorphichelpers/updatepodspec.go. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}

const replaceAt = (object: Json, [field, ...rest]: readonly string[], change: (spec: Json) => Json): Json =>
  field === undefined ? change(object) : { ...object, [field]: replaceAt(part(object, field), rest, change) }

/** `*` stands for any letters. */
const matches = (pattern: string, name: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((text) => text.replace(/[^\w-]/g, '\\$&'))
      .join('.*')}$`,
  ).test(name)

interface Change {
  readonly done: string
  readonly failed: string
  /** The pod spec as it should be, or why not; undefined to leave it without a word. */
  readonly apply: (spec: PodSpec, object: RenderedObject, warn: (line: string) => void) => Either<string, PodSpec>
}

const change = (view: ClusterView, targets: Targets, { done, failed, apply }: Change): Outcome => {
  const { objects, problems } = findTargets(view, targets)
  const result = gathering(problems)
  for (const object of objects) {
    const { kind, name } = object
    const path = PATHS[kind]
    if (path === undefined) {
      result.problems.push(`${printedName(kind, name)} the object is not a pod or does not have a pod template`)
      continue
    }
    let refusal: string | undefined
    const json = replaceAt(object.render() as Json, path, (spec) => {
      const changed = apply(spec as PodSpec, object, (line) => result.output.push(line))
      if (!isLeft(changed)) return changed.right
      refusal = changed.left
      return spec
    })
    if (refusal !== undefined) {
      result.problems.push(refusal)
      continue
    }
    const update = patchObject(view, object, 'merge', { spec: json.spec })
    if (isLeft(update)) {
      result.problems.push(`failed to patch ${failed} pod template: ${update.left.message}`)
      continue
    }
    if (update.right.length === 0) continue
    result.events.push(...update.right)
    result.output.push(`${printedName(kind, name)} ${done}`)
  }
  if (objects.length === 0 && problems.length === 0) result.problems.push('no objects passed to set')
  return outcomeOf(result)
}

/** The spec with these containers changed, regular and init ones; `undefined` if none was chosen. */
const mapContainers = (
  spec: PodSpec,
  chosen: (container: Container) => boolean,
  map: (container: Container) => Container,
): PodSpec | undefined => {
  const all = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  if (!all.some(chosen)) return undefined
  const mapped = (containers: readonly Container[]) =>
    containers.map((container) => (chosen(container) ? map(container) : container))
  return {
    ...spec,
    ...(spec.initContainers === undefined ? {} : { initContainers: mapped(spec.initContainers) }),
    ...(spec.containers === undefined ? {} : { containers: mapped(spec.containers) }),
  }
}

export const setImage = (view: ClusterView, { targets, images }: Command<'set image'>): Outcome =>
  change(view, targets, {
    done: 'image updated',
    failed: 'image update to',
    apply: (spec) => {
      let changed = spec
      for (const [name, image] of Object.entries(images)) {
        const chosen = (container: Container): boolean => name === '*' || container.name === name
        const next = mapContainers(changed, chosen, (container) => ({ ...container, image }))
        if (next === undefined) return left(`unable to find container named "${name}"`)
        changed = next
      }
      return right(changed)
    },
  })

export const setResources = (view: ClusterView, command: Command<'set resources'>): Outcome => {
  const { targets, containers, limits, requests } = command
  return change(view, targets, {
    done: 'resource requirements updated',
    failed: 'resources update to',
    apply: (spec) => {
      const changed = mapContainers(
        spec,
        ({ name }) => matches(containers, name),
        (container) => {
          const resources = part(container, 'resources')
          const merged = (field: string, changes: Json): Json =>
            Object.keys(changes).length === 0 ? {} : { [field]: { ...part(resources, field), ...changes } }
          return {
            ...container,
            resources: { ...resources, ...merged('limits', limits), ...merged('requests', requests) },
          }
        },
      )
      return changed === undefined ? left(`unable to find container named ${containers}`) : right(changed)
    },
  })
}

/** Source: set_selector.go, RunSelector. */
export const setSelector = (view: ClusterView, { targets, selector }: Command<'set selector'>): Outcome => {
  const { objects, problems } = findTargets(view, targets)
  const result = gathering(problems)
  for (const object of objects) {
    const update = patchObject(view, object, 'json', [{ op: 'add', path: '/spec/selector', value: selector }])
    if (isLeft(update)) {
      result.problems.push(`failed to patch selector to ${object.kind}: ${update.left.message}`)
      continue
    }
    result.events.push(...update.right)
    result.output.push(`${printedName(object.kind, object.name)} selector updated`)
  }
  if (objects.length === 0 && problems.length === 0) result.problems.push('no objects passed to set')
  return outcomeOf(result)
}

interface EnvVar extends Json {
  readonly name: string
  readonly value?: string
}

/** Variables keep their places; new ones come last. Source: set/helper.go, updateEnv. */
const withEnv = (
  before: readonly EnvVar[],
  set: Readonly<Record<string, string>>,
  remove: readonly string[],
): readonly EnvVar[] => {
  const kept = before
    .filter(({ name }) => !remove.includes(name))
    .map((variable) => (variable.name in set ? { name: variable.name, value: set[variable.name]! } : variable))
  const added = Object.entries(set).filter(([name]) => !before.some((variable) => variable.name === name))
  return [...kept, ...added.map(([name, value]) => ({ name, value }))]
}

export const setEnv = (view: ClusterView, command: Command<'set env'>): Outcome => {
  const { targets, containers, set, remove, overwrite } = command
  return change(view, targets, {
    done: 'env updated',
    failed: 'env update to',
    apply: (spec, { kind, name: object }, warn) => {
      let taken: EnvVar | undefined
      const changed = mapContainers(
        spec,
        ({ name }) => matches(containers, name),
        (container) => {
          const env = (container.env ?? []) as readonly EnvVar[]
          if (!overwrite) taken ??= env.find(({ name, value = '' }) => name in set && set[name] !== value)
          return { ...container, env: withEnv(env, set, remove) }
        },
      )
      if (changed === undefined) {
        warn(`warning: ${kind}/${object} does not have any containers matching "${containers}"`)
        return right(spec)
      }
      if (taken === undefined) return right(changed)
      const why = `'${taken.name}' already has a value (${taken.value ?? ''}), and --overwrite is false`
      return left(`${printedName(kind, object)} ${why}`)
    },
  })
}

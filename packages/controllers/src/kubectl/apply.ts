import {
  applyManifest,
  type Charges,
  type ClusterView,
  createObject,
  findObject,
  type KubectlCommand,
  pendingKey,
  pendingKeys,
  withName,
} from '@wavetank/cluster'
import type { ApiObject } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type Gathering, gathering, type Outcome, outcomeOf, printedName } from './outcome.ts'

type Apply = Extract<KubectlCommand, { readonly verb: 'apply' | 'create' }>

const keyOf = ({ kind, metadata }: ApiObject): string => pendingKey(kind, metadata.namespace ?? '', metadata.name)

/** What the requests of one command have come to so far. */
interface Batch {
  readonly pending: Set<string>
  readonly charges: Charges
}
const newBatch = (): Batch => ({ pending: new Set(), charges: new Map() })

const createOne = (view: ClusterView, at: number, object: ApiObject, result: Gathering, batch: Batch): void => {
  const { pending, charges } = batch
  const named = withName(view, at, object, pending)
  if (isLeft(named)) {
    result.problems.push(named.left)
    return
  }
  const created = createObject(view, at, named.right, pending, charges)
  if (isLeft(created)) {
    result.problems.push(created.left)
    return
  }
  for (const key of pendingKeys(named.right, created.right)) pending.add(key)
  result.events.push(...created.right)
  result.output.push(`${printedName(object.kind, named.right.metadata.name)} created`)
}

const applyOne = (view: ClusterView, object: ApiObject, result: Gathering): void => {
  const { kind, metadata } = object
  const name = printedName(kind, metadata.name)
  const update = applyManifest(view, object)
  if (isLeft(update)) {
    result.problems.push(update.left)
    return
  }
  const changed = update.right.length > 0
  result.events.push(...update.right)
  const found = findObject(view, kind, metadata.namespace ?? '', metadata.name)?.render()
  const deletedAt = (found?.metadata as { readonly deletionTimestamp?: string } | undefined)?.deletionTimestamp
  if (changed && deletedAt !== undefined) {
    result.output.push(`Warning: Detected changes to resource ${metadata.name} which is currently being deleted.`)
  }
  result.output.push(`${name} ${changed ? 'configured' : 'unchanged'}`)
}

/** Of several manifests of one object the last counts: they are written at one instant. */
const lastOfEach = (objects: readonly ApiObject[]): readonly ApiObject[] => {
  const last = new Map(objects.map((object) => [keyOf(object), object]))
  return objects.filter((object) => object.metadata.name === '' || last.get(keyOf(object)) === object)
}

/** `kubectl apply -f`: creates what is not there, changes what is. Source: pkg/cmd/apply/apply.go, applyOneObject. */
export const apply = (view: ClusterView, at: number, { objects }: Apply): Outcome => {
  const result = gathering()
  const batch = newBatch()
  for (const object of lastOfEach(objects)) {
    const { kind, metadata } = object
    if (metadata.name === '') {
      result.problems.push(`from ${metadata.generateName}: cannot use generate name with apply`)
    } else if (findObject(view, kind, metadata.namespace ?? '', metadata.name) === undefined) {
      createOne(view, at, object, result, batch)
    } else applyOne(view, object, result)
  }
  return outcomeOf(result)
}

/** `kubectl create -f`: what is there already is an error. Source: pkg/cmd/create/create.go, RunCreate. */
export const create = (view: ClusterView, at: number, { objects }: Apply): Outcome => {
  const result = gathering()
  const batch = newBatch()
  for (const object of objects) createOne(view, at, object, result, batch)
  return outcomeOf(result)
}

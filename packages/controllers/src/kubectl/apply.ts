import {
  applyManifest,
  type Charges,
  type ClusterView,
  createObject,
  findObject,
  type KubectlCommand,
  LAST_APPLIED,
  pendingKey,
  pendingKeys,
  type RenderedObject,
  replaceManifest,
  resourceOf,
  withLastApplied,
  withName,
} from '@wavetank/cluster'
import { type ApiObject, apiObject, type JsonObject, kindByName } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type Gathering, gathering, type Outcome, outcomeOf, printedName } from './outcome.ts'

type Apply = Extract<KubectlCommand, { readonly verb: 'apply' | 'create' }>
type Replace = Extract<KubectlCommand, { readonly verb: 'replace' }>

const keyOf = ({ kind, metadata }: ApiObject): string => pendingKey(kind, metadata.namespace ?? '', metadata.name)

interface Manifest {
  readonly json: JsonObject
  readonly object: ApiObject
}

/** What the requests of one command have come to so far. */
interface Batch {
  readonly pending: Set<string>
  readonly charges: Charges
}
const newBatch = (): Batch => ({ pending: new Set(), charges: new Map() })

const createOne = (
  view: ClusterView,
  at: number,
  object: ApiObject,
  result: Gathering,
  batch: Batch,
  failure?: string,
): void => {
  const { pending, charges } = batch
  const named = withName(view, at, object, pending)
  if (isLeft(named)) {
    result.problems.push(named.left)
    return
  }
  const created = createObject(view, at, named.right, pending, charges)
  if (isLeft(created)) {
    result.problems.push(failure === undefined ? created.left : failure + created.left.message)
    return
  }
  for (const key of pendingKeys(named.right, created.right)) pending.add(key)
  result.events.push(...created.right)
  result.output.push(`${printedName(object.kind, named.right.metadata.name)} created`)
}

const applyOne = (
  view: ClusterView,
  live: RenderedObject,
  manifest: JsonObject,
  result: Gathering,
  charges: Charges,
): void => {
  const { kind, name, annotations } = live
  if (annotations[LAST_APPLIED] === undefined) {
    result.output.push(
      `Warning: resource ${kindByName(kind)?.plural ?? kind.toLowerCase()}/${name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`,
    )
  }
  const applied = applyManifest(view, live, manifest, charges)
  if (isLeft(applied)) {
    result.problems.push(applied.left)
    return
  }
  const { events, isSent } = applied.right
  result.events.push(...events)
  const { deletionTimestamp } = live.render().metadata as { readonly deletionTimestamp?: string }
  if (deletionTimestamp !== undefined) {
    result.output.push(`Warning: Detected changes to resource ${name} which is currently being deleted.`)
  }
  result.output.push(`${printedName(kind, name)} ${isSent ? 'configured' : 'unchanged'}`)
}

/** Of several manifests of one object the last counts: they are written at one instant. */
const lastOfEach = (manifests: readonly JsonObject[]): readonly Manifest[] => {
  const all = manifests.map((json): Manifest => ({ json, object: apiObject(json) }))
  const last = new Map(all.map((manifest) => [keyOf(manifest.object), manifest]))
  return all.filter((manifest) => manifest.object.metadata.name === '' || last.get(keyOf(manifest.object)) === manifest)
}

/** `kubectl apply -f`: creates what is not there, changes what is. Source: pkg/cmd/apply/apply.go, applyOneObject. */
export const apply = (view: ClusterView, at: number, { manifests }: Apply): Outcome => {
  const result = gathering()
  const batch = newBatch()
  for (const { json, object } of lastOfEach(manifests)) {
    const { kind, metadata } = object
    if (metadata.name === '') {
      result.problems.push(`from ${metadata.generateName}: cannot use generate name with apply`)
      continue
    }
    const live = findObject(view, kind, metadata.namespace ?? '', metadata.name)
    if (live === undefined) createOne(view, at, apiObject(withLastApplied(json)), result, batch)
    else applyOne(view, live, json, result, batch.charges)
  }
  return outcomeOf(result)
}

/** `kubectl create`: what is there already is an error. Source: pkg/cmd/create/create.go, RunCreate. */
export const create = (view: ClusterView, at: number, { manifests, failure }: Apply): Outcome => {
  const result = gathering()
  const batch = newBatch()
  for (const json of manifests) createOne(view, at, apiObject(json), result, batch, failure)
  return outcomeOf(result)
}

/** `kubectl replace -f`. Source: pkg/cmd/replace/replace.go, Run. */
export const replace = (view: ClusterView, { manifests, saves }: Replace): Outcome => {
  const result = gathering()
  for (const { json, object } of lastOfEach(manifests)) {
    const { kind, metadata } = object
    const live = findObject(view, kind, metadata.namespace ?? '', metadata.name)
    if (live === undefined) {
      const message = `${resourceOf(kind)} "${metadata.name}" not found`
      result.problems.push({ reason: 'NotFound', message })
      continue
    }
    const update = replaceManifest(view, live, json, saves)
    if (isLeft(update)) {
      result.problems.push(update.left)
      continue
    }
    result.events.push(...update.right)
    result.output.push(`${printedName(kind, metadata.name)} replaced`)
  }
  return outcomeOf(result)
}

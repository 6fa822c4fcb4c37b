import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ClusterConfigured,
  type ClusterController,
  type ClusterView,
  clusterEvents,
  createClusterStore,
  createPod,
  DEFAULT_SETTINGS,
  defaultsOf,
  NamespaceCreated,
  NodeCreated,
  type TemplateContent,
} from '@wavetank/cluster'
import { decodeObject, isKind } from '@wavetank/cluster/api'
import { controllers } from '@wavetank/controllers'
import {
  type AnyEventDefinition,
  createDraw,
  createLogWriter,
  createNullSink,
  createRun,
  type LoggedKind,
  type RunEnd,
  type SimEvent,
} from '@wavetank/kernel'
import { readYaml } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'

/**
 * KubeSBS: a published scheduler workload, with the answers of the real kube-scheduler. It is read where it lies beside
 * the project, and not part of it; WAVETANK_DATA says where if it lies elsewhere.
 */
const DATA = process.env.WAVETANK_DATA ?? join(process.cwd(), '../shared/data')
export const FOLDER = join(DATA, 'kubesbs')
export const MISSING = `no KubeSBS data in ${FOLDER}`
export const isThere = (): boolean => existsSync(join(FOLDER, 'expected.json'))

export interface ExpectedSize {
  readonly nodes: number
  readonly pods: number
  readonly unschedulable: Readonly<Record<'kwok' | 'kubeSchedulerSimulator', readonly number[]>>
}

export const expectedSizes = (): Readonly<Record<string, ExpectedSize>> => {
  const file = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as {
    readonly sizes: Readonly<Record<string, ExpectedSize>>
  }
  return file.sizes
}

const WIDENING = 3

/** What the real scheduler gave over all runs, a little wider. */
export const acceptedRange = ({ unschedulable }: ExpectedSize): readonly [least: number, most: number] => {
  const all = [...unschedulable.kwok, ...unschedulable.kubeSchedulerSimulator]
  return [Math.min(...all) - WIDENING, Math.max(...all) + WIDENING]
}

/** Who brings what at the beginning of a run. */
export interface Workload {
  readonly initial: readonly { readonly at: number; readonly by: string; readonly event: SimEvent }[]
}

const documentsOf = (path: string): readonly unknown[] =>
  readYaml(readFileSync(path, 'utf8')).documents.map(({ value }) => value)

/** The manifests of one size, as the API server stores them. */
export const loadWorkload = (size: string): Workload => {
  const store = createClusterStore()
  const initial: Workload['initial'][number][] = []
  const add = (event: SimEvent): void => {
    store.apply({ seq: initial.length, at: 0, cause: null, by: 'scenario', event })
    initial.push({ at: 0, by: 'scenario', event })
  }
  add(ClusterConfigured({ settings: DEFAULT_SETTINGS as never }))
  const namespaces = new Set<string>()
  const contents = new Map<string, TemplateContent>()
  const documents = [
    ...documentsOf(join(FOLDER, `nodes-${size}.yaml`)),
    ...documentsOf(join(FOLDER, `pods-${size}.yaml`)),
  ]
  for (const document of documents) {
    const decoded = decodeObject(document)
    if (isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
    const object = decoded.right
    if (isKind(object, 'Node')) {
      const node = object.metadata.name!
      add(NodeCreated({ node, uid: `node-${node}`, object: object as never }))
    } else if (isKind(object, 'Pod')) {
      const { namespace = 'default', name, labels = {}, annotations = {} } = object.metadata
      if (!namespaces.has(namespace)) {
        namespaces.add(namespace)
        add(NamespaceCreated({ namespace, uid: `namespace-${namespace}`, labels: {} }))
      }
      const key = JSON.stringify([labels, annotations, object.spec])
      const content = contents.get(key) ?? { labels, annotations, finalizers: [], spec: object.spec }
      contents.set(key, content)
      const created = createPod(store.view, 0, name!, { namespace, content })
      if (isLeft(created)) throw new Error(created.left)
      for (const event of created.right) add(event)
    }
  }
  return { initial }
}

export interface Outcome {
  readonly unschedulable: number
  readonly end: RunEnd
  readonly entries: number
  readonly digest: string
  readonly view: ClusterView
}

const only = (names: readonly string[]): readonly ClusterController[] =>
  controllers.filter(({ name }) => names.includes(name))

/** Lets the scheduler alone work through a workload. `horizon` in milliseconds. */
export const runScheduler = ({ initial }: Workload, seed: number, horizon: number): Outcome => {
  const store = createClusterStore()
  const chosen = only(['default-scheduler'])
  const definitions: readonly AnyEventDefinition[] = [...clusterEvents, ...chosen.flatMap(({ events }) => events)]
  const catalogue = new Map(definitions.map((definition) => [definition.kind, definition]))
  const writer = createLogWriter({
    catalogue: catalogue as unknown as ReadonlyMap<string, LoggedKind>,
    header: { seed },
    sink: createNullSink(),
  })
  const run = createRun({
    model: store,
    controllers: chosen.map((controller) => ({ controller, config: defaultsOf(controller.flags) })),
    catalogue,
    draw: createDraw(seed),
    initial,
    horizon,
    append: (entry) => {
      writer.append(entry)
    },
  })
  let end: RunEnd | undefined
  while (end === undefined) end = run.advance(100_000)
  const digest = writer.finish({ end: end.reason })
  let unschedulable = 0
  for (const pod of run.view.pods.values()) if (pod.node === '') unschedulable++
  return { unschedulable, end, entries: run.entries(), digest, view: run.view }
}

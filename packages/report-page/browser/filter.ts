import { POD_STATES, type PodState } from '@wavetank/report/page'
import type { Model } from './data.ts'
import { byId, element } from './dom.ts'
import { POD_LOOKS } from './palette.ts'
import { statusRanks } from './pod-ranks.ts'

/** What is asked for; empty for all. */
export interface Wish {
  readonly name: string
  readonly namespace: string
  readonly workload: string
  readonly node: string
  readonly state: PodState | ''
}

export interface Filter {
  readonly wish: () => Wish
  readonly pods: () => Uint32Array
  readonly nodes: () => readonly number[]
  readonly workloads: () => readonly number[]
  readonly set: (wish: Partial<Wish>) => void
  readonly watch: (changed: () => void) => void
}

const SUGGESTIONS_MAX = 2_000
const WAIT = 150

const suggest = (id: string, names: Iterable<string>): void => {
  const list = byId(id)
  let count = 0
  for (const name of names) {
    if (count++ >= SUGGESTIONS_MAX) return
    list.append(element('option', { value: name }))
  }
}

export const createFilter = (model: Model): Filter => {
  const { pods, nodes, workloads, owners, facts } = model
  const ranks = statusRanks(model)
  const lower = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase())
  const ownerNames = lower(owners)
  const nodeNames = lower(nodes.names)
  const workloadNames = lower(workloads.names)
  const fields = {
    name: byId('filter-name') as HTMLInputElement,
    namespace: byId('filter-namespace') as HTMLSelectElement,
    workload: byId('filter-workload') as HTMLInputElement,
    node: byId('filter-node') as HTMLInputElement,
    state: byId('filter-state') as HTMLSelectElement,
  }
  const watchers: (() => void)[] = []

  const namespaces = [...new Set([...facts.namespaces, ...facts.workloads.map(({ namespace }) => namespace)])].sort()
  for (const name of namespaces) fields.namespace.append(element('option', { value: name }, name))
  const present = new Set(pods.stateOf)
  for (const state of [...POD_STATES].reverse())
    if (present.has(state)) fields.state.append(element('option', { value: state }, POD_LOOKS[state].label))
  suggest('filter-workloads', owners)
  suggest('filter-nodes', nodes.names)

  const wish = (): Wish => ({
    name: fields.name.value.trim().toLowerCase(),
    namespace: fields.namespace.value,
    workload: fields.workload.value.trim().toLowerCase(),
    node: fields.node.value.trim().toLowerCase(),
    state: fields.state.value as PodState | '',
  })

  let matching: Uint32Array | undefined
  const matchPods = (): Uint32Array => {
    const { name, namespace, workload, node, state } = wish()
    const wantedNamespace = facts.namespaces.indexOf(namespace)
    const wantedOwners =
      workload === '' ? undefined : new Set(ownerNames.flatMap((own, i) => (own.includes(workload) ? [i + 1] : [])))
    // A whole name means that one: `n-1` is not `n-10`.
    const wholeNode = nodeNames.includes(node)
    const rank = state === '' ? -1 : POD_STATES.indexOf(state)
    const found = new Uint32Array(pods.count)
    let count = 0
    for (let i = 0; i < pods.count; i++) {
      if (namespace !== '' && pods.namespace[i] !== wantedNamespace) continue
      if (wantedOwners !== undefined && !wantedOwners.has(pods.owner[i]!)) continue
      if (node !== '') {
        const own = pods.node[i] === 0 ? '' : nodeNames[pods.node[i]! - 1]!
        if (wholeNode ? own !== node : !own.includes(node)) continue
      }
      if (name !== '' && !`${facts.namespaces[pods.namespace[i]!]!}/${pods.names[i]!}`.toLowerCase().includes(name))
        continue
      if (rank >= 0) {
        let k = pods.from[i]!
        while (k < pods.from[i + 1]! && ranks[pods.states[k]!] !== rank) k++
        if (k === pods.from[i + 1]) continue
      }
      found[count++] = i
    }
    return found.subarray(0, count)
  }

  const changed = (): void => {
    matching = undefined
    for (const tell of watchers) tell()
  }
  let waiting: ReturnType<typeof setTimeout> | undefined
  for (const field of Object.values(fields))
    field.addEventListener('input', () => {
      clearTimeout(waiting)
      waiting = setTimeout(changed, WAIT)
    })

  const set = (wanted: Partial<Wish>): void => {
    for (const [name, field] of Object.entries(fields)) field.value = wanted[name as keyof Wish] ?? ''
    changed()
  }
  byId('filter-clear').addEventListener('click', () => set({}))

  return {
    wish,
    pods: () => {
      matching ??= matchPods()
      return matching
    },
    nodes: () => {
      const { node } = wish()
      const whole = nodeNames.includes(node)
      return nodeNames.flatMap((name, i) => ((whole ? name === node : name.includes(node)) ? [i] : []))
    },
    workloads: () => {
      const { namespace, workload } = wish()
      return workloadNames.flatMap((name, i) =>
        name.includes(workload) && (namespace === '' || facts.workloads[i]!.namespace === namespace) ? [i] : [],
      )
    },
    set,
    watch: (tell) => watchers.push(tell),
  }
}

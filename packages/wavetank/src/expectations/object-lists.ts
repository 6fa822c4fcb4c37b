import { type ClusterView, findObject, objectsOf } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { kindOfEvent } from '@wavetank/report'
import { type CelObject, toCelObject } from './cel-value.ts'

/**
 * The objects that expressions see, kept as lists between changes.
 *
 * 1. `seen` notes which objects an entry names, and nothing else: it is called for every entry of a run.
 * 2. `refresh` renders those again; a list of ten thousand pods costs what changed in it, not what it holds.
 * 3. A list is in the order of `namespace/name` whatever the order in which objects were made.
 */
export interface ObjectLists {
  readonly seen: (entry: Entry) => void
  readonly refresh: () => void
  /** Rises whenever an object of the kind is there, gone or different after a `refresh`. */
  readonly version: (kind: string) => number
  /** `seq` of the last entry at this instant that named an object of these kinds; -1 if none did. */
  readonly touchedBy: (kinds: readonly string[], at: number) => number
  readonly list: (kind: string) => readonly CelObject[]
  /** `null` if there is none; also for kinds that are not kept. */
  readonly find: (kind: string, namespace: string, name: string) => CelObject | null
  /** Keeps the lists of these kinds from now on, and no others. */
  readonly keep: (kinds: ReadonlySet<string>) => void
  /** Has every change told to the follower, with the next `refresh`; returns what ends that. */
  readonly follow: (kind: string, follower: Follower) => () => void
  /** As they are now, for lists of a cluster that goes on from here; they stay as they are. */
  readonly kept: () => readonly KeptList[]
}

/** A list at some instant. Its objects are never written again, so that those who go on share them. */
export interface KeptList {
  readonly kind: string
  readonly keys: readonly string[]
  readonly objects: readonly CelObject[]
  readonly named: readonly string[]
  readonly stale: boolean
}

/** Keeps something of a list that is cheaper to keep than to find out again. */
export interface Follower {
  /** Everything that was told is void; what there is will be told anew. */
  readonly reset: () => void
  /** The object of this key is there, or different; `undefined`: it is gone. */
  readonly change: (key: string, object: CelObject | undefined) => void
}

interface List {
  readonly kind: string
  readonly keys: string[]
  readonly objects: CelObject[]
  /** `namespace/name` of what an entry has named since the last refresh. */
  readonly named: Set<string>
  /** Everything may be different. */
  stale: boolean
  version: number
  /** The last entry that named one of the objects. */
  touchedBy: number
  touchedAt: number
  readonly followers: Set<Follower>
}

/** From here on it costs less to ask for all objects than for each by name. */
const NAMED_MAX = 1_000

/** Position of the key, or of where it would be, as a negative number minus one. */
export const search = (keys: readonly string[], key: string): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return keys[low] === key ? low : -low - 1
}

interface Route {
  /** A wake-up says that somebody looks; it changes nothing. By its name it ends in `Due`. */
  readonly isWakeUp: boolean
  readonly list: List | undefined
}

interface NamedObjects {
  readonly pod?: string
  readonly node?: string
  readonly namespace?: string
  readonly object?: unknown
  readonly objectKind?: string
}

/** @param kept lists to go on with, of the same cluster */
export const createObjectLists = (view: ClusterView, kept: readonly KeptList[] = []): ObjectLists => {
  const lists = new Map<string, List>()
  /** By kind of event, the list of the kind of object that it is called after. */
  const routes = new Map<string, Route>()
  let pods: List | undefined
  let nodes: List | undefined
  let namespaces: List | undefined
  let endpoints: List | undefined

  const name = (list: List | undefined, key: string, entry: Entry): void => {
    if (list === undefined) return
    list.touchedBy = entry.seq
    list.touchedAt = entry.at
    if (list.stale) return
    if (list.named.size < NAMED_MAX) list.named.add(key)
    else list.stale = true
  }

  const routeOf = (event: string): Route => {
    let route = routes.get(event)
    if (route === undefined) {
      const kind = kindOfEvent(event)
      route = { isWakeUp: event.endsWith('Due'), list: kind === undefined ? undefined : lists.get(kind) }
      routes.set(event, route)
    }
    return route
  }

  const rebuild = (list: List): void => {
    const all = objectsOf(view, list.kind)
    list.keys.length = 0
    list.objects.length = 0
    for (const follower of list.followers) follower.reset()
    for (const object of all) {
      const key = `${object.namespace}/${object.name}`
      const shown = toCelObject(object.render())
      list.keys.push(key)
      list.objects.push(shown)
      for (const follower of list.followers) follower.change(key, shown)
    }
    list.stale = false
    list.version++
  }

  const update = (list: List, key: string): void => {
    const slash = key.indexOf('/')
    const rendered = findObject(view, list.kind, key.slice(0, slash), key.slice(slash + 1))
    const at = search(list.keys, key)
    if (rendered === undefined) {
      if (at < 0) return
      list.keys.splice(at, 1)
      list.objects.splice(at, 1)
    } else {
      const object = toCelObject(rendered.render())
      if (at < 0) {
        list.keys.splice(-at - 1, 0, key)
        list.objects.splice(-at - 1, 0, object)
      } else if (list.objects[at] === object) return
      else list.objects[at] = object
    }
    list.version++
    const shown = rendered === undefined ? undefined : list.objects[search(list.keys, key)]
    for (const follower of list.followers) follower.change(key, shown)
  }

  return {
    // Hot path: once per entry.
    seen: (entry) => {
      if (lists.size === 0) return
      const { event } = entry
      const { isWakeUp, list } = routeOf(event.kind)
      if (isWakeUp) return
      const { pod, node, namespace, object, objectKind } = event as NamedObjects
      if (pod !== undefined) name(pods, pod, entry)
      // A pod shows the address of its node.
      else if (pods !== undefined && (event.kind === 'NodeCreated' || event.kind === 'NodeDeleted')) pods.stale = true
      if (node !== undefined) name(nodes, `/${node}`, entry)
      // Endpoints are made up from a Service and its slices.
      if (endpoints !== undefined && /^(Service|EndpointSlice)[A-Z]/.test(event.kind)) {
        endpoints.stale = true
        endpoints.touchedBy = entry.seq
        endpoints.touchedAt = entry.at
      }
      if (namespace !== undefined) name(namespaces, `/${namespace}`, entry)
      // NodeCreated has its whole manifest there.
      if (typeof object === 'string') name(objectKind === undefined ? list : lists.get(objectKind), object, entry)
      else if (list !== undefined && pod === undefined && node === undefined && namespace === undefined)
        list.stale = true
    },
    refresh: () => {
      for (const list of lists.values()) {
        if (list.stale) rebuild(list)
        else for (const key of list.named) update(list, key)
        list.named.clear()
      }
    },
    version: (kind) => lists.get(kind)?.version ?? 0,
    touchedBy: (kinds, at) => {
      let last = -1
      for (const kind of kinds) {
        const list = lists.get(kind)
        if (list !== undefined && list.touchedAt === at) last = Math.max(last, list.touchedBy)
      }
      return last
    },
    list: (kind) => lists.get(kind)?.objects ?? [],
    find: (kind, namespace, wanted) => {
      const list = lists.get(kind)
      if (list === undefined) return null
      const at = search(list.keys, `${namespace}/${wanted}`)
      return at < 0 ? null : list.objects[at]!
    },
    keep: (kinds) => {
      for (const kind of [...lists.keys()]) if (!kinds.has(kind)) lists.delete(kind)
      for (const kind of kinds) {
        if (lists.has(kind)) continue
        const before = kept.find((list) => list.kind === kind)
        lists.set(kind, {
          kind,
          keys: [...(before?.keys ?? [])],
          objects: [...(before?.objects ?? [])],
          named: new Set(before?.named),
          stale: before?.stale ?? true,
          version: 0,
          touchedBy: -1,
          touchedAt: -1,
          followers: new Set(),
        })
      }
      routes.clear()
      pods = lists.get('Pod')
      nodes = lists.get('Node')
      namespaces = lists.get('Namespace')
      endpoints = lists.get('Endpoints')
    },
    follow: (kind, follower) => {
      const list = lists.get(kind)
      if (list === undefined) return () => undefined
      list.followers.add(follower)
      // Whoever goes on with a list hears at once of what has not changed since.
      if (!list.stale) for (let i = 0; i < list.keys.length; i++) follower.change(list.keys[i]!, list.objects[i])
      return () => void list.followers.delete(follower)
    },
    kept: () =>
      [...lists.values()].map(({ kind, keys, objects, named, stale }) => ({
        kind,
        keys: keys.slice(),
        objects: objects.slice(),
        named: [...named],
        stale,
      })),
  }
}

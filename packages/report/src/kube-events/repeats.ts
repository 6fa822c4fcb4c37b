import type { ClusterView } from '@wavetank/cluster'
import type { KubeEventDraft } from './kube-event.ts'

/**
 * What a kubelet says again and again while nothing changes: the log has the first time, the others follow from it.
 *
 * Whoever reads must have heard all of it before the next thing that is said about the same pod, and by the time at which
 * they look.
 */
export interface Repeat {
  /** When it is said next; undefined if not again. */
  readonly next: (at: number) => number | undefined
  readonly say: (at: number, view: ClusterView) => KubeEventDraft
}

interface Running {
  readonly repeat: Repeat
  /** When it is said next. */
  due: number | undefined
}

export interface Repeats {
  /** Something was said at `at`, and will be again; in place of what was repeated under this name. */
  readonly start: (pod: string, name: string, at: number, repeat: Repeat) => void
  /** Of a pod, or one of its names, until `at`; `inclusive` if what is said at that instant counts. Nothing follows. */
  readonly stop: (
    view: ClusterView,
    pod: string,
    name: string | undefined,
    at: number,
    inclusive: boolean,
  ) => readonly KubeEventDraft[]
  /** Of a pod, until `at`; it goes on. */
  readonly until: (view: ClusterView, pod: string, at: number, inclusive: boolean) => readonly KubeEventDraft[]
  readonly allUntil: (view: ClusterView, at: number) => readonly KubeEventDraft[]
}

const byTime = (a: { readonly at: number }, b: { readonly at: number }): number => a.at - b.at

export const createRepeats = (): Repeats => {
  const pods = new Map<string, Map<string, Running>>()

  const advance = (
    view: ClusterView,
    running: Iterable<Running>,
    at: number,
    inclusive: boolean,
  ): readonly KubeEventDraft[] => {
    const said: { readonly at: number; readonly draft: KubeEventDraft }[] = []
    for (const one of running) {
      while (one.due !== undefined && (one.due < at || (inclusive && one.due === at))) {
        said.push({ at: one.due, draft: one.repeat.say(one.due, view) })
        one.due = one.repeat.next(one.due)
      }
    }
    return said.sort(byTime).map(({ draft }) => draft)
  }

  return {
    start: (pod, name, at, repeat) => {
      let names = pods.get(pod)
      if (names === undefined) {
        names = new Map()
        pods.set(pod, names)
      }
      names.set(name, { repeat, due: repeat.next(at) })
    },
    stop: (view, pod, name, at, inclusive) => {
      const names = pods.get(pod)
      if (names === undefined) return []
      const one = name === undefined ? undefined : names.get(name)
      const said = advance(view, name === undefined ? names.values() : one === undefined ? [] : [one], at, inclusive)
      if (name === undefined) pods.delete(pod)
      else {
        names.delete(name)
        if (names.size === 0) pods.delete(pod)
      }
      return said
    },
    until: (view, pod, at, inclusive) => advance(view, pods.get(pod)?.values() ?? [], at, inclusive),
    allUntil: (view, at) => [...pods.values()].flatMap((names) => advance(view, names.values(), at, true)),
  }
}

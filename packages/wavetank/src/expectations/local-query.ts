import { selects } from '@wavetank/cluster'
import type { Selector } from '@wavetank/cluster/api'
import type { CelObject } from './cel-value.ts'
import { type Follower, search } from './object-lists.ts'

export type QueryMacro = 'filter' | 'all' | 'exists' | 'exists_one'

/** What `pods.filter(p, …)` and its like give, kept up to date as objects change instead of computed from all of them. */
export interface LocalQuery extends Follower {
  /** Throws where an object has no answer and that would matter; the expression is then evaluated as it stands. */
  readonly value: () => unknown
}

/** @param ask what is asked of each object; it may throw, and may only depend on the object */
export const createLocalQuery = (
  macro: QueryMacro,
  selector: Selector | undefined,
  ask: (object: CelObject) => unknown,
): LocalQuery => {
  /** By key; `undefined` where there is no answer. Objects that the selector leaves out are not in it. */
  const answers = new Map<string, boolean | undefined>()
  const keys: string[] = []
  const objects: CelObject[] = []
  let yes = 0
  let no = 0
  let unanswered = 0

  const count = (answer: boolean | undefined, by: 1 | -1): void => {
    if (answer === true) yes += by
    else if (answer === false) no += by
    else unanswered += by
  }

  const answerOf = (object: CelObject): boolean | undefined => {
    try {
      const answer = ask(object)
      return typeof answer === 'boolean' ? answer : undefined
    } catch {
      return undefined
    }
  }

  /** Lists the object if it is one of those that `filter` gives. */
  const list = (key: string, object: CelObject | undefined): void => {
    const at = search(keys, key)
    if (object === undefined) {
      if (at < 0) return
      keys.splice(at, 1)
      objects.splice(at, 1)
    } else if (at >= 0) objects[at] = object
    else {
      keys.splice(-at - 1, 0, key)
      objects.splice(-at - 1, 0, object)
    }
  }

  return {
    reset: () => {
      answers.clear()
      keys.length = 0
      objects.length = 0
      yes = 0
      no = 0
      unanswered = 0
    },
    change: (key, object) => {
      if (answers.has(key)) count(answers.get(key), -1)
      const isAsked = object !== undefined && (selector === undefined || selects(selector, object.metadata?.labels))
      if (!isAsked) {
        answers.delete(key)
        if (macro === 'filter') list(key, undefined)
        return
      }
      const answer = answerOf(object)
      answers.set(key, answer)
      count(answer, 1)
      if (macro === 'filter') list(key, answer === true ? object : undefined)
    },
    value: () => {
      // One false answer decides `all`, and one true answer `exists`, whatever has no answer.
      if (macro === 'all' && no > 0) return false
      if (macro === 'exists' && yes > 0) return true
      if (unanswered > 0) throw new Error('an object has no answer')
      switch (macro) {
        case 'filter':
          return objects
        case 'all':
          return true
        case 'exists':
          return false
        case 'exists_one':
          return yes === 1
      }
    },
  }
}

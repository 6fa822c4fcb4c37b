import { boolean, type Cell, integer, time } from './column.ts'

/** The columns of everything that lasts. */
export const span = {
  start_at: integer('When it began, in milliseconds of the run.'),
  end_at: integer('When it ended, in milliseconds of the run; the end of the run for what was still so then.'),
  start_time: time('When it began, by the wall clock.'),
  end_time: time('When it ended, by the wall clock.'),
  is_open: boolean('Whether it was still so at the end of the run.'),
}

export interface Span {
  readonly start_at: number
  readonly end_at: number
  readonly start_time: number
  readonly end_time: number
  readonly is_open: boolean
}

export const spanOf = (start: number, from: number, to: number, isOpen: boolean): Span => ({
  start_at: from,
  end_at: to,
  start_time: start + from,
  end_time: start + to,
  is_open: isOpen,
})

type State = Readonly<Record<string, Cell>>

/** The states of objects, each from its beginning to its end. */
export interface Intervals<S extends State> {
  /** From now on the object is so; undefined if it is gone. Says nothing if that is as before. */
  readonly become: (key: string, state: S | undefined, at: number) => void
  readonly end: (at: number) => void
}

const isSame = (a: State, b: State): boolean => {
  for (const name in a) if (a[name] !== b[name]) return false
  return true
}

interface Open<S> {
  readonly state: S
  readonly since: number
  /** What was so until then: it goes on if this one lasts no time. */
  readonly before: Open<S> | undefined
}

/**
 * Turns changes into intervals. A state that lasted no time is left out, unless it is the last one of the run.
 *
 * @param start wall clock at t=0
 */
export const createIntervals = <S extends State>(start: number, row: (row: S & Span) => void): Intervals<S> => {
  const open = new Map<string, Open<S>>()
  const close = ({ state, since }: Open<S>, at: number, isOpen: boolean): void =>
    row({ ...state, ...spanOf(start, since, at, isOpen) })
  const closeBefore = ({ before, since }: Open<S>): void => {
    if (before !== undefined) close(before, since, false)
  }
  return {
    become: (key, state, at) => {
      const now = open.get(key)
      if (state === undefined) {
        if (now === undefined) return
        closeBefore(now)
        if (at > now.since) close(now, at, false)
        open.delete(key)
      } else if (now === undefined) open.set(key, { state, since: at, before: undefined })
      else if (isSame(state, now.state)) return
      else if (at > now.since) {
        closeBefore(now)
        open.set(key, { state, since: at, before: { ...now, before: undefined } })
      } else if (now.before !== undefined && isSame(state, now.before.state)) open.set(key, now.before)
      else open.set(key, { ...now, state })
    },
    end: (at) => {
      for (const now of open.values()) {
        closeBefore(now)
        close(now, at, true)
      }
      open.clear()
    },
  }
}

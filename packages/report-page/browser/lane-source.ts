import type { Stretch } from './lanes.ts'
import type { Look } from './palette.ts'

/** Where rows are drawn: the stretch is that of the canvas that time takes. */
export interface Frame extends Stretch {
  readonly context: CanvasRenderingContext2D
}

/** What a lanes view shows: rows that can say and draw themselves. */
export interface LaneSource {
  /** What a row is: `pod`, `node`. */
  readonly noun: string
  readonly rows: () => number
  readonly label: (row: number) => string
  /** The same in fewer letters, where there is little room. */
  readonly short?: (row: number) => string
  /** Whether the row is in a group that is open above it. */
  readonly isMember?: (row: number) => boolean
  /** A group of rows that can be opened; undefined for one that is none. */
  readonly isOpen?: (row: number) => boolean | undefined
  readonly toggle?: (row: number) => void
  readonly paint: (frame: Frame, row: number, top: number, height: number) => void
  /** How the row is at a time, as text. */
  readonly describe: (row: number, at: number) => string
  /** When the row changes next, before or after a time. */
  readonly change?: (row: number, at: number, forward: boolean) => number | undefined
  /** Headings and cells of the same as a table. */
  readonly headings: readonly string[]
  readonly cells: (row: number, from: number, to: number) => readonly string[]
  readonly legend: readonly Look[]
}

/**
 * What the page of a report is drawn from, and how it is packed: facts as JSON, numbers as columns of variable-length
 * integers. Read by the page as well as written here, so nothing in this file may need more than a browser has.
 *
 *   [length of the JSON, 4 bytes][JSON: facts and the list of columns][column][column]…
 */

/** How a pod is, from the best to see to what wants attention most last; a lane says which. */
export const POD_STATES = [
  'succeeded',
  'ready',
  'starting',
  'waiting',
  'terminating',
  'notReady',
  'unknown',
  'unschedulable',
  'failed',
  'trouble',
] as const
export type PodState = (typeof POD_STATES)[number]

/** How a node is, the worst last. `unnoticed`: the API server still calls it Ready, and its machine is not. */
export const NODE_STATES = ['ready', 'cordoned', 'pressure', 'unnoticed', 'notReady'] as const
export type NodeState = (typeof NODE_STATES)[number]

/** Something that a lane can be in, as text and as one of the states above. */
export interface LaneStatus<S extends string> {
  readonly text: string
  readonly state: S
  /** Position in `reasons`, for pods that no node fits. */
  readonly reason?: number
}

export interface NamedObject {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** Something that somebody did, or that was done to the cluster. */
export interface Moment {
  /** Milliseconds of the run, as every time here. */
  readonly at: number
  readonly kind: 'fault' | 'mended' | 'command' | 'failedCommand' | 'other'
  readonly text: string
}

export interface PageExpectation {
  readonly name: string
  readonly kind: string
  readonly expression: string
  readonly verdict: 'met' | 'failed' | 'undecided'
  readonly from: number
  readonly to: number
  readonly at?: number
  readonly evidence?: string
}

/** Why the scheduler found no node: its message without the numbers, which change from attempt to attempt. */
export interface PendingReason {
  readonly text: string
  /** The whole message of the first pod that met it. */
  readonly example: string
}

export interface PageFacts {
  readonly name: string
  readonly seed: number
  readonly digest: string
  /** Wall clock at the start of the run, in milliseconds since 1970. */
  readonly start: number
  readonly endedAt: number
  readonly expectations: readonly PageExpectation[]
  readonly moments: readonly Moment[]
  readonly podStatuses: readonly LaneStatus<PodState>[]
  readonly nodeStatuses: readonly LaneStatus<NodeState>[]
  readonly reasons: readonly PendingReason[]
  readonly namespaces: readonly string[]
  /** What pods belong to in the end: a Deployment rather than its ReplicaSets. */
  readonly owners: readonly NamedObject[]
  /** Workloads whose pods are counted, each with a lane. */
  readonly workloads: readonly NamedObject[]
  /** Of workloads: the counts of ready and wanted pods that a state stands for, in turn. */
  readonly counts: readonly number[]
  /** Joined by line feeds, as there may be hundreds of thousands. */
  readonly podNames: string
  readonly nodeNames: string
  readonly nodeZones: readonly string[]
  readonly messages: string
  readonly eventReasons: readonly string[]
  readonly eventObjects: string
  readonly eventMessages: string
  /** What was left out for want of room, one sentence each. */
  readonly limits: readonly string[]
}

/** Columns of numbers, by name; those of one table have the same length. */
export type Columns = Readonly<Record<string, ArrayLike<number>>>

export interface PageData {
  readonly facts: PageFacts
  readonly columns: Columns
}

interface Packed {
  readonly facts: PageFacts
  readonly columns: readonly { readonly name: string; readonly count: number; readonly bytes: number }[]
}

const BYTES_MAX = 8

/** Whole numbers, 0 or more, up to 2^53: seven bits a byte, the lowest first. */
const packColumn = (values: ArrayLike<number>): Uint8Array => {
  let buffer = new Uint8Array(Math.max(64, values.length * 2))
  let length = 0
  for (let i = 0; i < values.length; i++) {
    if (length + BYTES_MAX > buffer.length) {
      const larger = new Uint8Array(buffer.length * 2)
      larger.set(buffer)
      buffer = larger
    }
    let rest = values[i]!
    while (rest >= 128) {
      buffer[length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    buffer[length++] = rest
  }
  return buffer.subarray(0, length)
}

const unpackColumn = (bytes: Uint8Array, offset: number, count: number): Float64Array => {
  const values = new Float64Array(count)
  let at = offset
  for (let i = 0; i < count; i++) {
    let value = 0
    let scale = 1
    let byte = bytes[at++]!
    while (byte >= 128) {
      value += (byte - 128) * scale
      scale *= 128
      byte = bytes[at++]!
    }
    values[i] = value + byte * scale
  }
  return values
}

const HEAD = 4

export const packPage = ({ facts, columns }: PageData): Uint8Array => {
  const packed = Object.entries(columns).map(([name, values]) => ({ name, values, bytes: packColumn(values) }))
  const head: Packed = {
    facts,
    columns: packed.map(({ name, values, bytes }) => ({ name, count: values.length, bytes: bytes.length })),
  }
  const json = new TextEncoder().encode(JSON.stringify(head))
  const whole = new Uint8Array(HEAD + json.length + packed.reduce((sum, { bytes }) => sum + bytes.length, 0))
  new DataView(whole.buffer).setUint32(0, json.length)
  whole.set(json, HEAD)
  let offset = HEAD + json.length
  for (const { bytes } of packed) {
    whole.set(bytes, offset)
    offset += bytes.length
  }
  return whole
}

export interface UnpackedPage {
  readonly facts: PageFacts
  readonly column: (name: string) => Float64Array
}

export const unpackPage = (bytes: Uint8Array): UnpackedPage => {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  const { facts, columns } = JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD, HEAD + length))) as Packed
  const values = new Map<string, Float64Array>()
  let offset = HEAD + length
  for (const column of columns) {
    values.set(column.name, unpackColumn(bytes, offset, column.count))
    offset += column.bytes
  }
  return { facts, column: (name) => values.get(name) ?? new Float64Array(0) }
}

import type { ClusterController, ClusterView } from '@wavetank/cluster'
import {
  type AnyEventDefinition,
  type BoundController,
  createLogWriter,
  createMemorySink,
  createMemorySource,
  type Emission,
  type Entry,
  readLog,
  type SimEvent,
} from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { expect } from 'vitest'
import { guard } from './guard.ts'

export type Catalogue = ReadonlyMap<string, AnyEventDefinition>

/** One reaction of a controller: what it was shown and what it answered. */
interface Reaction {
  readonly controller: string
  readonly entry: Entry
  readonly emissions: readonly Emission[]
}

const place = ({ controller, entry }: Reaction): string => `${controller} on #${entry.seq} ${entry.event.kind}`

/** Nothing is asked to have happened already, and instants are whole. */
const isForwardInTime = (reaction: Reaction): void => {
  for (const { delay, event } of reaction.emissions as readonly { delay: number; event: SimEvent | undefined }[])
    if (!Number.isSafeInteger(delay) || delay < 0)
      throw new Error(`${place(reaction)} wants ${event?.kind} in ${delay} ms`)
}

/** What is emitted is registered, and its fields are those of its definition. */
const isClosed = (catalogue: Catalogue, reaction: Reaction): void => {
  for (const { event } of reaction.emissions) {
    if (event === undefined) continue
    const { kind } = event
    const definition = catalogue.get(kind)
    if (definition === undefined) throw new Error(`${place(reaction)} emits ${kind}, which is not registered`)
    if (!definition.codec.is(event))
      throw new Error(`${place(reaction)} emits ${kind} with other fields: ${JSON.stringify(event)}`)
  }
}

/**
 * The same controller, which checks the laws whenever it reacts:
 *
 * 1. It is pure: it writes to nothing that it is shown, neither the cluster nor its own memory nor the entry.
 * 2. It is deterministic: asked twice, it answers the same.
 * 3. It goes forward in time.
 * 4. It is closed over the catalogue: whatever it emits can be logged.
 */
export const lawful = (
  { controller, config }: BoundController<ClusterView>,
  catalogue: Catalogue,
): BoundController<ClusterView> => {
  const on: Record<string, ClusterController['on'][string]> = {}
  for (const [kind, react] of Object.entries(controller.on)) {
    on[kind] = (scene, entry) => {
      const shown = { ...scene, view: guard(scene.view), own: guard(scene.own) }
      const ask = (): string => {
        try {
          return JSON.stringify(react(shown, guard(entry)))
        } catch (error) {
          throw new Error(`${controller.name} on #${entry.seq} ${kind}: ${(error as Error).message}`, { cause: error })
        }
      }
      const first = ask()
      const emissions = react(scene, entry)
      const reaction = { controller: controller.name, entry, emissions }
      if (ask() !== first || JSON.stringify(emissions) !== first)
        throw new Error(`${place(reaction)} answers the same question differently`)
      isForwardInTime(reaction)
      isClosed(catalogue, reaction)
      return emissions
    }
  }
  return { controller: { ...controller, on }, config }
}

/** An event survives its codec, and a line of a log, as it was. */
export const survivesTheLog = (definition: AnyEventDefinition, event: Entry['event']): void => {
  const decoded = definition.codec.decode(JSON.parse(JSON.stringify(event)))
  if (isLeft(decoded)) throw new Error(`${definition.kind} does not decode: ${JSON.stringify(event)}`)
  expect(decoded.right).toEqual(event)
  const sink = createMemorySink()
  const catalogue = new Map([[definition.kind, definition]])
  const writer = createLogWriter({ catalogue, header: {}, sink })
  const entries: readonly Entry[] = [
    { seq: 0, at: 0, cause: null, by: 'given', event },
    { seq: 1, at: 7, cause: 0, by: 'given', event },
  ]
  for (const entry of entries) writer.append(entry)
  writer.finish({ end: 'horizon' })
  const reading = readLog(createMemorySource(sink.bytes()), { catalogue, header: t.unknown, footer: t.unknown })
  if (isLeft(reading)) throw new Error(reading.left.message)
  expect([...reading.right.batches].flat()).toEqual(entries)
  expect(reading.right.end().state).toBe('complete')
}

import type { PathStep } from '@wavetank/cluster'
import { controllersOf } from '@wavetank/cluster'
import { formatMillis } from '@wavetank/kernel'
import type { ProblemAt } from '../codec.ts'
import type { Disruption } from './registry.ts'

/** A fault of the timeline, and where it stands. */
export interface PlacedFault {
  readonly at: number
  readonly path: readonly PathStep[]
  readonly fault: Disruption
}

/** What is down, or slow, from some instant on. */
interface Outage {
  readonly of: string
  readonly from: number
  readonly until: number
}

const STARTS: ReadonlySet<string> = new Set(['stopController', 'stopApiServer', 'slowApiServer'])

const END_OF: Readonly<Record<string, string>> = {
  stopController: 'startController',
  stopApiServer: 'startApiServer',
  slowApiServer: 'mendApiServer',
}

const nameOf = (fault: Disruption): string => ('controller' in fault ? fault.controller : 'the API server')

const lasts = ({ at, fault }: PlacedFault, later: readonly PlacedFault[]): number => {
  if ('for' in fault && fault.for !== undefined) return at + fault.for
  const end = later.find((other) => other.fault.kind === END_OF[fault.kind] && nameOf(other.fault) === nameOf(fault))
  return end?.at ?? Number.POSITIVE_INFINITY
}

/** Whether all that goes down now is down already. */
const isWithin = (fault: Disruption, outage: Outage): boolean => {
  const name = nameOf(fault)
  if (!('controller' in fault)) return outage.of === `${fault.kind} ${name}`
  const down = controllersOf(outage.of.slice('stopController '.length)) ?? []
  return outage.of.startsWith('stopController ') && (controllersOf(name) ?? []).every((one) => down.includes(one))
}

/** Faults of the control plane that begin while what they hit is down, or slow, already. */
export const overlaps = (faults: readonly PlacedFault[]): readonly ProblemAt[] => {
  const inOrder = [...faults].sort((a, b) => a.at - b.at)
  const outages: Outage[] = []
  const problems: ProblemAt[] = []
  inOrder.forEach((placed, i) => {
    const { at, path, fault } = placed
    if (!STARTS.has(fault.kind)) return
    const before = outages.find((outage) => outage.until > at && isWithin(fault, outage))
    if (before !== undefined) {
      const [, ...of] = before.of.split(' ')
      const state = fault.kind === 'slowApiServer' ? 'slow' : 'down'
      const message = `${of.join(' ')} is ${state} already, since ${formatMillis(before.from)}`
      const hint =
        before.until === Number.POSITIVE_INFINITY
          ? `end that first, with \`${END_OF[fault.kind]}\` or \`for\``
          : `that lasts until ${formatMillis(before.until)}`
      problems.push([path, { code: 'WT053', message, hint }])
      return
    }
    outages.push({ of: `${fault.kind} ${nameOf(fault)}`, from: at, until: lasts(placed, inOrder.slice(i + 1)) })
  })
  return problems
}

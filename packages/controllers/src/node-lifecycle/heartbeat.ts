import type { ClusterView, DeepReadonly, Node } from '@wavetank/cluster'
import type { Draw } from '@wavetank/kernel'
import { sample } from '../latency.ts'

/**
 * Heartbeats in closed form: a lease renewal that changes nothing is no event. What the log needs is the last one
 * before a kubelet fell silent, and the monitor pass that saw it.
 */

/** `0.25 × nodeLeaseDurationSeconds`, jitter factor 0.04. Source: component-helpers/apimachinery/lease/controller.go. */
const JITTER = 0.04

const renewalsOf = (
  { name, machine }: DeepReadonly<Node>,
  draw: Draw,
  leaseDurationMillis: number,
): { readonly period: number; readonly first: number } => {
  const period = Math.floor((leaseDurationMillis / 4) * (1 + JITTER * draw('lease-period', name)))
  return { period, first: machine.upSince + Math.floor(period * draw('lease-phase', name)) }
}

/**
 * The last lease renewal at or before `at`. Each kubelet renews at a phase and a period of its own.
 *
 * Unlike the kubelet, which draws the jitter anew for every renewal, a node keeps one period: between renewals nobody
 * can tell, and the last one is found without counting.
 *
 * @param heardSince when it was heard again, last. Its kubelet retries what failed all the time (within 7 s, in
 * backoffEnsureLease): here it renews at once.
 */
export const lastRenewal = (
  node: DeepReadonly<Node>,
  draw: Draw,
  leaseDurationMillis: number,
  at: number,
  heardSince: number,
): number => {
  const { period, first } = renewalsOf(node, draw, leaseDurationMillis)
  // A kubelet posts its status as soon as it is up.
  const last = at < first ? node.machine.upSince : at - ((at - first) % period)
  return Math.max(last, heardSince)
}

/** The first lease renewal after `at`. */
export const nextRenewal = (node: DeepReadonly<Node>, draw: Draw, leaseDurationMillis: number, at: number): number => {
  const { period, first } = renewalsOf(node, draw, leaseDurationMillis)
  return at < first ? first : first + (Math.floor((at - first) / period) + 1) * period
}

/** The first pass of a loop with this period at or after `at`; passes start at t=0. */
export const nextPass = (at: number, period: number): number => Math.ceil(at / period) * period

/** When the node lifecycle controller saw a heartbeat that was sent at `at`: its `probeTimestamp`. */
export const probeTimestamp = (
  view: ClusterView,
  draw: Draw,
  node: string,
  at: number,
  monitorPeriod: number,
): number => {
  const { apiWrite, watch } = view.settings.latencies
  const seen =
    at +
    sample(apiWrite, draw, 'api-write', `lease ${node} ${at}`) +
    sample(watch, draw, 'watch', `lease ${node} ${at}`)
  return nextPass(seen, monitorPeriod)
}

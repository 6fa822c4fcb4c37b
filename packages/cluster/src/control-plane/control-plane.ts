import type { Latencies } from '../settings.ts'
import type { ClusterView } from '../tables.ts'

/** How it stands with the processes of the control plane. */
export interface ControlPlane {
  /** Controllers that are not at work, by name. */
  readonly stopped: Map<string, StoppedController>
  /** Since when the API server does not answer; undefined while it does. */
  apiServerDownSince: number | undefined
  /** How many times longer than usual its calls and watches take. */
  apiServerSlowness: number
  /** Latencies as they are without that. */
  usualLatencies: Latencies | undefined
}

export interface StoppedController {
  /** What was stopped: the controller by its Kubernetes name, or the process that it is part of. */
  readonly process: string
  readonly since: number
}

export const healthyControlPlane = (): ControlPlane => ({
  stopped: new Map(),
  apiServerDownSince: undefined,
  apiServerSlowness: 1,
  usualLatencies: undefined,
})

/** What keeps a controller from working, and since when; undefined if nothing does. */
export const idleSince = (
  { controlPlane }: ClusterView,
  controller: string,
): { readonly process: string; readonly since: number } | undefined => {
  const { apiServerDownSince, stopped } = controlPlane
  return apiServerDownSince === undefined
    ? stopped.get(controller)
    : { process: 'kube-apiserver', since: apiServerDownSince }
}

/** Whether the API server answers. */
export const isApiServerUp = ({ controlPlane }: ClusterView): boolean => controlPlane.apiServerDownSince === undefined

import {
  ContainerStopping,
  type DeepReadonly,
  dependencyKey,
  type Probe,
  ProbeAnswered,
  ProbeFailed,
  ProbeSucceeded,
} from '@wavetank/cluster'
import { cancel, type Emission, type Entry, type EventOf, emit, QUIET, timer } from '@wavetank/kernel'
import { sample } from '../latency.ts'
import type { ContainerBehavior, ProbeKind } from './behavior.ts'
import { firstTick, isProbed, type LocalContainer, type LocalPod, PROBE_KINDS, probeOf } from './local-pod.ts'
import type { Answering } from './probe-answers.ts'
import { nextProbeChange, type ProbeChange } from './probe-plan.ts'
import { termsOf } from './probe-worker.ts'
import { behaviorOf, find, imageOf, type KubeletScene, type PodView, probeKey, syncSoon } from './scene.ts'

/**
 * The prober: liveness, readiness and startup of every container. What a worker has counted is in probe-worker.ts, which
 * request matters next in probe-plan.ts.
 *
 * Source: pkg/kubelet/prober.
 */

export const startupMillis = (
  scene: KubeletScene,
  pod: PodView,
  container: LocalContainer,
  behavior: ContainerBehavior,
): number =>
  container.warm
    ? 0
    : sample(behavior.startup, scene.draw, 'startup', `${pod.key} ${container.name}#${container.instance}`)

const NO_OUTAGES: readonly number[] = []

const answeringOf = (scene: KubeletScene, pod: PodView, container: LocalContainer, kind: ProbeKind): Answering => {
  const behavior = behaviorOf(scene, pod, container.name)
  const id = `${pod.key} ${container.name}#${container.instance} ${kind}`
  return {
    answers: behavior.probes[kind],
    // The process has stood while its machine hung.
    startedAt: container.startedAt + container.pausedMillis,
    startup: startupMillis(scene, pod, container, behavior),
    outagesOf: (dependency) => scene.view.outages.get(dependencyKey(dependency)) ?? NO_OUTAGES,
    luck: (request) => scene.draw('probe', `${id} ${request}`),
  }
}

const nextChange = (
  scene: KubeletScene,
  pod: PodView,
  local: LocalPod,
  container: LocalContainer,
  kind: ProbeKind,
): ProbeChange | undefined => {
  const worker = container.probes[kind]
  if (worker === undefined || !isProbed(container, kind)) return undefined
  const spec = probeOf(imageOf(pod, container.name), kind)
  if (spec === undefined) return undefined
  const answering = answeringOf(scene, pod, container, kind)
  return nextProbeChange(
    worker,
    termsOf(spec),
    answering,
    firstTick(worker, local, container, spec),
    scene.view.settings.everyTick,
  )
}

/** The next request of a probe that matters. */
export const planProbe = (
  scene: KubeletScene,
  pod: PodView,
  local: LocalPod,
  container: LocalContainer,
  kind: ProbeKind,
  now: number,
): readonly Emission[] => {
  const change = nextChange(scene, pod, local, container, kind)
  if (change === undefined) return QUIET
  const { asked, answer, output, at } = change
  const event = ProbeAnswered({
    pod: pod.key,
    container: container.name,
    probe: kind,
    answer: String(answer),
    asked,
    output,
  })
  return [timer(probeKey(pod.key, container.name, kind), Math.max(0, at - now), event)]
}

export const planProbes = (
  scene: KubeletScene,
  pod: PodView,
  local: LocalPod,
  container: LocalContainer,
  at: number,
): readonly Emission[] => PROBE_KINDS.flatMap((kind) => planProbe(scene, pod, local, container, kind, at))

/** A container that is stopped is not restarted for its probes any more; whether it is ready is asked to the end. */
export const stopProbes = (pod: string, container: string): readonly Emission[] => [
  cancel(probeKey(pod, container, 'liveness')),
  cancel(probeKey(pod, container, 'startup')),
]

export const cancelProbes = (pod: string, container: string): readonly Emission[] => [
  ...stopProbes(pod, container),
  cancel(probeKey(pod, container, 'readiness')),
]

/** Source: kuberuntime_manager.go, computePodActions; the probe’s own grace period counts before the pod’s. */
const killForProbe = (
  pod: PodView,
  container: LocalContainer,
  kind: ProbeKind,
  probe: DeepReadonly<Probe>,
): readonly Emission[] => {
  const graceSeconds = probe.terminationGracePeriodSeconds ?? pod.template.spec.terminationGracePeriodSeconds ?? 30
  const reason = kind === 'liveness' ? 'Liveness' : 'Startup'
  return [emit(ContainerStopping({ pod: pod.key, container: container.name, reason, graceSeconds }))]
}

export const probed = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof ProbeAnswered>>,
): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined) return QUIET
  const { pod, local } = found
  const container = local.containers.find(({ name }) => name === event.container)
  const kind = event.probe as ProbeKind
  const spec = probeOf(imageOf(pod, event.container), kind)
  const worker = container?.probes[kind]
  if (container === undefined || spec === undefined || worker === undefined || !container.running) return QUIET
  if (worker.resultAt !== at) return planProbe(scene, pod, local, container, kind, at)
  const subject = { pod: pod.key, container: container.name, probe: kind }
  if (worker.result === 'failure') {
    const fact = emit(ProbeFailed({ ...subject, failures: termsOf(spec).failureThreshold }))
    if (kind !== 'readiness') {
      // What is being stopped already is not stopped again.
      return container.stopping === 'no' ? [fact, ...killForProbe(pod, container, kind, spec)] : [fact]
    }
    return [fact, syncSoon(scene, pod.key, at), ...planProbe(scene, pod, local, container, kind, at)]
  }
  const fact = emit(ProbeSucceeded(subject))
  if (kind === 'startup') return [fact, syncSoon(scene, pod.key, at), ...planProbes(scene, pod, local, container, at)]
  return [fact, syncSoon(scene, pod.key, at), ...planProbe(scene, pod, local, container, kind, at)]
}

/** A dependency’s outage, or its end, changes the answers from here on. */
export const dependencyChanged = (
  scene: KubeletScene,
  { event, at }: Entry<{ readonly kind: string; readonly dependency: string }>,
): readonly Emission[] => {
  const emissions: Emission[] = []
  for (const local of scene.own.pods.values()) {
    const found = local.stage === 'finished' ? undefined : find(scene, local.key)
    if (found === undefined) continue
    const { pod } = found
    for (const container of local.containers) {
      for (const kind of PROBE_KINDS) {
        if (!isProbed(container, kind) || (kind !== 'readiness' && container.stopping !== 'no')) continue
        const needs = behaviorOf(scene, pod, container.name).probes[kind]?.needs ?? []
        if (!needs.some(({ dependency }) => dependency === event.dependency)) continue
        emissions.push(
          cancel(probeKey(pod.key, container.name, kind)),
          ...planProbe(scene, pod, local, container, kind, at),
        )
      }
    }
  }
  return emissions
}

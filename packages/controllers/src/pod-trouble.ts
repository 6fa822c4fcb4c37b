import {
  type ContainerStatus,
  type DeepReadonly,
  isTerminal,
  type Pod,
  podConditionOf,
  waitingMessage,
} from '@wavetank/cluster'

type PodView = DeepReadonly<Pod>

const containerTrouble = (pod: PodView, status: DeepReadonly<ContainerStatus>): string | undefined => {
  const { name, ready, waiting, terminated } = status
  if (waiting !== undefined) {
    const { containers, initContainers = [] } = pod.template.spec
    const image = [...initContainers, ...containers].find((container) => container.name === name)?.image ?? ''
    const said = waitingMessage(pod, status, image)
    const message = said === undefined ? '' : ` (${said})`
    return `container ${name} is waiting: ${waiting.reason}${message}`
  }
  if (terminated !== undefined)
    return `container ${name} has ended: ${terminated.reason}, exit code ${terminated.exitCode}`
  return ready ? undefined : `container ${name} runs but is not ready`
}

/** What keeps a pod from being of use, in a sentence. */
export const podTrouble = (pod: PodView, minReadySeconds = 0): string => {
  const scheduled = podConditionOf(pod as Pod, 'PodScheduled')
  if (pod.node === '') return `pod ${pod.name} is not scheduled: ${scheduled?.message ?? 'waiting for the scheduler'}`
  if (pod.deletion !== undefined) return `pod ${pod.name} is terminating on node ${pod.node}`
  if (isTerminal(pod as Pod)) return `pod ${pod.name} has ${pod.phase.toLowerCase()}`
  const troubles = [...pod.initContainers, ...pod.containers].flatMap((status) => containerTrouble(pod, status) ?? [])
  const where = `pod ${pod.name} on node ${pod.node}`
  if (troubles.length > 0) return `${where}: ${troubles.join(', ')}`
  return minReadySeconds > 0 ? `${where} has not been ready for ${minReadySeconds} s` : `${where} is not ready`
}

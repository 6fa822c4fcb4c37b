import { fingerprint, formatMillis } from '@wavetank/kernel'
import { fullImage, registryOf } from '../render/image.ts'
import type { DeepReadonly } from '../tables.ts'
import type { ContainerStatus } from './events.ts'
import type { Pod } from './pod.ts'

/** The directory in which containerd keeps what it has of an image so far: the same for the same image. */
const ingestOf = (image: string): string =>
  ['a', 'b', 'c', 'd', 'e']
    .map((part) => fingerprint(`${part} ${image}`).toString(16).padStart(14, '0'))
    .join('')
    .slice(0, 64)

/** What containerd says of a pull that failed. */
export const pullError = (image: string, error: string): string => {
  const full = fullImage(image)
  if (error === 'NotFound') {
    return `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`
  }
  if (error === 'NoSpace') {
    return `failed to pull and unpack image "${full}": failed to copy: write /var/lib/containerd/io.containerd.content.v1.content/ingest/${ingestOf(full)}/data: no space left on device`
  }
  const registry = registryOf(image)
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry
  const path = full.slice(registry.length + 1, full.lastIndexOf(':'))
  const tag = full.slice(full.lastIndexOf(':') + 1)
  return `failed to pull and unpack image "${full}": failed to resolve reference "${full}": failed to do request: Head "https://${host}/v2/${path}/manifests/${tag}": dial tcp: connect: connection refused`
}

/** What the kubelet says of a container that waits; the log has only what it follows from. */
export const waitingMessage = (
  { name, namespace, uid }: DeepReadonly<Pick<Pod, 'name' | 'namespace' | 'uid'>>,
  { name: container, waiting }: DeepReadonly<ContainerStatus>,
  image: string,
): string | undefined => {
  if (waiting === undefined) return undefined
  const { reason, backoffMillis, error } = waiting
  if (backoffMillis !== undefined) {
    return `back-off ${formatMillis(backoffMillis)} restarting failed container=${container} pod=${name}_${namespace}(${uid})`
  }
  if (reason === 'ErrImageNeverPull') return neverPull(image)
  if (error === undefined) return waiting.message
  const failure = pullError(image, error)
  return reason === 'ImagePullBackOff' ? `Back-off pulling image "${image}": ErrImagePull: ${failure}` : failure
}

/** Source: image_manager.go, imagePullPrecheck. */
export const neverPull = (image: string): string =>
  `Container image "${image}" is not present with pull policy of Never`

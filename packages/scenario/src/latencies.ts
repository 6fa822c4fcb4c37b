import type * as t from 'io-ts'
import { defaulted, dictionary, object } from './codec.ts'
import { DurationDistribution, distributionOf } from './distribution.ts'
import { Bytes } from './resource-quantity.ts'

/** Pulling an image: `overhead` + size / `rate`. */
export const ImagePull = object('ImagePull', {
  overhead: defaulted(DurationDistribution, '500ms', 'Finding the registry, the manifest, the layers.'),
  rate: defaulted(
    distributionOf(Bytes),
    { lognormal: { median: '40M', sigma: 0.5 } },
    'Bytes a second from the registry to the disk of one node.',
  ),
  size: defaulted(Bytes, '100M', 'Compressed size of an image that `sizes` does not name.'),
  sizes: defaulted(
    dictionary(Bytes),
    {},
    'Compressed size of images, by name or pattern (`nginx:*`); the first pattern that matches counts.',
  ),
})

const LogNormal = (median: string, sigma: number) => ({ lognormal: { median, sigma } })

/**
 * How long things take that Kubernetes does not decide.
 *
 * The defaults are calibrated so that creating, scheduling and starting a pod add up to what Kubernetes' scalability
 * tests published: created to scheduled 11 ms (p50), on the node 0.8 s, seen from outside 0.5 s.
 */
export const Latencies = object('Latencies', {
  apiWrite: defaulted(
    DurationDistribution,
    LogNormal('5ms', 0.6),
    'A write to the API server: create, patch, bind, delete.',
  ),
  watch: defaulted(
    DurationDistribution,
    LogNormal('3ms', 0.5),
    'From a write until a controller, the scheduler or a kubelet sees it.',
  ),
  schedulingCycle: defaulted(DurationDistribution, LogNormal('2ms', 0.3), 'Choosing a node for one pod.'),
  reconcile: defaulted(
    DurationDistribution,
    LogNormal('5ms', 0.5),
    'One sync of one object by a controller, without its writes.',
  ),
  volumeWait: defaulted(
    DurationDistribution,
    '300ms',
    'Mounting the volumes that every pod has: the first poll of the kubelet.',
  ),
  volumeAttach: defaulted(DurationDistribution, LogNormal('6s', 0.6), 'Attaching and mounting a persistent volume.'),
  volumeDetach: defaulted(DurationDistribution, LogNormal('3s', 0.5), 'Unmounting and detaching a persistent volume.'),
  volumeUnmount: defaulted(
    DurationDistribution,
    { uniform: ['100ms', '300ms'] },
    'Unmounting the volumes of a pod that stopped.',
  ),
  sandbox: defaulted(DurationDistribution, LogNormal('350ms', 0.5), 'Creating the sandbox of a pod and its network.'),
  containerStart: defaulted(DurationDistribution, LogNormal('120ms', 0.5), 'Creating and starting one container.'),
  imagePull: defaulted(ImagePull, {}, 'Pulling an image that the node does not have.'),
  imagePresentCheck: defaulted(
    DurationDistribution,
    LogNormal('400ms', 0.5),
    'Pulling an image whose layers are all there (policy Always).',
  ),
  plegRelist: defaulted(
    DurationDistribution,
    { uniform: ['0s', '1s'] },
    'Until the kubelet notices that a container started or ended.',
  ),
  stopContainer: defaulted(
    DurationDistribution,
    LogNormal('100ms', 0.5),
    'Stopping a container, besides what its process takes.',
  ),
  stopSandbox: defaulted(DurationDistribution, LogNormal('150ms', 0.5), 'Tearing down the sandbox of a pod.'),
  podCleanup: defaulted(
    DurationDistribution,
    { uniform: ['0s', '1s'] },
    'From a stopped pod until the kubelet deletes its object, besides unmounting and the write.',
  ),
})
export type Latencies = t.TypeOf<typeof Latencies>

import { type Latencies as ClusterLatencies, DEFAULT_SETTINGS } from '@wavetank/cluster'
import type { Distribution } from '@wavetank/kernel'
import { type Codec, defaulted, dictionary, list, object, type RequiredField, text } from './codec.ts'
import { DurationDistribution, distributionOf } from './distribution.ts'
import { Bytes } from './resource-quantity.ts'

const { latencies: defaults, imageBytes } = DEFAULT_SETTINGS
const ByteRate = distributionOf('RateDistribution', Bytes)

const latency = (
  name: keyof ClusterLatencies,
  doc: string,
  codec: Codec<Distribution> = DurationDistribution,
): RequiredField<Distribution> => defaulted(codec, codec.encode(defaults[name]), doc)

/**
 * How long things take that Kubernetes does not decide; the defaults are the cluster's.
 *
 * A latency that the cluster knows and that is missing here does not compile.
 */
export const Latencies: Codec<ClusterLatencies> = object('Latencies', {
  apiWrite: latency('apiWrite', 'A write to the API server: create, patch, bind, delete.'),
  watch: latency('watch', 'From a write until a controller, the scheduler or a kubelet sees it.'),
  controllerSync: latency('controllerSync', "A controller's own work in one sync."),
  schedulingCycle: latency('schedulingCycle', 'Choosing a node for one pod.'),
  volumeWait: latency('volumeWait', 'Until the kubelet sees the volumes of a pod mounted.'),
  sandbox: latency('sandbox', 'Creating the sandbox of a pod and its network.'),
  containerStart: latency('containerStart', 'Creating and starting one container whose image is there.'),
  imagePullOverhead: latency('imagePullOverhead', 'The part of an image pull that does not depend on its size.'),
  imagePullRate: latency('imagePullRate', 'Bytes a second of an image pull; not a time.', ByteRate),
  imageCheck: latency('imageCheck', 'Pulling an image whose layers are all there (policy Always).'),
  plegRelist: latency('plegRelist', 'Until the kubelet notices that a container started or ended.'),
  stopContainer: latency('stopContainer', 'Stopping a container, beyond what its process takes.'),
  stopSandbox: latency('stopSandbox', 'Tearing down the sandbox of a pod.'),
  podCleanup: latency('podCleanup', 'Volumes and cgroups of a pod that has stopped.'),
  volumeProvision: latency('volumeProvision', 'Making the volume that a claim asked for, or deleting it.'),
  nodeBoot: latency('nodeBoot', 'From power-on to a kubelet that posts its status.'),
} satisfies Readonly<Record<keyof ClusterLatencies, unknown>>)

/** Compressed sizes of images. */
export const Images = object('Images', {
  size: defaulted(Bytes, Bytes.encode(imageBytes), 'Compressed size of an image that `sizes` does not name.'),
  sizes: defaulted(
    dictionary(Bytes),
    {},
    'Compressed sizes by image, as the manifests write it: `{"nginx:1.27": 70M}`.',
  ),
  missing: defaulted(
    list(text),
    [],
    'Images that no registry has, as the manifests write them: pulling one fails. `*` stands for anything.',
  ),
  root: defaulted(
    list(text),
    [],
    'Images that run as root where no manifest names a user: `runAsNonRoot` refuses them. `*` stands for anything.',
  ),
})

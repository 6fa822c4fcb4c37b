import type { Distribution } from '@wavetank/kernel'
import type { NamedMetric } from './usage/named-metric.ts'
import type { ContainerUsage } from './usage/running.ts'

/**
 * How long the parts of a cluster take, each a distribution over milliseconds. The defaults are those of the latency
 * model (docs/fidelity.md says where each comes from).
 */
export interface Latencies {
  /** One create, patch, bind or delete call. */
  readonly apiWrite: Distribution
  /** From a write to the watcher that it wakes. */
  readonly watch: Distribution
  /** A controller's own work in one sync. */
  readonly controllerSync: Distribution
  /** One pod through the scheduler, when the scheduler is free. */
  readonly schedulingCycle: Distribution
  /** Until the kubelet sees the volumes mounted. */
  readonly volumeWait: Distribution
  /** Sandbox and network of a pod. */
  readonly sandbox: Distribution
  /** Create and start of one container whose image is there. */
  readonly containerStart: Distribution
  /** Fixed part of an image pull. */
  readonly imagePullOverhead: Distribution
  /** Bytes a second of an image pull; not a time. */
  readonly imagePullRate: Distribution
  /** Pull with all layers present (policy Always). */
  readonly imageCheck: Distribution
  /** Until the kubelet notices that a container started or ended. */
  readonly plegRelist: Distribution
  /** Overhead of stopping a container, beyond what its process takes. */
  readonly stopContainer: Distribution
  readonly stopSandbox: Distribution
  /** Volumes and cgroups of a pod that has stopped. */
  readonly podCleanup: Distribution
  /** Making the volume that a claim asked for, or deleting it. */
  readonly volumeProvision: Distribution
  /** From power-on to a kubelet that posts its status. */
  readonly nodeBoot: Distribution
}

const lognormal = (median: number, sigma: number): Distribution => ({ lognormal: { median, sigma } })

export const DEFAULT_LATENCIES: Latencies = {
  apiWrite: lognormal(5, 0.6),
  watch: lognormal(3, 0.5),
  controllerSync: lognormal(5, 0.5),
  schedulingCycle: lognormal(2, 0.3),
  volumeWait: { constant: 300 },
  sandbox: lognormal(350, 0.5),
  containerStart: lognormal(120, 0.5),
  imagePullOverhead: { constant: 500 },
  imagePullRate: lognormal(40_000_000, 0.5),
  imageCheck: lognormal(400, 0.5),
  plegRelist: { uniform: [0, 1_000] },
  stopContainer: lognormal(100, 0.5),
  stopSandbox: lognormal(150, 0.5),
  podCleanup: { uniform: [100, 300] },
  volumeProvision: lognormal(4_000, 0.5),
  nodeBoot: lognormal(45_000, 0.2),
}

/** What is the same for the whole cluster and, but for a slow API server, the whole run; the first entry of every log. */
export interface Settings {
  readonly seed: number
  /** Every probe, every heartbeat and every look at a back-off is an event, not only those that change something. */
  readonly everyTick: boolean
  /** Wall clock at t=0, in milliseconds since 1970 UTC. */
  readonly start: number
  readonly latencies: Latencies
  /** Compressed bytes of an image that the scenario does not list. */
  readonly imageBytes: number
  /** Compressed bytes by image reference. */
  readonly imageSizes: Readonly<Record<string, number>>
  /** Images that no registry has; `*` stands for anything. */
  readonly missingImages: readonly string[]
  /** Images that run as root unless a manifest names a user; `*` stands for anything. */
  readonly rootImages: readonly string[]
  /** Kinds of which every object that a pod names is taken to be there, because a dump has none of them. */
  readonly assumedKinds: readonly string[]
  /** What containers use, by the number that `ContainerStarted` gives. */
  readonly usage: readonly ContainerUsage[]
  /** Metrics that no container has, as custom and external metrics APIs give them. */
  readonly metrics: readonly NamedMetric[]
  /** metrics-server `--metric-resolution`, in milliseconds. */
  readonly metricResolution: number
  /** kube-apiserver `--default-not-ready-toleration-seconds`. */
  readonly notReadyTolerationSeconds: number
  /** kube-apiserver `--default-unreachable-toleration-seconds`. */
  readonly unreachableTolerationSeconds: number
}

export const DEFAULT_SETTINGS: Settings = {
  seed: 1,
  everyTick: false,
  start: 1_735_689_600_000,
  latencies: DEFAULT_LATENCIES,
  imageBytes: 50_000_000,
  imageSizes: {},
  missingImages: [],
  rootImages: [],
  assumedKinds: [],
  usage: [],
  metrics: [],
  metricResolution: 15_000,
  notReadyTolerationSeconds: 300,
  unreachableTolerationSeconds: 300,
}

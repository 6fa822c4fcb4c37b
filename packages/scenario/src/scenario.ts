import type { KubectlCommand, KubeletNodeFlags, Latencies, MachineSpec, NamedMetric } from '@wavetank/cluster'
import type { ApiObject, Node } from '@wavetank/cluster/api'
import type { Limits, Millis } from '@wavetank/kernel'
import type { Behavior } from './behavior.ts'
import type { Dependency } from './dependency.ts'
import type { Disruption } from './disruptions/registry.ts'
import type { Expectation } from './expectation.ts'
import type { FailureModel, RecordedFailures } from './failure-model.ts'
import type { FlagValues } from './flags.ts'
import type { SchedulerConfigurationJson } from './scheduler-configuration.ts'

/** Where something was written; lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A command as it was written, and as it was understood. */
export interface KubectlAction {
  readonly kind: 'kubectl'
  readonly text: string
  readonly command: KubectlCommand
}

export interface TimelineEntry {
  readonly at: Millis
  readonly action: KubectlAction | Disruption
  readonly source: SourcePosition
}

export interface SourcedExpectation extends Expectation {
  readonly source: SourcePosition
}

/**
 * What to simulate, checked and complete: plain data that survives JSON.
 *
 * Equal scenarios give equal runs, so nothing that does not matter may show: objects are in a canonical order whatever
 * the order of files and documents, defaults are filled in, and quantities and times are numbers.
 */
export interface Scenario {
  readonly name: string
  readonly seed: number
  /** The wall clock at t=0, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly start: number
  /** IANA name; what CronJobs without a time zone of their own go by. */
  readonly timeZone: string
  readonly duration: Millis
  /** In the order in which they are created: by kind as `helm install` does it, then by namespace and name. */
  readonly objects: readonly ApiObject[]
  /** By name, pools in the order of their numbers. */
  readonly nodes: readonly Node[]
  /** The first that matches a container counts. */
  readonly behaviors: readonly Behavior[]
  /** Settings of kubelets that differ from those of all, by the name of the node. */
  readonly kubelets: Readonly<Record<string, Partial<KubeletNodeFlags>>>
  /** Disks and processes of machines where they are other than those of a plain one, by the name of the node. */
  readonly machines: Readonly<Record<string, MachineSpec>>
  /** Metrics that no container has. */
  readonly metrics: readonly NamedMetric[]
  readonly dependencies: readonly Dependency[]
  /** `every-tick`: nothing is skipped because it changes nothing. */
  readonly fidelity: 'changes' | 'every-tick'
  readonly latencies: Latencies
  /** Compressed bytes of an image that `imageSizes` does not name. */
  readonly imageBytes: number
  readonly imageSizes: Readonly<Record<string, number>>
  /** Images that no registry has; `*` stands for anything. */
  readonly missingImages: readonly string[]
  /** Images that run as root unless a manifest names a user. */
  readonly rootImages: readonly string[]
  readonly flags: FlagValues
  /** A KubeSchedulerConfiguration, checked; absent: kube-scheduler's default profile. */
  readonly schedulerConfiguration?: SchedulerConfigurationJson
  /** By time; at one instant, in the order of the file. */
  readonly timeline: readonly TimelineEntry[]
  /** Nodes that fail by themselves. */
  readonly failures: readonly (FailureModel | RecordedFailures)[]
  readonly expect: readonly SourcedExpectation[]
  readonly limits: Limits
}

/** The object that a KubeEvent is about. */
export interface InvolvedObject {
  readonly apiVersion: string
  readonly kind: string
  /** Empty for objects of the cluster. */
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** `spec.containers{app}`, for what happens to one container. */
  readonly fieldPath?: string | undefined
}

/** Who says so: a component, and for those of a node the node. */
export interface KubeEventSource {
  readonly component: string
  readonly host?: string | undefined
}

/** What a component would tell its recorder: an Event before it is stored. */
export interface KubeEventDraft {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly involvedObject: InvolvedObject
  readonly source: KubeEventSource
  /**
   * Which of client-go's two recorders: `core` counts what repeats (tools/record), `series` collects it
   * (tools/events; kube-scheduler).
   */
  readonly recorder: 'core' | 'series'
  /** When it was said, where that is before the entry that it is read from. */
  readonly at?: number | undefined
  /** Version of the object as the speaker saw it; tells one series from the next. */
  readonly objectVersion?: number | undefined
}

/**
 * A core/v1 Event. (*Event* alone is an entry of the log here.) Times are milliseconds of the run.
 */
export interface KubeEvent extends Omit<KubeEventDraft, 'at' | 'objectVersion' | 'recorder'> {
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly createdAt: number
  /** Rises with everything that is said: the order of Events that were last seen at one instant. */
  readonly order: number
  /** `firstTimestamp`, `lastTimestamp` and `count`, which the core recorder writes. */
  readonly firstAt: number | undefined
  readonly lastAt: number | undefined
  readonly count: number | undefined
  /** `eventTime` and `series`, which the other one writes. */
  readonly eventAt: number | undefined
  readonly series: { readonly count: number; readonly lastObservedAt: number } | undefined
}

import type { ClusterView } from '@wavetank/cluster'
import { humanDuration } from '../duration.ts'
import type { KubeEvent } from '../kube-events/kube-event.ts'

/** What a cell may depend on besides its object: the cluster, and the instant at which somebody looks. */
export interface Moment {
  readonly view: ClusterView
  /** Milliseconds of the run. */
  readonly at: number
  /** The core/v1 Events that exist then; they are folded from the log (kube-events) and not part of the view. */
  readonly kubeEvents: readonly KubeEvent[]
}

/** One column of `kubectl get`. */
export interface Column<T> {
  readonly header: string
  /** Only with `-o wide`. */
  readonly wide?: true
  readonly cell: (object: T, moment: Moment) => string
}

/** What every object has, as far as tables are concerned. */
export interface Listed {
  readonly name: string
  /** Empty for objects of the cluster. */
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly createdAt: number
}

/** How the objects of one kind are listed. */
export interface KindColumns {
  readonly kind: string
  readonly columns: readonly Column<Listed>[]
  readonly list: (moment: Moment) => Iterable<Listed>
}

export const defineColumns = <T extends Listed>(definition: {
  readonly kind: string
  readonly list: (moment: Moment) => Iterable<T>
  readonly columns: readonly Column<T>[]
}): KindColumns => definition as unknown as KindColumns

/** Wall clock, in milliseconds, of a time that the API stores in whole seconds (`metav1.Time`). */
const storedTime = (view: ClusterView, since: number): number =>
  Math.floor((view.settings.start + since) / 1_000) * 1_000

/** How long ago a `metav1.Time` was. */
export const ageOf = ({ view, at }: Pick<Moment, 'view' | 'at'>, since: number): string =>
  humanDuration(view.settings.start + at - storedTime(view, since))

/** How long ago a `metav1.MicroTime` was, which keeps the parts of a second. */
export const microAgeOf = ({ at }: Pick<Moment, 'at'>, since: number): string => humanDuration(at - since)

export const NAME: Column<Listed> = { header: 'NAME', cell: ({ name }) => name }
export const AGE: Column<Listed> = { header: 'AGE', cell: ({ createdAt }, moment) => ageOf(moment, createdAt) }

export const NONE = '<none>'
export const UNKNOWN = '<unknown>'

/** `a,b` of a pod template's regular containers. */
export const containersOf = (
  spec: { readonly containers: readonly { readonly name: string; readonly image?: string | undefined }[] },
  field: 'name' | 'image',
): string => spec.containers.map((container) => container[field] ?? '').join(',')

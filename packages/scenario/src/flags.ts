import type { ClusterController, FlagValues as ClusterFlagValues, Flag, Flags, FlagValue } from '@wavetank/cluster'
import type { Millis } from '@wavetank/kernel'
import { left, right } from 'fp-ts/lib/Either.js'
import {
  boolean,
  type Codec,
  defaulted,
  dictionary,
  integer,
  list,
  mapped,
  number,
  object,
  optional,
  type Problem,
  required,
} from './codec.ts'
import { DurationMillis, formatDuration } from './duration.ts'
import { Quantity, Threshold } from './resource-quantity.ts'
import { suggestion } from './suggestion.ts'

/** The flags of every component that has some, as its controllers declare them: `kube-controller-manager`, `kubelet`, … */
export type FlagCatalog = Readonly<Record<string, Flags>>

/** The flags of some controllers, by component. */
export const flagCatalogOf = (controllers: readonly Pick<ClusterController, 'component' | 'flags'>[]): FlagCatalog => {
  const catalog: Record<string, Flags> = {}
  for (const { component, flags } of controllers) catalog[component] = { ...catalog[component], ...flags }
  return catalog
}

/** Every flag of every component of the catalogue, with its default where the scenario does not say; durations in ms. */
export type FlagValues = Readonly<Record<string, ClusterFlagValues<Flags>>>

const durationFrom = (min: number): Codec<number> =>
  mapped<number, number>(
    DurationMillis,
    DurationMillis.is,
    (span) =>
      span < min ? left({ code: 'WT016', message: `must be ${formatDuration(min as Millis)} or more` }) : right(span),
    (span) => span,
  )

const ShutdownPeriod = object('ShutdownPeriod', {
  priority: required(integer(-2_147_483_648, 2_147_483_647), 'Pods of at least this priority, up to the next band.'),
  shutdownGracePeriodSeconds: required(integer(0, 86_400), 'How long they have to end.'),
})

const oneOfKeys =
  (keys: readonly string[]) =>
  (key: string): Problem | undefined =>
    keys.includes(key)
      ? undefined
      : { code: 'WT017', message: `expected one of ${keys.join(', ')}, found "${key}"`, hint: suggestion(key, keys) }

const codecOf = (flag: Flag): Codec<FlagValue> => {
  switch (flag.type) {
    case 'duration':
      return (flag.min === undefined ? DurationMillis : durationFrom(flag.min)) as Codec<FlagValue>
    case 'integer':
      return integer(flag.min ?? Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) as Codec<FlagValue>
    case 'number':
      return number({ min: flag.min ?? -Number.MAX_VALUE }) as Codec<FlagValue>
    case 'boolean':
      return boolean as Codec<FlagValue>
    case 'quantity':
      return Quantity as Codec<FlagValue>
    case 'quantities':
      return dictionary(Quantity, oneOfKeys(flag.keys)) as Codec<FlagValue>
    case 'thresholds':
      return dictionary(Threshold, oneOfKeys(flag.keys)) as Codec<FlagValue>
    case 'durations':
      return dictionary(DurationMillis, oneOfKeys(flag.keys)) as Codec<FlagValue>
    case 'shutdownPeriods':
      return list(ShutdownPeriod) as Codec<FlagValue>
  }
}

/** Some flags of one component, none of which has to be given. */
export const someFlags = <F extends Flags>(component: string, flags: F): Codec<Partial<ClusterFlagValues<F>>> =>
  object(
    component,
    Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, optional(codecOf(flag), flag.doc)])),
    { code: 'WT028', what: `flag of ${component} that nodes have for themselves` },
  ) as unknown as Codec<Partial<ClusterFlagValues<F>>>

/** The `flags` of a scenario file, complete with defaults. */
export const flagValues = (catalog: FlagCatalog): Codec<FlagValues> => {
  const components = Object.keys(catalog).map((component) => {
    const fields = Object.entries(catalog[component]!).map(([name, flag]) => {
      const codec = codecOf(flag)
      const absent = codec.encode(flag.default)
      return [name, defaulted(codec, absent, flag.doc)] as const
    })
    const codec = object(component, Object.fromEntries(fields), { code: 'WT028', what: `flag of ${component}` })
    return [component, defaulted(codec, {}, `Flags of ${component}, by their Kubernetes names.`)] as const
  })
  return object('Flags', Object.fromEntries(components), {
    code: 'WT028',
    what: 'component',
  }) as unknown as Codec<FlagValues>
}

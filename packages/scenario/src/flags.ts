import type { ClusterController, FlagValues as ClusterFlagValues, Flag, Flags } from '@wavetank/cluster'
import { boolean, type Codec, defaulted, integer, number, object } from './codec.ts'
import { DurationMillis } from './duration.ts'

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

const codecOf = (flag: Flag): Codec<number | boolean> => {
  switch (flag.type) {
    case 'duration':
      return DurationMillis as Codec<number | boolean>
    case 'integer':
      return integer(flag.min ?? Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) as Codec<number | boolean>
    case 'number':
      return number({ min: flag.min ?? -Number.MAX_VALUE }) as Codec<number | boolean>
    case 'boolean':
      return boolean as Codec<number | boolean>
  }
}

/** The `flags` of a scenario file, complete with defaults. */
export const flagValues = (catalog: FlagCatalog): Codec<FlagValues> => {
  const components = Object.keys(catalog).map((component) => {
    const fields = Object.entries(catalog[component]!).map(([name, flag]) => {
      const codec = codecOf(flag)
      const absent = flag.type === 'duration' ? DurationMillis.encode(flag.default) : flag.default
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

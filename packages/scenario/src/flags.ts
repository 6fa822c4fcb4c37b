import type * as t from 'io-ts'
import { type Codec, defaulted, foreign, object } from './codec.ts'

/** A setting of a component, by the name that Kubernetes gives it. */
export interface FlagDeclaration {
  // biome-ignore lint/suspicious/noExplicitAny: a catalogue holds flags of every type.
  readonly codec: t.Type<any, any, unknown>
  /** As decoded. */
  readonly default: unknown
  readonly doc: string
}

/** The flags of every component that has some: `kube-controller-manager`, `kubelet`, … */
export type FlagCatalog = Readonly<Record<string, Readonly<Record<string, FlagDeclaration>>>>

/** Every flag of every component of the catalogue, decoded, with its default where the scenario does not say. */
export type FlagValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The `flags` of a scenario file, complete with defaults. */
export const flagValues = (catalog: FlagCatalog): Codec<FlagValues> =>
  object(
    'Flags',
    Object.fromEntries(
      Object.keys(catalog).map((component) => {
        const flags = catalog[component]!
        const codec = object(
          component,
          Object.fromEntries(
            Object.keys(flags).map((name) => {
              const flag = flags[name]!
              return [name, defaulted(foreign(flag.codec), flag.codec.encode(flag.default), flag.doc)]
            }),
          ),
        )
        return [component, defaulted(codec, {}, `Flags of ${component}, by their Kubernetes names.`)]
      }),
    ),
  ) as Codec<FlagValues>

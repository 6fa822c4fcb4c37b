import type { Flags, FlagValues } from '@wavetank/cluster'
import { controllers } from '@wavetank/controllers'
import { type FlagCatalog, flagCatalogOf } from '@wavetank/scenario'

/** Flags of the API server, which is no controller: what it does is part of every write. */
export const apiServerFlags = {
  'default-not-ready-toleration-seconds': {
    type: 'integer',
    default: 300,
    min: 0,
    doc: 'How long pods that do not say otherwise stay on a node that is not ready.',
  },
  'default-unreachable-toleration-seconds': {
    type: 'integer',
    default: 300,
    min: 0,
    doc: 'The same for a node that is unreachable.',
  },
} as const satisfies Flags
export type ApiServerFlags = FlagValues<typeof apiServerFlags>

/** Flags of metrics-server, which is no controller: what it knows is computed when somebody asks. */
export const metricsServerFlags = {
  'metric-resolution': {
    type: 'duration',
    default: 15_000,
    // Source: metrics-server, cmd/metrics-server/app/options/options.go.
    min: 10_000,
    doc: 'How often metrics-server looks at the kubelets; 15s as in its released manifests.',
  },
} as const satisfies Flags
export type MetricsServerFlags = FlagValues<typeof metricsServerFlags>

/** Every flag that a scenario can set, by component. */
export const flagCatalog: FlagCatalog = flagCatalogOf([
  { component: 'kube-apiserver', flags: apiServerFlags },
  { component: 'metrics-server', flags: metricsServerFlags },
  ...controllers,
])

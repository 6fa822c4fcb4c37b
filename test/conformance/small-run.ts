import type { ClusterView } from '@wavetank/cluster'
import type { AnyEventDefinition, Entry } from '@wavetank/kernel'
import { foldKubeEvents } from '@wavetank/report'
import { createSimulation } from 'wavetank'
import { readScenario } from '../properties/random-scenario.ts'

export interface SmallRun {
  readonly view: ClusterView
  readonly entries: readonly Entry[]
  /** Entries of one kind, in order. */
  readonly of: <D extends AnyEventDefinition>(definition: D) => readonly Entry<ReturnType<D>>[]
}

/** Nothing takes time by itself, so that what is left is what Kubernetes waits for. */
export const NO_LATENCIES = {
  apiWrite: '0s',
  watch: '0s',
  controllerSync: '0s',
  schedulingCycle: '0s',
  volumeWait: '0s',
  sandbox: '0s',
  containerStart: '0s',
  imagePullOverhead: '1s',
  imagePullRate: '1Gi',
  imageCheck: '0s',
  plegRelist: '500ms',
  stopContainer: '0s',
  stopSandbox: '0s',
  podCleanup: '0s',
}

const scenarioOf = (scenario: object): object => ({
  apiVersion: 'wavetank.dev/v1alpha1',
  kind: 'Scenario',
  metadata: { name: 'small' },
  duration: '10m',
  nodes: [{ name: 'n', count: 1, capacity: { cpu: '8', memory: '16Gi' } }],
  latencies: NO_LATENCIES,
  ...scenario,
})

/** core/v1 Events about an object at the end of a run: `Normal Killing Stopping container app`. */
export const eventsAbout = (scenario: object, name: string): readonly string[] => {
  const fold = foldKubeEvents()
  const simulation = createSimulation(readScenario(scenarioOf(scenario)), { onEntry: fold.apply })
  while (simulation.advance(100_000) === undefined);
  return fold
    .events(simulation.horizon)
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ type, reason, message }) => `${type} ${reason} ${message}`)
}

/** The run of a scenario of which only what matters is given; `files` are manifests and tables that it names. */
export const smallRun = ({
  files,
  ...scenario
}: Readonly<Record<string, unknown>> & { readonly files?: Readonly<Record<string, object | string>> }): SmallRun => {
  const entries: Entry[] = []
  const simulation = createSimulation(readScenario(scenarioOf(scenario), files), {
    onEntry: (entry) => entries.push(entry),
  })
  while (simulation.advance(100_000) === undefined);
  return {
    view: simulation.view,
    entries,
    of: <D extends AnyEventDefinition>({ kind }: D) =>
      entries.filter(({ event }) => event.kind === kind) as unknown as readonly Entry<ReturnType<D>>[],
  }
}

/** A pod manifest. */
export const pod = (name: string, spec: object = {}, labels: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [{ name: 'main', image: 'example/a:1' }], ...spec },
})

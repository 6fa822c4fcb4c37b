import { type ClusterView, defineController, type FlagValues, isHeard } from '@wavetank/cluster'
import { cancel, type Emission, type Entry, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import { LeaseRenewed } from './events.ts'
import { nextRenewal } from './heartbeat.ts'

/**
 * Where every tick is an event, the kubelets’ renewals of their leases are. Everywhere else they follow from the node
 * (heartbeat.ts), and this controller does nothing.
 */

export const leaseFlags = {
  'node-lease-duration': {
    type: 'duration',
    default: 40_000,
    doc: 'KubeletConfiguration nodeLeaseDurationSeconds: a quarter of it is the time between heartbeats.',
  },
} as const

type LeaseScene = Scene<ClusterView, unknown, FlagValues<typeof leaseFlags>>
type NodeEntry = Entry<{ kind: string; node: string }>

const leaseKey = (node: string): string => `lease ${node}`

const renew = ({ view, config, draw }: LeaseScene, { event, at }: NodeEntry): readonly Emission[] => {
  if (!view.settings.everyTick) return QUIET
  const node = view.nodes.get(event.node)
  if (node === undefined || !isHeard(node.machine)) return QUIET
  const next = nextRenewal(node, draw, config['node-lease-duration'], at)
  return [timer(leaseKey(node.name), next - at, LeaseRenewed({ node: node.name }))]
}

const fallSilent = ({ view }: LeaseScene, { event }: NodeEntry): readonly Emission[] =>
  view.settings.everyTick ? [cancel(leaseKey(event.node))] : QUIET

/** The lease is renewed at once. */
const isHeardAgain = ({ view }: LeaseScene, { event }: NodeEntry): readonly Emission[] => {
  const machine = view.settings.everyTick ? view.nodes.get(event.node)?.machine : undefined
  return machine !== undefined && isHeard(machine) ? [emit(LeaseRenewed({ node: event.node }))] : QUIET
}

const ofAll = ({ view }: LeaseScene, emission: (node: string) => Emission | undefined): readonly Emission[] =>
  view.settings.everyTick ? [...view.nodes.keys()].flatMap((node) => emission(node) ?? []) : QUIET

export const nodeLease = defineController<unknown, typeof leaseFlags>({
  name: 'node-lease',
  doc: 'Renews the leases of nodes, where every tick is an event.',
  component: 'kube-controller-manager',
  flags: leaseFlags,
  events: [LeaseRenewed],
  on: {
    NodeCreated: renew,
    NodeRebooted: renew,
    LeaseRenewed: renew,
    NodeFailed: fallSilent,
    NodePartitioned: fallSilent,
    KubeletStopped: fallSilent,
    NodeFrozen: fallSilent,
    NodeReconnected: isHeardAgain,
    KubeletStarted: isHeardAgain,
    NodeThawed: isHeardAgain,
    ApiServerWentDown: (scene) => ofAll(scene, (node) => cancel(leaseKey(node))),
    ApiServerCameBack: (scene) =>
      ofAll(scene, (node) => (isHeard(scene.view.nodes.get(node)!.machine) ? emit(LeaseRenewed({ node })) : undefined)),
  },
})

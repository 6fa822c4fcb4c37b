import {
  because,
  counted,
  duration,
  fact,
  fromOwn,
  listed,
  nameOf,
  type Sentence,
  step,
  type Values,
  wake,
} from './sentence.ts'

const FAULTS: Readonly<Record<string, string>> = {
  fail: 'loses power',
  recover: 'gets power',
  shutdown: 'is shut down',
  reboot: 'is rebooted',
  partition: 'is cut off',
  heal: 'is connected again',
  stopKubelet: 'loses its kubelet',
  startKubelet: 'gets its kubelet back',
  freeze: 'hangs',
  thaw: 'goes on',
  fillDisk: 'has a disk filled',
  freeDisk: 'has a disk freed',
  slowDisk: 'gets slow disks',
  mendDisk: 'has fast disks again',
  reclaim: 'is to be taken back by the cloud',
  stopController: 'stops',
  stopApiServer: 'does not answer',
  slowApiServer: 'is slow',
}

/** The nodes of a failure, or the part of the control plane. */
const hitBy = (nodes: unknown, group: unknown): string =>
  (nodes as readonly string[]).length === 0 ? String(group) : listed(nodes)

const UPGRADES: Readonly<Record<string, string>> = {
  upgraded: 'is upgraded',
  blocked: 'cannot be emptied, and is not upgraded',
  gone: 'is gone, and is not upgraded',
  busy: 'is in the hands of another upgrade',
}

const outageOf = (what: unknown, name: unknown): string =>
  what === 'apiServer' ? 'the API server' : `${String(what)} ${String(name)}`

/** Which controllers are meant, where it is not all of a process. */
const parts = (process: unknown, controllers: unknown): string => {
  const names = controllers as readonly string[]
  return names.length === 1 && names[0] !== process && String(process).startsWith('kube-controller')
    ? ` (${names.join(', ')})`
    : ''
}

const expectation = ({ name }: Values): string => `the expectation “${String(name)}”`

/** What comes from outside the cluster: commands, faults, outages, and what was expected. */
export const outsideSentences: Readonly<Record<string, Sentence>> = {
  ClusterConfigured: step(() => 'the run begins'),
  KubectlIssued: fact(({ line }) => `somebody runs \`kubectl ${String(line)}\``),
  KubectlCompleted: fact(({ line, exitCode, output }) => {
    const [first = ''] = (output as readonly string[]).slice(-1)
    return `\`kubectl ${String(line)}\` ${exitCode === 0 ? 'is done' : `fails with exit code ${String(exitCode)}`}${because(first)}`
  }),
  DisruptionDue: step(
    ({ disruption, node }) =>
      `the scenario has it that node ${String(node)} ${FAULTS[String(disruption)] ?? String(disruption)}`,
  ),
  DisruptionIgnored: fact(
    ({ disruption, node, reason }) =>
      `\`${String(disruption)}\` changes nothing on node ${String(node)}${because(reason)}`,
  ),
  FailureDue: wake(
    ({ model, group }) => `the time of ${String(group)} until its next failure (${String(model)}) is over`,
  ),
  FailureBegan: fact(
    ({ model, nodes, fault, group }) =>
      `failure model “${String(model)}” has it that ${hitBy(nodes, group)} ${FAULTS[String(fault)] ?? String(fault)}`,
  ),
  FailureSkipped: fact(
    ({ model, group, reason }) => `failure model “${String(model)}” leaves ${String(group)} alone${because(reason)}`,
  ),
  RepairDue: wake(
    ({ model, nodes, group }) => `what failure model “${String(model)}” has done to ${hitBy(nodes, group)} is mended`,
  ),
  NodeReclaimNoticed: fact(
    ({ node, notice }) =>
      `the cloud says that it takes the machine of node ${String(node)} back in ${duration(notice)}`,
  ),
  MachineReclaimDue: wake(({ node }) => `the notice for the machine of node ${String(node)} is over`),
  NodeReclaimed: fact(({ node }) => `the machine of node ${String(node)} is gone`),
  CloudNodeMonitorDue: wake(({ node }) => `the cloud’s controller finds no machine behind node ${String(node)}`),
  NodeUpgradesOrdered: fact(
    ({ nodes, kubeletVersion, maxUnavailable }) =>
      `the timeline has ${listed(nodes)} upgraded${kubeletVersion === undefined ? '' : ` to ${String(kubeletVersion)}`}, ${String(maxUnavailable)} at a time`,
  ),
  NodeUpgradeStepDue: wake(() => 'the upgrade of nodes turns to the next'),
  NodeUpgradeBegan: fact(({ node }) => `it is the turn of node ${String(node)} to be upgraded`),
  MachineUpgradeBegan: fact(
    ({ node, isEmpty }) =>
      `node ${String(node)} is taken down for its upgrade${isEmpty === true ? '' : ', with what is still on it'}`,
  ),
  MachineUpgradeDue: wake(({ node }) => `the machine of node ${String(node)} is upgraded`),
  NodeUpgraded: fact(
    ({ node, kubeletVersion }) =>
      `the machine of node ${String(node)} has ${kubeletVersion === undefined ? 'what it was to get' : `kubelet ${String(kubeletVersion)}`}`,
  ),
  NodeUpgradeEnded: fact(({ node, outcome }) => `node ${String(node)} ${UPGRADES[String(outcome)] ?? String(outcome)}`),
  NodeUpgradesEnded: fact(
    ({ upgraded, left }) =>
      `the upgrade is over: ${counted((upgraded as readonly string[]).length, 'node')} upgraded${(left as readonly string[]).length === 0 ? '' : `, not ${listed(left)}`}`,
  ),
  OutageDue: step(({ turn, what, name }) =>
    turn === 'slow'
      ? `the timeline makes ${outageOf(what, name)} slow`
      : turn === 'mended'
        ? `the timeline ends the slowness of ${outageOf(what, name)}`
        : `the timeline takes ${outageOf(what, name)} ${String(turn)}`,
  ),
  OutageIgnored: fact(
    ({ turn, what, name }) =>
      `${outageOf(what, name)} is ${turn === 'mended' ? 'as fast as ever' : String(turn)} already`,
  ),
  ControllersStopped: fact(({ process, controllers }) => `${String(process)} stops${parts(process, controllers)}`),
  ControllersStarted: fact(
    ({ process, controllers }) =>
      `${String(process)} is at work again${parts(process, controllers)}, and lists everything anew`,
  ),
  ControllersPaused: fact(({ process }) => `${String(process)} does not get on: its calls of the API fail`),
  ControllersResumed: fact(({ process }) => `${String(process)} gets on with what it had before it`),
  ControllerHeldBack: fact(({ controller, process }) => `${String(controller)} is to start with ${String(process)}`),
  ProcessLaunched: fact(
    ({ process }) => `${String(process)} is there again, and waits until the lease of the leader before it has run out`,
  ),
  LeaderElectionDue: wake(({ process }) => `${String(process)} becomes the leader`),
  LeaseLostDue: wake(({ process }) => `${String(process)} cannot renew its lease any longer`),
  ApiServerWentDown: fact(() => 'the API server does not answer any more'),
  ApiServerCameBack: fact(() => 'the API server answers again'),
  ApiServerSlowed: fact(({ factor }) =>
    factor === 1 ? 'the API server is as fast as ever' : `the API server is ${String(factor)} times slower`,
  ),
  DependencyWentDown: fact(({ dependency }) => `dependency ${String(dependency)} does not answer any more`),
  DependencyCameBack: fact(({ dependency }) => `dependency ${String(dependency)} answers again`),
  RegistryWentDown: fact(({ registry }) => `image registry ${String(registry)} does not answer any more`),
  RegistryCameBack: fact(({ registry }) => `image registry ${String(registry)} answers again`),
  ExpectationDue: wake(() => 'the window of an expectation begins or ends'),
  ExpectationMet: fact((event) => `${expectation(event)} is met${because(event.evidence)}`),
  ExpectationFailed: fact((event) => `${expectation(event)} fails${because(event.evidence)}`),
  InertObjectCreated: fact(({ objectKind, object }) => `${String(objectKind)} ${nameOf(object)} is created`),
  InertObjectChanged: fact(({ objectKind, object }) => `${String(objectKind)} ${nameOf(object)} is changed`),
  InertObjectDeleted: fact(({ objectKind, object }) => `${String(objectKind)} ${nameOf(object)} is gone`),
  TaintEvictionDue: fact(({ pod }) => `pod ${nameOf(pod)} has tolerated the taint of its node for as long as it may`),
  VolumeProvisioningDue: fact(
    ({ claim }) => `the provisioner has made the volume of PersistentVolumeClaim ${nameOf(claim)}`,
  ),
  VolumeBindingTimedOut: fromOwn(fact(({ pod }) => `the claims of pod ${nameOf(pod)} were not bound in time`)),
}

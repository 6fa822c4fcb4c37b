import {
  type ClusterController,
  type ClusterView,
  type Component,
  defineController,
  type FlagValues,
  isApiServerUp,
  PROCESSES,
} from '@wavetank/cluster'
import {
  ControllersPaused,
  ControllersResumed,
  ControllersStarted,
  ControllersStopped,
  cancel,
  type Draw,
  type Emission,
  type Entry,
  emit,
  QUIET,
  type Scene,
  timer,
} from '@wavetank/kernel'
import { LeaderElectionDue, LeaseLostDue, ProcessLaunched } from './events.ts'

/**
 * Who leads: a process that starts waits until the lease of the one before it has run out, and one that cannot renew its
 * lease ends.
 *
 *   ProcessLaunched ──15 s and a retry──▶ LeaderElectionDue ─▶ ControllersStarted
 *   ApiServerWentDown ─▶ ControllersPaused ──10 s──▶ LeaseLostDue ─▶ ControllersStopped, ProcessLaunched
 *                                          └─ ApiServerCameBack ─▶ ControllersResumed
 *
 * 1. How long ago the lease was renewed nobody looks at: it counts from when the new process has read it first.
 * 2. A process that has lost its lease is started again at once, and tries until the API server answers.
 *
 * Source: staging/src/k8s.io/client-go/tools/leaderelection/leaderelection.go (acquire, renew, tryAcquireOrRenew).
 */

export const leaderElectionFlags = {
  'leader-elect-lease-duration': {
    type: 'duration',
    default: 15_000,
    doc: 'How long others wait before they take over from a leader that is gone.',
  },
  'leader-elect-renew-deadline': {
    type: 'duration',
    default: 10_000,
    doc: 'How long a leader tries to renew its lease before it gives up and ends.',
  },
  'leader-elect-retry-period': {
    type: 'duration',
    default: 2_000,
    min: 1,
    doc: 'How long it waits between two tries, once to 2.2 times as long before it leads.',
  },
} as const

type Config = FlagValues<typeof leaderElectionFlags>

interface Own {
  /** It is there and does not lead. */
  isLaunched: boolean
  isPaused: boolean
}
type ElectionScene = Scene<ClusterView, Own, Config>
type OfProcess = Entry<{ readonly kind: string; readonly process: string }>

/** Source: leaderelection.go, JitterFactor. */
const JITTER = 1.2

const leader = 'leader'
const deadline = 'deadline'

/** From the first look at the lease to the first try that finds it has run out. */
const untilElected = (draw: Draw, config: Config, process: string, at: number): number => {
  const retry = config['leader-elect-retry-period']
  let wait = 0
  for (let tries = 0; wait < config['leader-elect-lease-duration']; tries++)
    wait += Math.round(retry * (1 + JITTER * draw('leader-election', `${process} ${at} ${tries}`)))
  return wait
}

const defineLeaderElection = (
  process: Component & ('kube-controller-manager' | 'kube-scheduler'),
): ClusterController => {
  const all = PROCESSES[process]!
  const isOurs = ({ event }: OfProcess): boolean => event.process === process

  const elect = ({ draw, config }: ElectionScene, at: number, wait: number): readonly Emission[] => [
    timer(leader, wait + untilElected(draw, config, process, at), LeaderElectionDue({ process })),
  ]

  const launched = (scene: ElectionScene, entry: OfProcess): readonly Emission[] =>
    isOurs(entry) && isApiServerUp(scene.view) ? elect(scene, entry.at, 0) : QUIET

  const stopped = (_scene: ElectionScene, entry: OfProcess): readonly Emission[] =>
    isOurs(entry) ? [cancel(leader), cancel(deadline)] : QUIET

  /** Those that are down with their process, or are to be back as soon as that gets on. */
  const heldBack = ({ view }: ElectionScene): readonly string[] =>
    all.filter((name) => view.controlPlane.stopped.get(name)?.process === process)

  const lead = (scene: ElectionScene, entry: OfProcess): readonly Emission[] =>
    isOurs(entry) ? [emit(ControllersStarted({ process, controllers: heldBack(scene) }))] : QUIET

  const atWork = ({ view }: ElectionScene): readonly string[] =>
    all.filter((name) => !view.controlPlane.stopped.has(name))

  const apiServerGone = (scene: ElectionScene, { at }: Entry): readonly Emission[] => {
    if (scene.own.isLaunched) return [cancel(leader)]
    const controllers = atWork(scene)
    if (controllers.length === 0) return QUIET
    const { draw, config } = scene
    const next = Math.round(config['leader-elect-retry-period'] * draw('lease-renewal', `${process} ${at}`))
    return [
      emit(ControllersPaused({ process, controllers })),
      timer(deadline, next + config['leader-elect-renew-deadline'], LeaseLostDue({ process })),
    ]
  }

  const apiServerBack = (scene: ElectionScene, { at }: Entry): readonly Emission[] => {
    const { own, draw, config } = scene
    if (own.isPaused) {
      const late = heldBack(scene)
      return [
        cancel(deadline),
        emit(ControllersResumed({ process, controllers: atWork(scene) })),
        ...(late.length === 0 ? [] : [emit(ControllersStarted({ process, controllers: late }))]),
      ]
    }
    if (!own.isLaunched) return QUIET
    const retry = config['leader-elect-retry-period']
    return elect(scene, at, Math.round(retry * (1 + JITTER) * draw('lease-look', `${process} ${at}`)))
  }

  const giveUp = (scene: ElectionScene, entry: OfProcess): readonly Emission[] => {
    if (!isOurs(entry)) return QUIET
    return [emit(ControllersStopped({ process, controllers: atWork(scene) })), emit(ProcessLaunched({ process }))]
  }

  const turn = (isLaunched: boolean) => (own: Own, entry: Entry<never>) => {
    if (!isOurs(entry as OfProcess)) return
    own.isLaunched = isLaunched
    own.isPaused = false
  }
  const pause = (isPaused: boolean) => (own: Own, entry: Entry<never>) => {
    if (isOurs(entry as OfProcess)) own.isPaused = isPaused
  }

  return defineController<Own, typeof leaderElectionFlags>({
    name: `${process}-election`,
    doc: `Has ${process} wait until it is the leader, and ends it when it cannot stay so.`,
    component: process,
    flags: leaderElectionFlags,
    events: process === 'kube-scheduler' ? [] : [ProcessLaunched, LeaderElectionDue, LeaseLostDue],
    own: {
      initial: () => ({ isLaunched: false, isPaused: false }),
      apply: {
        ControllersStopped: turn(false),
        ControllersStarted: turn(false),
        ProcessLaunched: turn(true),
        ControllersPaused: pause(true),
        ControllersResumed: pause(false),
      },
    },
    on: {
      ProcessLaunched: launched,
      ControllersStopped: stopped,
      LeaderElectionDue: lead,
      LeaseLostDue: giveUp,
      ApiServerWentDown: apiServerGone,
      ApiServerCameBack: apiServerBack,
    },
  })
}

export const controllerManagerElection = defineLeaderElection('kube-controller-manager')
export const schedulerElection = defineLeaderElection('kube-scheduler')

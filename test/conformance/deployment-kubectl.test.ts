import { createObject, type Deployment, REVISION } from '@wavetank/cluster'
import { apiObject } from '@wavetank/cluster/api'
import { type ContainerBehavior, DEFAULT_BEHAVIOR } from '@wavetank/controllers'
import type { SimEvent } from '@wavetank/kernel'
import { parseKubectlCommand } from '@wavetank/scenario'
import { isLeft, left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { type Act, done, minutes, node, type Played, play, seconds } from './stage.ts'

/**
 * kubectl's verbs for rollouts and templates, typed as people type them.
 *
 * Sources are in staging/src/k8s.io/kubectl: pkg/cmd/rollout, pkg/cmd/set, pkg/polymorphichelpers.
 */

const KEY = 'shop/web'

const manifest = (spec: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}) =>
  apiObject({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      ...spec,
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'web:1',
              env: [
                { name: 'MODE', value: 'a' },
                { name: 'OLD', value: 'x' },
              ],
            },
            { name: 'log', image: 'log:1', resources: { requests: { cpu: '10m' } } },
          ],
          ...more,
        },
      },
    },
  })

const create =
  (...given: Parameters<typeof manifest>): Act =>
  (view, at) =>
    done(createObject(view, at, manifest(...given)))

const kubectl =
  (line: string): Act =>
  () => {
    const command = parseKubectlCommand(`${line} -n shop`, {
      objectsOf: () => left({ code: 'WT004', message: 'none' }),
    })
    if (isLeft(command)) throw new Error(command.left.map(({ message }) => message).join('; '))
    return [{ kind: 'KubectlIssued', line, command: command.right } as SimEvent]
  }

const look: Act = () => undefined

/** Lines at times, after the Deployment was made at t=0; then a look a few minutes after the last. */
const typed = (
  lines: readonly (readonly [at: number, line: string])[],
  first: Act = create(),
  behavior?: (image: string) => ContainerBehavior,
): Played =>
  play({
    nodes: [node('n1'), node('n2')],
    ...(behavior === undefined ? {} : { behaviorOf: ({ image }) => behavior(image) }),
    acts: [
      [0, first],
      ...lines.map(([at, line]) => [at, kubectl(line)] as const),
      [(lines.at(-1)?.[0] ?? 0) + minutes(3), look],
    ],
  })

interface Completed {
  readonly line: string
  readonly exitCode: number
  readonly output: readonly string[]
}
const completed = (played: Played): readonly Completed[] =>
  played.entries.flatMap(({ event }) => (event.kind === 'KubectlCompleted' ? [event as unknown as Completed] : []))
const output = (played: Played): readonly string[] => completed(played).at(-1)?.output ?? []
const web = ({ view }: Played): Deployment => view.deployments.get(KEY) as Deployment
const containers = (played: Played) => web(played).template.spec.containers
const images = (played: Played) => containers(played).map(({ image }) => image)

describe('kubectl set image', () => {
  it('changes one image, and with it the pods', () => {
    const played = typed([[minutes(1), 'set image deployment/web web=web:2']])
    expect(completed(played).at(-1)).toMatchObject({ exitCode: 0, output: ['deployment.apps/web image updated'] })
    expect(images(played)).toEqual(['web:2', 'log:1'])
    expect(web(played).annotations[REVISION]).toBe('2')
  })
  it('changes several, or all of them', () => {
    expect(images(typed([[minutes(1), 'set image deploy web web=web:2 log=log:2']]))).toEqual(['web:2', 'log:2'])
    expect(images(typed([[minutes(1), 'set image deploy web *=all:2']]))).toEqual(['all:2', 'all:2'])
  })
  it('says nothing where nothing changes', () => {
    expect(completed(typed([[minutes(1), 'set image deploy/web web=web:1']])).at(-1)).toMatchObject({
      exitCode: 0,
      output: [],
    })
  })
  it('knows its containers', () => {
    expect(completed(typed([[minutes(1), 'set image deploy/web wbe=web:2']])).at(-1)).toMatchObject({
      exitCode: 1,
      output: ['error: unable to find container named "wbe"'],
    })
  })
})

describe('kubectl set resources', () => {
  it('changes requests and limits of every container', () => {
    const played = typed([[minutes(1), 'set resources deploy/web --limits=cpu=200m,memory=512Mi --requests=cpu=100m']])
    expect(output(played)).toEqual(['deployment.apps/web resource requirements updated'])
    const resources = { limits: { cpu: '200m', memory: '512Mi' }, requests: { cpu: '100m' } }
    expect(containers(played).map((container) => container.resources)).toEqual([resources, resources])
  })
  it('or of those that are named', () => {
    const played = typed([[minutes(1), 'set resources deploy/web -c=l* --requests=memory=64Mi']])
    expect(containers(played).map((container) => container.resources)).toEqual([
      {},
      { requests: { cpu: '10m', memory: '64Mi' } },
    ])
    const none = typed([[minutes(1), 'set resources deploy/web -c db --requests=memory=64Mi']])
    expect(output(none)).toEqual(['error: unable to find container named db'])
  })
})

describe('kubectl set env', () => {
  const env = (played: Played) =>
    containers(played).map((container) => container.env?.map(({ name, value }) => `${name}=${value}`))
  it('sets and removes variables; they keep their places', () => {
    const played = typed([[minutes(1), 'set env deploy/web MODE=b NEW=1 OLD-']])
    expect(output(played)).toEqual(['deployment.apps/web env updated'])
    expect(env(played)).toEqual([
      ['MODE=b', 'NEW=1'],
      ['MODE=b', 'NEW=1'],
    ])
  })
  it('of one container, and not over what is there, if told so', () => {
    expect(env(typed([[minutes(1), 'set env deploy/web -c log MODE=b']]))).toEqual([['MODE=a', 'OLD=x'], ['MODE=b']])
    const refused = typed([[minutes(1), 'set env deploy/web --overwrite=false MODE=b']])
    expect(output(refused)).toEqual([
      "error: deployment.apps/web 'MODE' already has a value (a), and --overwrite is false",
    ])
  })
})

describe('kubectl rollout', () => {
  const two = [
    [minutes(1), 'set image deploy/web web=web:2'],
    [minutes(3), 'set image deploy/web web=web:3'],
  ] as const

  it('undo goes back by one, and again by one', () => {
    const back = typed([...two, [minutes(5), 'rollout undo deployment/web']])
    expect(output(back)).toEqual(['deployment.apps/web rolled back'])
    expect(images(back)).toEqual(['web:2', 'log:1'])
    const twice = typed([...two, [minutes(5), 'rollout undo deploy/web'], [minutes(7), 'rollout undo deploy/web']])
    expect(images(twice)).toEqual(['web:3', 'log:1'])
    expect(web(twice).annotations[REVISION]).toBe('5')
    expect(twice.view.replicaSets.size).toBe(3)
  })
  it('undo goes to a revision, if that is there', () => {
    const first = typed([...two, [minutes(5), 'rollout undo deploy/web --to-revision=1']])
    expect(images(first)).toEqual(['web:1', 'log:1'])
    expect(web(first).template.labels).toEqual({ app: 'web' })
    const none = typed([...two, [minutes(5), 'rollout undo deploy/web --to-revision=9']])
    expect(output(none)).toEqual(['error: unable to find specified revision 9 in history'])
    const same = typed([...two, [minutes(5), 'rollout undo deploy/web --to-revision=3']])
    expect(output(same)).toEqual(['deployment.apps/web skipped rollback (current template already matches revision 3)'])
  })
  it('undo needs a history, and no pause', () => {
    expect(output(typed([[minutes(1), 'rollout undo deploy/web']]))).toEqual([
      'error: no rollout history found for deployment "web"',
    ])
    const paused = typed([...two, [minutes(5), 'rollout pause deploy/web'], [minutes(6), 'rollout undo deploy/web']])
    expect(output(paused)).toEqual([
      "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    ])
  })
  it('history lists the revisions that are left, with their causes', () => {
    const played = typed([
      [minutes(1), 'annotate deploy web kubernetes.io/change-cause=first'],
      ...two.map(([at, line]) => [at + minutes(1), line] as const),
      [minutes(6), 'rollout undo deploy/web'],
      [minutes(8), 'rollout history deploy/web'],
    ])
    expect(output(played)).toEqual([
      'deployment.apps/web ',
      'REVISION  CHANGE-CAUSE',
      '1         first',
      '3         first',
      '4         first',
      '',
    ])
  })
  it('restart replaces the pods by an annotation', () => {
    const played = typed([[minutes(1), 'rollout restart deploy/web']])
    expect(output(played)).toEqual(['deployment.apps/web restarted'])
    expect(web(played).template.annotations).toEqual({ 'kubectl.kubernetes.io/restartedAt': '2025-01-01T00:01:00Z' })
    expect([...played.view.pods.values()].every(({ createdAt }) => createdAt >= minutes(1))).toBe(true)
    expect(web(played).annotations[REVISION]).toBe('2')
  })
  it('pause and resume gather changes into one rollout', () => {
    const played = typed([
      [minutes(1), 'rollout pause deploy/web'],
      ...two.map(([at, line]) => [at + minutes(1), line] as const),
      [minutes(5), 'scale deploy/web --replicas=3'],
      [minutes(6), 'rollout resume deploy/web'],
    ])
    expect(completed(played).map(({ output: [line] }) => line)).toEqual([
      'deployment.apps/web paused',
      'deployment.apps/web image updated',
      'deployment.apps/web image updated',
      'deployment.apps/web scaled',
      'deployment.apps/web resumed',
    ])
    expect(web(played).annotations[REVISION]).toBe('2')
    expect(played.view.replicaSets.size).toBe(2)
    expect(web(played).status).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 })
  })
  it.each([
    [['rollout resume deploy/web'], 'error: deployments.apps "web" is not paused'],
    [['rollout pause deploy/web', 'rollout pause deploy/web'], 'error: deployments.apps "web" is already paused'],
    [
      ['rollout pause deploy/web', 'rollout restart deploy/web'],
      'error: deployments.apps "web" can\'t restart paused deployment (run rollout resume first)',
    ],
    [['rollout restart deploy/gone'], 'Error from server (NotFound): deployments.apps "gone" not found'],
  ])('%j is refused', (lines, expected) => {
    const played = typed(lines.map((line, i) => [minutes(1 + i), line] as const))
    expect(completed(played).at(-1)).toMatchObject({ exitCode: 1, output: [expected] })
  })
})

describe('kubectl rollout status', () => {
  it('prints what it waits for until the rollout is over', () => {
    const played = typed([
      [minutes(1), 'set image deploy/web web=web:2'],
      [minutes(1) + 1, 'rollout status deploy/web'],
    ])
    const { exitCode, output: lines } = completed(played).at(-1)!
    expect(exitCode).toBe(0)
    const different = lines.filter((line, i) => line !== lines[i - 1])
    expect(different).toEqual([
      'Waiting for deployment spec update to be observed...',
      'Waiting for deployment "web" rollout to finish: 0 out of 2 new replicas have been updated...',
      'Waiting for deployment "web" rollout to finish: 1 out of 2 new replicas have been updated...',
      'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...',
      'deployment "web" successfully rolled out',
    ])
  })
  it('has its answer at once when nothing is under way, or it does not watch', () => {
    const done = typed([[minutes(1), 'rollout status deploy/web']])
    expect(output(done)).toEqual(['deployment "web" successfully rolled out'])
    const once = typed([
      [minutes(1), 'set image deploy/web web=web:2'],
      [minutes(1) + 1, 'rollout status deploy/web --watch=false'],
    ])
    expect(completed(once).at(-1)).toMatchObject({
      exitCode: 0,
      output: ['Waiting for deployment spec update to be observed...'],
    })
  })
  const never: ContainerBehavior = {
    ...DEFAULT_BEHAVIOR,
    run: { for: { constant: 10 }, exitCode: 1 },
  }
  const behavior = (image: string) => (image === 'web:2' ? never : DEFAULT_BEHAVIOR)
  it('fails with the progress deadline', () => {
    const played = typed(
      [
        [minutes(1), 'set image deploy/web web=web:2'],
        [minutes(1) + 1, 'rollout status deploy/web'],
      ],
      create({ progressDeadlineSeconds: 30, minReadySeconds: 5 }),
      behavior,
    )
    expect(completed(played).at(-1)?.exitCode).toBe(1)
    expect(output(played).at(-1)).toBe('error: deployment "web" exceeded its progress deadline')
  })
  it('gives up after its timeout', () => {
    const played = typed(
      [
        [minutes(1), 'set image deploy/web web=web:2'],
        [minutes(1) + 1, 'rollout status deploy/web --timeout=20s'],
      ],
      create({ minReadySeconds: 5 }),
      behavior,
    )
    expect(output(played).at(-1)).toBe('error: timed out waiting for the condition')
    const at = played.entries.filter(({ event }) => event.kind === 'KubectlCompleted').at(-1)!.at
    expect(at).toBe(minutes(1) + 1 + seconds(20))
  })
  it('tells when the Deployment goes', () => {
    const played = typed(
      [
        [minutes(1), 'set image deploy/web web=web:2'],
        [minutes(1) + 1, 'rollout status deploy/web'],
        [minutes(1) + 2, 'delete deploy/web'],
      ],
      create({ minReadySeconds: 5 }),
    )
    const status = completed(played).find(({ line }) => line.startsWith('rollout status'))
    expect(status).toMatchObject({ exitCode: 1 })
    expect(status?.output.at(-1)).toBe('error: object has been deleted')
  })
  it('of another revision is an error', () => {
    expect(output(typed([[minutes(1), 'rollout status deploy/web --revision=4']]))).toEqual([
      'error: desired revision (4) is different from the running revision (1)',
    ])
  })
})

import {
  ContainerStarted,
  ImagePullBackedOff,
  ImagePulled,
  ImagePullFailed,
  ImagePullStarted,
  nextRetry,
} from '@wavetank/cluster'
import { createDraw } from '@wavetank/kernel'
import { foldKubeEvents, formatKubeEvents } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { readScenario } from '../properties/random-scenario.ts'
import { NO_LATENCIES, pod, smallRun } from './small-run.ts'

/** Images as the kubelet gets them. Source: pkg/kubelet/images/image_manager.go; semantics 2.3. */

const withImage = (image: string, imagePullPolicy?: string, name = 'a') =>
  pod(name, { containers: [{ name: 'main', image, ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }) }] })

const seconds = (entries: readonly { readonly at: number }[]): readonly number[] => entries.map(({ at }) => at / 1_000)

/** Waiting reasons in the order in which the API server saw them. */
const reasons = (run: ReturnType<typeof smallRun>): readonly string[] =>
  run.entries.flatMap(({ event }) => {
    const { kind, containers } = event as { kind: string; containers?: readonly { waiting?: { reason: string } }[] }
    const reason = kind === 'PodStatusReported' ? containers?.[0]?.waiting?.reason : undefined
    return reason === undefined ? [] : [reason]
  })

/** `kubectl events` at the end of a run. */
const eventsOf = (file: object): string => {
  const fold = foldKubeEvents()
  const simulation = createSimulation(
    readScenario({
      apiVersion: 'wavetank.dev/v1alpha1',
      kind: 'Scenario',
      metadata: { name: 'small' },
      nodes: [{ name: 'n', count: 1, capacity: { cpu: '8', memory: '16Gi' } }],
      latencies: NO_LATENCIES,
      ...file,
    }),
    { onEntry: fold.apply },
  )
  while (simulation.advance(100_000) === undefined);
  return formatKubeEvents(fold.events(simulation.horizon), simulation.view, simulation.horizon)
}

const bad = { manifests: [withImage('example/missing:1')], images: { missing: ['example/missing:*'] } }

describe('an image that no registry has: pullImage, IsInBackOffSinceUpdate', () => {
  it('is pulled again 10, 20, 40, 80, 160, 300, 300 s after each failure, by the first retry after that', () => {
    const run = smallRun({ ...bad, duration: '30m' })
    const failed = seconds(run.of(ImagePullFailed))
    const waits = failed.slice(1).map((at, i) => at - failed[i]!)
    ;[10, 20, 40, 80, 160, 300, 300].forEach((least, i) => {
      expect(waits[i]).toBeGreaterThanOrEqual(least)
      // The failure is seen within a second, and retries come every 10 to 15 s at a tick of one.
      expect(waits[i]).toBeLessThanOrEqual(least + 17)
    })
    expect(run.of(ContainerStarted)).toEqual([])
    expect(run.view.pods.get('default/a')?.phase).toBe('Pending')
  })

  it('shows ErrImagePull first, ImagePullBackOff at the next look', () => {
    expect(reasons(smallRun({ ...bad, duration: '16s' }))).toEqual(['ErrImagePull', 'ImagePullBackOff'])
  })

  it('is told as the kubelet tells it', () => {
    expect(eventsOf({ ...bad, duration: '9s' })).toMatchInlineSnapshot(`
      "LAST SEEN   TYPE      REASON      OBJECT   MESSAGE
      8s          Normal    Scheduled   Pod/a    Successfully assigned default/a to n-1
      9s          Normal    Pulling     Pod/a    Pulling image "example/missing:1"
      9s          Warning   Failed      Pod/a    Failed to pull image "example/missing:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/example/missing:1": failed to resolve reference "docker.io/example/missing:1": docker.io/example/missing:1: not found
      9s          Warning   Failed      Pod/a    Error: ErrImagePull
      9s          Normal    BackOff     Pod/a    Back-off pulling image "example/missing:1"
      9s          Warning   Failed      Pod/a    Error: ImagePullBackOff
      "
    `)
  })

  it('counts the Events that it would have made while the log had nothing to say', () => {
    const run = smallRun({ ...bad, duration: '2m' })
    const draw = createDraw(1)
    let looks = 0
    for (const { at, event } of run.of(ImagePullBackedOff))
      for (let look = at; look < Math.min(event.until, 120_000); look = nextRetry(draw, 'default/a', look)) looks++
    const count = /x(\d+) over.*Back-off pulling/.exec(eventsOf({ ...bad, duration: '2m' }))?.[1]
    expect(Number(count)).toBe(looks)
    expect(looks).toBeGreaterThan(run.of(ImagePullBackedOff).length)
  })

  it('another container of the pod is started all the same, an init container holds up the rest', () => {
    const two = (spec: object) => smallRun({ ...bad, manifests: [pod('a', spec)], duration: '1m' })
    const missing = { name: 'missing', image: 'example/missing:1' }
    const good = { name: 'good', image: 'example/a:1' }
    expect(two({ containers: [missing, good] }).of(ContainerStarted)).toHaveLength(1)
    expect(two({ initContainers: [missing], containers: [good] }).of(ContainerStarted)).toEqual([])
  })
})

describe('pull policies: EnsureImageExists', () => {
  const again = (policy: string | undefined, image = 'example/a:1') =>
    smallRun({
      manifests: [withImage(image, policy)],
      behaviors: [{ run: { for: '5s', exitCode: 1 } }],
      duration: '1m',
    })

  it.each([
    ['IfNotPresent pulls what is not there, once', 'IfNotPresent', 1],
    ['Always asks the registry at every start', 'Always', 4],
    ['Never does not pull', 'Never', 0],
  ])('%s', (_, policy, pulls) => {
    const run = again(policy)
    expect(run.of(ImagePullStarted)).toHaveLength(pulls)
    expect(run.of(ImagePulled)).toHaveLength(pulls)
  })

  it('without a policy it is Always for latest, and for no tag at all', () => {
    expect(again(undefined, 'example/a').of(ImagePullStarted)).toHaveLength(4)
    expect(again(undefined, 'example/a:latest').of(ImagePullStarted)).toHaveLength(4)
    expect(again(undefined, 'example/a:1').of(ImagePullStarted)).toHaveLength(1)
  })

  it('Never starts from an image that is on the node', () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n' },
      status: {
        capacity: { cpu: '8', memory: '16Gi', pods: '110' },
        images: [{ names: ['example/a:1'], sizeBytes: 1_000 }],
      },
    }
    const run = smallRun({ nodes: [node], manifests: [withImage('example/a:1', 'Never')] })
    expect(run.of(ContainerStarted)).toHaveLength(1)
  })

  it('Never says what is missing, and goes on when another pod has brought it', () => {
    const never = withImage('example/a:1', 'Never')
    expect(eventsOf({ manifests: [never], duration: '5s' })).toMatchInlineSnapshot(`
      "LAST SEEN         TYPE      REASON              OBJECT   MESSAGE
      4s                Normal    Scheduled           Pod/a    Successfully assigned default/a to n-1
      5s (x2 over 5s)   Warning   ErrImageNeverPull   Pod/a    Container image "example/a:1" is not present with pull policy of Never
      5s (x2 over 5s)   Warning   Failed              Pod/a    Error: ErrImageNeverPull
      "
    `)
    const run = smallRun({
      manifests: [
        never,
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: { name: 'set' },
          spec: {
            replicas: 0,
            selector: { matchLabels: { app: 'set' } },
            template: {
              metadata: { labels: { app: 'set' } },
              spec: { containers: [{ name: 'main', image: 'example/a:1' }] },
            },
          },
        },
      ],
      timeline: [{ at: '2m', kubectl: 'scale rs set --replicas=1' }],
      duration: '5m',
    })
    const started = run.of(ContainerStarted).find(({ event }) => event.pod === 'default/a')?.at
    expect(started).toBeGreaterThan(120_000)
    expect(started).toBeLessThan(140_000)
  })
})

describe('a registry that is down', () => {
  const outage = (policy: string, spec: object = {}) =>
    smallRun({
      manifests: [withImage('ghcr.io/example/a:1', policy)],
      timeline: [
        { at: '1s', down: { registry: 'ghcr.io' } },
        { at: '5m', up: { registry: 'ghcr.io' } },
      ],
      duration: '20m',
      ...spec,
    })

  it('fails the pulls that are under way, and those after them until it is back', () => {
    const run = outage('IfNotPresent', { latencies: { ...NO_LATENCIES, imagePullOverhead: '30s' } })
    expect(run.of(ImagePullFailed)[0]?.at).toBe(1_000)
    expect(run.of(ContainerStarted)).toHaveLength(1)
    expect(run.of(ContainerStarted)[0]?.at).toBeGreaterThan(300_000)
  })

  it('does not touch what runs; a restart needs it with policy Always, and not with IfNotPresent', () => {
    const crash = {
      timeline: [{ at: '30s', down: { registry: 'ghcr.io' } }],
      behaviors: [{ run: { for: '40s', exitCode: 1 } }],
      duration: '5m',
    }
    expect(outage('IfNotPresent', crash).of(ContainerStarted).length).toBeGreaterThan(2)
    expect(outage('Always', crash).of(ContainerStarted)).toHaveLength(1)
  })

  it('is another than that of other images', () => {
    const run = outage('IfNotPresent', {
      manifests: [withImage('ghcr.io/example/a:1'), withImage('example/b:1', undefined, 'b')],
      duration: '1m',
    })
    expect(run.of(ImagePulled).map(({ event }) => event.pod)).toEqual(['default/b'])
  })
})

import {
  ContainerBackedOff,
  ContainerRefused,
  ContainerStarted,
  ContainerStartFailed,
  ImagePulled,
  ImagePullStarted,
  nextMount,
  PodDeleted,
  PodSandboxStarted,
  renderPod,
  VolumeMounted,
  VolumeMountFailed,
} from '@wavetank/cluster'
import { foldKubeEvents } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { readScenario } from '../properties/random-scenario.ts'
import { NO_LATENCIES, pod, smallRun } from './small-run.ts'

/** Containers that cannot be started as things are. Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, startContainer. */

const configMap = (name: string, data: object, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})
const secret = (name: string, data: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, data })
const container = (more: object) => ({ name: 'main', image: 'example/a:1', ...more })
const withContainer = (more: object, spec: object = {}) => pod('a', { containers: [container(more)], ...spec })

interface Said {
  readonly reason: string
  readonly message: string
  readonly count: number
}

/** Events about the pod `a` at the end of a run, and how often each was said. */
const said = (file: object): readonly Said[] => {
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
  return fold.events(simulation.horizon).map(({ reason, message, count = 1 }) => ({ reason, message, count }))
}

/** The state of its container as `kubectl get pod a -o yaml` shows it at the end. */
const stateOf = (run: ReturnType<typeof smallRun>): Record<string, { reason: string; message?: string }> => {
  const { status } = renderPod(run.view, run.view.pods.get('default/a')!) as never as {
    status: { containerStatuses: { state: Record<string, { reason: string; message?: string }> }[] }
  }
  return status.containerStatuses[0]!.state
}

describe('the environment of a container: kubelet_pods.go, makeEnvironmentVariables', () => {
  const reference = (kind: 'configMap' | 'secret', ref: object) => ({
    env: [{ name: 'LEVEL', valueFrom: { [`${kind}KeyRef`]: { name: 'settings', key: 'level', ...ref } } }],
  })
  const from = (kind: 'configMap' | 'secret', ref: object = {}) => ({
    envFrom: [{ [`${kind}Ref`]: { name: 'settings', ...ref } }],
  })
  const others = [configMap('settings', { other: '1' }), secret('settings', { other: 'MQ==' })]
  const all = [configMap('settings', { level: '1' }), secret('settings', { level: 'MQ==' })]
  const elsewhere = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    configMap('settings', {}, 'shop'),
  ]

  it.each([
    ['a ConfigMap that is not there', reference('configMap', {}), [], 'configmap "settings" not found'],
    ['a Secret that is not there', reference('secret', {}), [], 'secret "settings" not found'],
    [
      'a key that it lacks',
      reference('configMap', {}),
      others,
      "couldn't find key level in ConfigMap default/settings",
    ],
    ['a key of a Secret', reference('secret', {}), others, "couldn't find key level in Secret default/settings"],
    ['envFrom of a ConfigMap', from('configMap'), [], 'configmap "settings" not found'],
    ['envFrom of a Secret', from('secret'), [], 'secret "settings" not found'],
    ['one of another namespace', from('configMap'), elsewhere, 'configmap "settings" not found'],
    ['envFrom before env', { ...reference('secret', {}), ...from('configMap') }, [], 'configmap "settings" not found'],
    ['the kind that is missing', from('secret'), [configMap('settings', {})], 'secret "settings" not found'],
  ])('without %s it is not made', (_, spec, objects, message) => {
    const run = smallRun({ manifests: [withContainer(spec), ...objects], duration: '1m' })
    expect(run.of(ContainerStarted)).toEqual([])
    expect(stateOf(run)).toEqual({ waiting: { reason: 'CreateContainerConfigError', message } })
    expect(run.view.pods.get('default/a')?.phase).toBe('Pending')
  })

  it.each([
    [
      'optional, and not there',
      { ...reference('configMap', { optional: true }), ...from('secret', { optional: true }) },
      [],
    ],
    ['optional, without the key', reference('secret', { optional: true }), others],
    ['there', { ...reference('configMap', {}), ...from('secret') }, all],
    ['there, without any of its keys asked for', from('configMap'), others],
    ['written as stringData', reference('secret', {}), [{ ...secret('settings', {}), stringData: { level: '1' } }]],
  ])('what is %s does not matter', (_, spec, objects) => {
    expect(
      smallRun({ manifests: [withContainer(spec), ...objects], duration: '1m' }).of(ContainerStarted),
    ).toHaveLength(1)
  })

  it('binary data are no environment', () => {
    const binary = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      binaryData: { level: 'MQ==' },
    }
    expect(
      smallRun({ manifests: [withContainer(reference('configMap', {})), binary], duration: '1m' }).of(ContainerStarted),
    ).toEqual([])
  })

  it('is asked for again every 10 to 15 s, without a back-off, and found when it has been made', () => {
    const run = smallRun({
      manifests: [withContainer(reference('configMap', {}))],
      files: { 'settings.yaml': configMap('settings', { level: '1' }) },
      timeline: [{ at: '5m', kubectl: 'apply -f settings.yaml' }],
      duration: '10m',
    })
    expect(run.of(ContainerRefused).map(({ at }) => at)).toHaveLength(2)
    const [started] = run.of(ContainerStarted)
    expect(started?.at).toBeGreaterThan(300_000)
    expect(started?.at).toBeLessThanOrEqual(315_000)
  })

  it('is told as the kubelet tells it, its image being there at each look', () => {
    const events = said({ manifests: [withContainer(reference('configMap', {}))], duration: '62s' })
    const failed = events.find(({ reason }) => reason === 'Failed')
    const again = events.find(({ message }) => message.includes('already present'))
    expect(failed?.message).toBe('Error: configmap "settings" not found')
    // The first look pulls the image, a second one follows the sandbox, the others are 10 to 15 s apart.
    expect(failed?.count).toBeGreaterThanOrEqual(5)
    expect(failed?.count).toBeLessThanOrEqual(8)
    expect(again?.count).toBe(failed!.count - 1)
  })

  it('another ConfigMap than the one that was made is said next', () => {
    const two = { envFrom: [{ configMapRef: { name: 'one' } }, { configMapRef: { name: 'two' } }] }
    const run = smallRun({
      manifests: [withContainer(two)],
      files: { 'one.yaml': configMap('one', {}), 'two.yaml': configMap('two', {}) },
      timeline: [
        { at: '1m', kubectl: 'apply -f one.yaml' },
        { at: '2m', kubectl: 'apply -f two.yaml' },
      ],
      duration: '3m',
    })
    expect([...new Set(run.of(ContainerRefused).map(({ event }) => event.object))]).toEqual([
      'ConfigMap/default/one',
      'ConfigMap/default/two',
    ])
    expect(run.of(ContainerStarted)[0]?.at).toBeGreaterThan(120_000)
  })

  it('with policy Always the image is asked for at every look', () => {
    const run = smallRun({
      manifests: [withContainer({ ...from('configMap'), imagePullPolicy: 'Always' })],
      duration: '2m',
    })
    const looks = run.of(ContainerRefused).length
    expect(looks).toBeGreaterThan(7)
    expect(run.of(ImagePullStarted)).toHaveLength(looks)
    expect(run.of(ImagePulled)).toHaveLength(looks)
  })

  it('does not hold up the containers after it, an init container does', () => {
    const two = (spec: object) => smallRun({ manifests: [pod('a', spec)], duration: '1m' })
    const bad = { ...container(from('configMap')), name: 'bad' }
    expect(two({ containers: [bad, container({})] }).of(ContainerStarted)).toHaveLength(1)
    expect(two({ initContainers: [bad], containers: [container({})] }).of(ContainerStarted)).toEqual([])
  })

  it('a container that has run before is told of CrashLoopBackOff in between: each try counts for the back-off', () => {
    const run = smallRun({
      manifests: [withContainer(from('configMap')), configMap('settings', {})],
      behaviors: [{ run: { for: '2m', exitCode: 1 } }],
      timeline: [{ at: '1m', kubectl: 'delete configmap settings' }],
      duration: '20m',
    })
    expect(run.of(ContainerStarted)).toHaveLength(1)
    const refused = run.of(ContainerRefused).map(({ event }) => event.backoffMillis)
    expect(refused.slice(0, 4)).toEqual([10_000, 20_000, 40_000, 80_000])
    expect(run.of(ContainerBackedOff).length).toBeGreaterThan(2)
  })
})

describe('volumes: volumemanager/reconciler, exponentialbackoff.go, volume/configmap, volume/secret, volume/projected', () => {
  const volume = (source: object) => pod('a', { containers: [container({})], volumes: [{ name: 'config', ...source }] })
  const item = (key: string) => ({ items: [{ key, path: key }] })
  const projected = (...sources: readonly object[]) => ({ projected: { sources } })

  it.each([
    ['a ConfigMap', { configMap: { name: 'settings' } }, [], 'configmap "settings" not found'],
    ['a Secret', { secret: { secretName: 'settings' } }, [], 'secret "settings" not found'],
    [
      'a key of a ConfigMap',
      { configMap: { name: 'settings', ...item('level') } },
      [configMap('settings', {})],
      'configmap references non-existent config key: level',
    ],
    [
      'a key of a Secret',
      { secret: { secretName: 'settings', ...item('level') } },
      [secret('settings', {})],
      'references non-existent secret key: level',
    ],
    ['a projected source', projected({ secret: { name: 'settings' } }), [], 'secret "settings" not found'],
    [
      'two projected sources',
      projected({ secret: { name: 'one' } }, { configMap: { name: 'two' } }),
      [],
      '[secret "one" not found, configmap "two" not found]',
    ],
  ])('without %s its pod stays ContainerCreating', (_, source, objects, message) => {
    const run = smallRun({ manifests: [volume(source), ...objects], duration: '5m' })
    expect(run.of(VolumeMountFailed).map(({ event }) => event.message)).toEqual([message])
    expect(run.of(PodSandboxStarted)).toEqual([])
    expect(stateOf(run)).toEqual({ waiting: { reason: 'ContainerCreating' } })
  })

  it.each([
    ['optional', { configMap: { name: 'settings', optional: true } }, []],
    [
      'optional in its key',
      { secret: { secretName: 'settings', ...item('level'), optional: true } },
      [secret('settings', {})],
    ],
    ['there', { configMap: { name: 'settings', ...item('level') } }, [configMap('settings', { level: '1' })]],
    [
      'there as binary data',
      { configMap: { name: 'settings', ...item('level') } },
      [{ ...configMap('settings', {}), binaryData: { level: 'MQ==' } }],
    ],
    ['in every namespace', projected({ configMap: { name: 'kube-root-ca.crt' } }), []],
    ['no ConfigMap at all', { emptyDir: {} }, []],
  ])('what is %s is mounted', (_, source, objects) => {
    const run = smallRun({ manifests: [volume(source), ...objects], duration: '1m' })
    expect(run.of(VolumeMountFailed)).toEqual([])
    expect(run.of(ContainerStarted)).toHaveLength(1)
  })

  it('are tried again 0.5, 1, 2, 4 … 64, 122, 122 s after each failure', () => {
    const tries = [0]
    while (tries.length < 13) tries.push(nextMount(0, tries[tries.length - 1]!))
    const waits = tries.slice(1).map((at, i) => (at - tries[i]! - 100) / 1_000)
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 32, 64, 122, 122, 122, 122])
    // The failed tries as the kubelet counts them in the Event: at 0, 0.6, 1.7, 3.8, 7.9, 16 and 32.1 s.
    const [event] = said({ manifests: [volume({ configMap: { name: 'settings' } })], duration: '60s' }).filter(
      ({ reason }) => reason === 'FailedMount',
    )
    expect(event).toEqual({
      reason: 'FailedMount',
      message: 'MountVolume.SetUp failed for volume "config" : configmap "settings" not found',
      count: 7,
    })
  })

  const later = (at: string, more: object = {}) =>
    smallRun({
      manifests: [volume({ configMap: { name: 'settings' } })],
      files: { 'settings.yaml': configMap('settings', {}) },
      timeline: [{ at, kubectl: 'apply -f settings.yaml' }],
      duration: '10m',
      ...more,
    })

  /** The pod arrives a millisecond after the start. */
  const tenths = (entries: readonly { readonly at: number }[]) => entries.map(({ at }) => Math.floor(at / 100))

  it('come up at the next try once the object has been made', () => {
    // Of the tries at 16, 32.1 and 64.2 s the last one is the first that sees it.
    const run = later('40s')
    expect(tenths(run.of(VolumeMounted))).toEqual([642])
    expect(tenths(run.of(PodSandboxStarted))).toEqual([642])
    expect(run.of(ContainerStarted)).toHaveLength(1)
  })

  it('the worker, which gives up after 2 m 3 s, sees them when it looks again 10 to 15 s later', () => {
    // The try at 128.3 s fails; those after it are 122.1 s apart: 250.4 s lies in the second wait, 123 + 10…15 + 123.
    const run = later('130s')
    expect([tenths(run.of(VolumeMounted)), tenths(run.of(PodSandboxStarted))]).toEqual([[2_504], [2_504]])
    // 372.5 s may lie between two waits; what counts is that the worker is never ahead of the mount.
    const slow = later('260s')
    expect(tenths(slow.of(VolumeMounted))).toEqual([3_725])
    expect(slow.of(PodSandboxStarted)[0]!.at).toBeGreaterThanOrEqual(372_500)
    expect(slow.of(PodSandboxStarted)[0]!.at).toBeLessThan(388_000)
  })

  it('a pod that waits for them can be deleted', () => {
    const run = later('5m', { timeline: [{ at: '1m', kubectl: 'delete pod a' }] })
    expect(run.of(PodDeleted)[0]?.at).toBeLessThan(63_000)
  })

  it('a kubelet that is cut off sees the object when it is back', () => {
    const run = later('2m', {
      timeline: [
        { at: '1m', partition: { node: 'n-1', for: '4m' } },
        { at: '2m', kubectl: 'apply -f settings.yaml' },
      ],
      duration: '15m',
    })
    expect(run.of(VolumeMounted)[0]?.at).toBeGreaterThan(300_000)
    expect(run.of(ContainerStarted)).toHaveLength(1)
  })

  it('a kubelet that starts again begins anew', () => {
    const run = later('5m', { timeline: [{ at: '100s', stopKubelet: { node: 'n-1', for: '20s' } }] })
    expect(new Set(run.of(VolumeMountFailed).map(({ event }) => Math.floor(event.since / 60_000)))).toEqual(
      new Set([0, 2]),
    )
  })
})

describe('dumps: what `kubectl get all` leaves out is taken to be there', () => {
  const dumped = (...objects: readonly object[]) =>
    smallRun({
      manifests: [
        {
          ...(withContainer({
            envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'token' } }],
          }) as object),
          metadata: { name: 'a', uid: 'u-1' },
        },
        ...objects,
      ],
      duration: '1m',
    })

  it('unless the dump has some of its kind', () => {
    expect(dumped().of(ContainerStarted)).toHaveLength(1)
    const run = dumped(secret('other', {}))
    expect(stateOf(run)).toEqual({
      waiting: { reason: 'CreateContainerConfigError', message: 'secret "token" not found' },
    })
  })
})

describe('runAsNonRoot: security_context.go, verifyRunAsNonRoot', () => {
  const run = (ofPod: object, own: object, root: readonly string[] = ['example/*']) =>
    smallRun({
      manifests: [withContainer({ securityContext: own }, { securityContext: ofPod })],
      images: { root },
      duration: '1m',
    })
  const asked = { runAsNonRoot: true }

  it.each([
    [
      'of the pod',
      asked,
      {},
      ['example/*'],
      /^container has runAsNonRoot and image will run as root \(pod: "a_default\(.+\)", container: main\)$/,
    ],
    ['of the container', {}, asked, ['example/*'], /^container has runAsNonRoot/],
    ['the container’s before the pod’s', asked, { runAsNonRoot: false }, ['example/*'], undefined],
    ['an image that has a user', asked, {}, ['other/*'], undefined],
    ['a user in the manifest', asked, { runAsUser: 1000 }, ['example/*'], undefined],
    ['root in the manifest', asked, { runAsUser: 0 }, [], /^container's runAsUser breaks non-root policy/],
    ['nobody asked', {}, { runAsUser: 0 }, ['example/*'], undefined],
  ])('%s', (_, ofPod, own, root, message) => {
    const result = run(ofPod, own, root)
    if (message === undefined) expect(result.of(ContainerStarted)).toHaveLength(1)
    else {
      expect(stateOf(result).waiting?.reason).toBe('CreateContainerConfigError')
      expect(stateOf(result).waiting?.message).toMatch(message)
    }
  })
})

describe('InvalidImageName: image_manager.go, applyDefaultImageTag', () => {
  it.each([
    ['example/a:', 'invalid reference format'],
    ['example//a', 'invalid reference format'],
    ['Example', 'invalid reference format: repository name (library/Example) must be lowercase'],
    ['example/A:1', 'invalid reference format: repository name (example/A) must be lowercase'],
    ['example/a:1:2', 'invalid reference format'],
    ['example/a@sha256:12', 'invalid reference format'],
  ])('%s', (image, problem) => {
    const run = smallRun({ manifests: [withContainer({ image })], duration: '30s' })
    expect(stateOf(run)).toEqual({
      waiting: {
        reason: 'InvalidImageName',
        message: `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${problem}`,
      },
    })
    expect(run.of(ImagePullStarted)).toEqual([])
  })

  it.each(['nginx', 'nginx:1.27', 'ghcr.io/a/b_c/d-e:v1.0', 'localhost:5000/a', `a@sha256:${'0'.repeat(64)}`])(
    '%s can be asked for',
    (image) => {
      expect(smallRun({ manifests: [withContainer({ image })], duration: '30s' }).of(ContainerStarted)).toHaveLength(1)
    },
  )

  it('is told twice at each look', () => {
    const events = said({ manifests: [withContainer({ image: 'example/A' })], duration: '9s' })
    expect(events.map(({ reason, message }) => `${reason} ${message}`).slice(-2)).toEqual([
      'InspectFailed Failed to apply default image tag "example/A": couldn\'t parse image name "example/A": invalid reference format: repository name (example/A) must be lowercase',
      'Failed Error: InvalidImageName',
    ])
  })
})

describe('what the runtime refuses', () => {
  const message = 'exec: "serve": executable file not found in $PATH'
  const run = (startError: object, spec: object = {}, duration = '10m') =>
    smallRun({ manifests: [withContainer({}, spec)], behaviors: [{ startError }], duration })

  it('RunContainerError first, then CrashLoopBackOff of 10, 20, 40 … s: containerd errorStartExitCode, doBackOff', () => {
    const result = run({ message })
    const failed = result.of(ContainerStartFailed)
    const waits = failed.slice(1).map(({ at }, i) => (at - failed[i]!.at) / 1_000)
    ;[0, 10, 20, 40, 80, 160].forEach((least, i) => {
      expect(waits[i]).toBeGreaterThanOrEqual(least)
      expect(waits[i]).toBeLessThanOrEqual(least + 16)
    })
    expect(failed.map(({ event }) => event.restart).slice(0, 3)).toEqual([0, 1, 2])
    const reasons = result.entries.flatMap(({ event }) => {
      const { kind, containers } = event as { kind: string; containers?: { waiting?: { reason: string } }[] }
      return kind === 'PodStatusReported' ? [containers?.[0]?.waiting?.reason] : []
    })
    expect(reasons.slice(0, 3)).toEqual(['RunContainerError', 'RunContainerError', 'CrashLoopBackOff'])
  })

  it('its last state says 128, StartError, never started', () => {
    const result = run({ message }, {}, '30s')
    const { status } = renderPod(result.view, result.view.pods.get('default/a')!) as never as {
      status: { containerStatuses: { restartCount: number; lastState: { terminated: object } }[] }
    }
    expect(status.containerStatuses[0]!.lastState.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message,
      startedAt: '1970-01-01T00:00:00Z',
    })
  })

  it.each([
    ['Never', 'Failed', 1],
    ['OnFailure', 'Running', 2],
  ])('under %s the pod is %s', (restartPolicy, phase, least) => {
    const result = run({ message }, { restartPolicy }, '30s')
    expect(result.of(ContainerStartFailed).length).toBeGreaterThanOrEqual(least)
    expect(result.view.pods.get('default/a')?.phase).toBe(phase)
    if (phase === 'Failed')
      expect(stateOf(result)).toMatchObject({ terminated: { exitCode: 128, reason: 'StartError' } })
  })

  it('CreateContainerError is tried every 10 to 15 s and counts no restarts: nothing was made', () => {
    const result = run({ reason: 'CreateContainerError', message: 'context deadline exceeded' }, {}, '5m')
    expect(result.of(ContainerStartFailed)).toEqual([])
    expect(stateOf(result)).toEqual({
      waiting: { reason: 'CreateContainerError', message: 'context deadline exceeded' },
    })
    expect(result.view.pods.get('default/a')?.containers[0]?.restartCount).toBe(0)
    const events = said({
      manifests: [withContainer({})],
      behaviors: [{ startError: { reason: 'CreateContainerError', message: 'context deadline exceeded' } }],
      duration: '2m',
    })
    const failed = events.find(({ reason }) => reason === 'Failed')
    expect(failed?.message).toBe('Error: context deadline exceeded')
    expect(failed?.count).toBeGreaterThanOrEqual(8)
    expect(failed?.count).toBeLessThanOrEqual(13)
  })

  it('a container beside it runs', () => {
    const result = smallRun({
      manifests: [pod('a', { containers: [container({}), { name: 'good', image: 'example/b:1' }] })],
      behaviors: [{ match: { container: 'main' }, startError: { message } }],
      duration: '1m',
    })
    expect(result.of(ContainerStarted).map(({ event }) => event.container)).toEqual(['good'])
  })
})

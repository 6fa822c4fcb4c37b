import { foldedKinds } from '@wavetank/cluster'
import { controllers } from '@wavetank/controllers'
import { describe, expect, it } from 'vitest'
import { catalogue } from 'wavetank'
import { importsOf, linesWith, packages, sources, withoutComments } from './source.ts'

/** Which packages may import which, as docs/architecture.md draws it: what an arrow leads to, and all beyond it. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  cluster: ['kernel'],
  controllers: ['cluster', 'kernel'],
  scenario: ['cluster', 'kernel'],
  report: ['cluster', 'kernel'],
  'report-page': ['study', 'export', 'wavetank', 'controllers', 'scenario', 'report', 'cluster', 'kernel'],
  testkit: ['cluster', 'kernel'],
  wavetank: ['controllers', 'scenario', 'report', 'cluster', 'kernel'],
  export: ['wavetank', 'controllers', 'scenario', 'report', 'cluster', 'kernel'],
  study: ['export', 'wavetank', 'controllers', 'scenario', 'report', 'cluster', 'kernel'],
  cli: ['study', 'export', 'wavetank', 'controllers', 'scenario', 'report-page', 'report', 'cluster', 'kernel'],
}

const packageOf = (target: string): string | undefined =>
  target === 'wavetank' || target.startsWith('wavetank/')
    ? 'wavetank'
    : (/^@wavetank\/([^/]+)/.exec(target)?.[1] ?? /^packages\/([^/]+)\//.exec(target)?.[1])

describe('packages', () => {
  it('are those of the architecture', () => {
    expect(packages).toEqual(Object.keys(ARROWS).sort())
    expect(sources.length).toBeGreaterThan(300)
  })

  it.each(Object.entries(ARROWS))('%s imports only what its arrow leads to: %j', (name, allowed) => {
    const wrong = sources
      .filter((source) => source.package === name)
      .flatMap((source) =>
        importsOf(source).flatMap((target) => {
          const other = packageOf(target)
          return other === undefined || other === name || allowed.includes(other) ? [] : [`${source.path} → ${target}`]
        }),
      )
    expect(wrong).toEqual([])
  })

  it('are imported by name from outside, file by file from inside, and never by their own index', () => {
    const wrong = sources.flatMap((source) =>
      importsOf(source)
        .filter((target) => {
          const isPath = target.startsWith('packages/')
          if (isPath) return packageOf(target) !== source.package || /^packages\/[^/]+\/src\/index\.ts$/.test(target)
          return packageOf(target) === source.package
        })
        .map((target) => `${source.path} → ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('name what they import among their dependencies, files with their ending', () => {
    const wrong = sources.flatMap((source) =>
      importsOf(source)
        .filter((target) => target.startsWith('packages/') && !/\.(ts|json)$|\?bundle$/.test(target))
        .map((target) => `${source.path} → ${target}`),
    )
    expect(wrong).toEqual([])
  })
})

/** Packages whose code decides what a run comes to, or what is said about it. */
const SIMULATION = ['kernel', 'cluster', 'controllers', 'scenario', 'report', 'report-page', 'export', 'wavetank']
/** What is measured, and what is made of it; engines and journals have a clock and threads. */
const OF_STUDIES = /^packages\/study\/src\/(file|measures|statistics|results)\//
const simulation = sources.filter(({ package: name, path }) => SIMULATION.includes(name) || OF_STUDIES.test(path))

/** Files that may look around all the same, each with its reason. */
const MAY_LOOK_AROUND: Readonly<Record<string, string>> = {
  'packages/wavetank/src/time-zone.ts': 'whether a name is a time zone at all, asked once while a scenario is read',
}

describe('a run depends on its scenario and its seed alone', () => {
  it.each([
    ['clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\)|\bperformance\.now\b|\bprocess\.(hrtime|uptime)\b/],
    ['source of randomness', /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b/],
    [
      'locale or time zone',
      /\bIntl\b|\.toLocale\w*\(|\.localeCompare\(|\.normalize\(|\.get(FullYear|Month|Date|Day|Hours|Minutes|TimezoneOffset)\(/,
    ],
    ['surroundings', /\bprocess\.(env|argv|cwd|platform|memoryUsage)\b|\bnavigator\b|from 'node:os'/],
    // Their last digits are the engine's choice; square roots and what is whole are exact.
    [
      'arithmetic of the engine',
      /\bMath\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot)\b/,
    ],
    ['timer of the machine', /\bset(Timeout|Interval|Immediate)\(|\bqueueMicrotask\(/],
  ])('no ambient %s', (_, pattern) => {
    expect(
      linesWith(
        pattern,
        simulation.filter(({ path }) => MAY_LOOK_AROUND[path] === undefined),
      ),
    ).toEqual([])
  })

  it('what may look around still does', () => {
    const paths = new Set(sources.map(({ path }) => path))
    expect(Object.keys(MAY_LOOK_AROUND).filter((path) => !paths.has(path))).toEqual([])
  })

  it('finds what it looks for', () => {
    expect(withoutComments("a // Date.now\n/* b */ 'http://x' // y")).toBe("a \n 'http://x' ")
    const source = { package: 'kernel', path: 'a.ts', text: '', code: 'x\nconst a = Math.random()' }
    expect(linesWith(/\bMath\.random\b/, [source])).toEqual(['a.ts:2 const a = Math.random()'])
  })
})

describe('the kernel', () => {
  it('has no Kubernetes word in its code', () => {
    const words =
      /kube|k8s|\bpods?\b|\bPod[A-Z]|replica|deployment|daemon|namespace|container|taint|\bcluster\b|manifest|scheduler/i
    expect(
      linesWith(
        words,
        sources.filter((source) => source.package === 'kernel'),
      ),
    ).toEqual([])
  })
})

/** Facts that change no state: they are there to be read. */
const WRITES_NOTHING: Readonly<Record<string, string>> = {
  DeploymentReplicaSetRefused: 'Kubernetes records an Event of it',
  DeploymentRollbackRefused: 'Kubernetes records an Event of it',
  DeploymentRolledBack: 'Kubernetes records an Event of it; the new template is an event of its own',
  DeploymentSelectsAll: 'Kubernetes records an Event of it',
  DeploymentStalled: 'says what a rollout waits for; the condition is an event of its own',
  DisruptionIgnored: 'says why nothing happened',
  ExpectationFailed: 'a verdict, read from the log',
  ExpectationMet: 'a verdict, read from the log',
  FailureSkipped: 'says why nothing happened',
  NodeDrainBlocked: 'says what a drain waits for',
  PodDisruptionBudgetFoundUnmanagedPods: 'Kubernetes records an Event of it',
  PodDisruptionBudgetMatchedNothing: 'Kubernetes records an Event of it',
  PodDisruptionOverdue: 'Kubernetes records an Event of it; the new status is an event of its own',
  PodInSeveralBudgets: 'Kubernetes records an Event of it',
  OutageIgnored: 'says why nothing happened',
  SucceededDaemonPodFound: 'Kubernetes records an Event of it',
  VolumeBindingTimedOut: 'says why a scheduling attempt failed',
}

describe('what is registered', () => {
  const events = [...catalogue.values()]

  it.each(controllers.map((controller) => [controller.name, controller] as const))('%s is documented', (_, one) => {
    expect(one.doc).toMatch(/^[A-Z].+[.)]$/s)
    for (const [name, flag] of Object.entries(one.flags)) expect(`${name}: ${flag.doc}`).toMatch(/: \S.+\.$/s)
  })

  it('every controller is named once, and so is every event', () => {
    const names = controllers.map(({ name }) => name)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    const own = controllers.flatMap((controller) => controller.events.map(({ kind }) => kind))
    expect(own.filter((kind, i) => own.indexOf(kind) !== i)).toEqual([])
  })

  it('every event is documented, one sentence at least', () => {
    const wrong = events.filter(({ doc }) => !/^[A-Z`].{10,}\.$/s.test(doc)).map(({ kind, doc }) => `${kind}: ${doc}`)
    expect(wrong).toEqual([])
  })

  it('every event is written down by a fold, or wakes somebody up, or is declared to be only read', () => {
    const folded = new Set([...foldedKinds, ...controllers.flatMap((one) => Object.keys(one.own?.apply ?? {}))])
    const isWakeUp = (kind: string): boolean => kind.endsWith('Due')
    const lost = events.map(({ kind }) => kind).filter((kind) => !folded.has(kind) && !isWakeUp(kind))
    expect(lost.sort()).toEqual(Object.keys(WRITES_NOTHING).sort())
  })

  it('every fold and every reaction is about an event that there is', () => {
    const known = new Set(events.map(({ kind }) => kind))
    const named = [
      ...foldedKinds,
      ...controllers.flatMap((one) => [...Object.keys(one.own?.apply ?? {}), ...Object.keys(one.on)]),
    ]
    expect(named.filter((kind) => !known.has(kind))).toEqual([])
  })

  it('every wake-up wakes somebody', () => {
    const heard = new Set(controllers.flatMap((one) => [...Object.keys(one.on), ...Object.keys(one.own?.apply ?? {})]))
    const unheard = events.map(({ kind }) => kind).filter((kind) => kind.endsWith('Due') && !heard.has(kind))
    // The run itself looks at the edges of expectations.
    expect(unheard).toEqual(['ExpectationDue'])
  })
})

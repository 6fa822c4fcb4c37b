import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import type { ClusterController } from '@wavetank/cluster'
import type { KubeEventComponent } from '@wavetank/report'
import { code, flagRows } from './controllers-page.ts'
import { GENERATED, table } from './document.ts'

const ROOT = join(import.meta.dirname, '../../..')
const CODE = 'packages/controllers/src'

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** The folder of each controller, in the order of the registry. */
export const controllerFolders = (): readonly string[] => {
  const registry = textOf(`${CODE}/registry.ts`)
  const folders = new Map(
    [...registry.matchAll(/import \{ ([^}]+) \} from '\.\/([^/]+)\//g)].flatMap(([, names, folder]) =>
      names!.split(',').map((name) => [name.trim(), folder!] as const),
    ),
  )
  const [, list = ''] = /controllers: readonly ClusterController\[\] = \[([^\]]+)\]/.exec(registry) ?? []
  return [...list.matchAll(/\w+/g)].map(([name]) => folders.get(name)!)
}

/** The files of a folder and what they import from their own package, without tests. */
const filesOf = (folder: string): readonly string[] => {
  const found = new Set<string>()
  const visit = (path: string): void => {
    if (found.has(path)) return
    found.add(path)
    for (const [, target] of textOf(path).matchAll(/from '(\.[^']+\.ts)'/g))
      visit(normalize(join(dirname(path), target!)))
  }
  for (const name of readdirSync(join(ROOT, CODE, folder)))
    if (name.endsWith('.ts') && !/test/.test(name)) visit(`${CODE}/${folder}/${name}`)
  // What is shared (latencies, rates, what a plugin of the scheduler is) says where it comes from at its own place.
  return [...found].filter((path) => path.split('/').length > 4).sort()
}

interface Rule {
  readonly text: string
  readonly source: string
  readonly path: string
}

/** What the comments of a file say comes from Kubernetes: `Source: deployment_util.go, MaxSurge.` */
const rulesIn = (path: string): readonly Rule[] =>
  [...textOf(path).matchAll(/\/\*\*([\s\S]*?)\*\/\s*(?:export )?(?:const (\w+))?/g)].flatMap(([, comment, name]) => {
    const text = comment!
      .split('\n')
      .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
      // A picture needs its own lines.
      .filter((line) => !line.includes('──'))
      .join('\n')
    const [, before = '', source] = /^([\s\S]*?)\(?Sources?: ([\s\S]*?)(?:\.\)?\s*(?:\n|$)|$)/.exec(text) ?? []
    if (source === undefined) return []
    const said = before
      .replace(/^@\w+.*$/gm, '')
      .replaceAll(/\s+/g, ' ')
      .trim()
    return [
      {
        text: said === '' ? `\`${name ?? path.slice(path.lastIndexOf('/') + 1)}\`` : said,
        source: source.replaceAll(/\s+/g, ' ').trim(),
        path,
      },
    ]
  })

/** The section of docs/fidelity.md that each controller belongs to. */
const FIDELITY: Readonly<Record<string, string>> = {
  disruption: 'Disruption budgets',
  disruptions: 'Node lifecycle',
  deployment: 'Deployment',
  'replication-controller': 'ReplicationController and ReplicaSet',
  'replica-set': 'ReplicationController and ReplicaSet',
  'daemon-set': 'DaemonSet',
  'cron-job': 'Job and CronJob',
  job: 'Job and CronJob',
  'ttl-after-finished': 'Job and CronJob',
  'stateful-set': 'StatefulSet',
  'endpoint-slice': 'Services',
  'persistent-volume': 'Volumes',
  'storage-protection': 'Volumes',
  'kube-scheduler': 'Scheduler',
  kubelet: 'Kubelet',
  'node-lifecycle': 'Node lifecycle',
  'taint-eviction': 'Taint eviction',
  'pod-garbage-collector': 'Pod garbage collection',
  'garbage-collector': 'Garbage collector',
  namespace: 'Namespaces',
  'control-plane': 'Control plane',
  upgrades: 'Node lifecycle',
  kubectl: 'kubectl',
}

/** A link, not a copy: that page is written by hand, and would make this one stale with every word. */
const fidelityOf = (folder: string): string => {
  const title = FIDELITY[folder]
  if (title === undefined) return ''
  if (!textOf('docs/fidelity.md').includes(`\n## ${title}\n`))
    throw new Error(`docs/fidelity.md has no section ${title}`)
  const anchor = title.toLowerCase().replaceAll(' ', '-')
  return `## How faithful\n\nWhat is simplified, what is missing, and which tests show it: [${title}](../../fidelity.md#${anchor}).\n`
}

const parts = (controller: ClusterController, components: readonly KubeEventComponent[]): readonly string[] => {
  const { name, doc, component, flags, on, events } = controller
  const records = components.filter((other) => other.component === name).flatMap(({ create }) => Object.keys(create()))
  return [
    `# ${name}`,
    `${doc} Part of ${component}.`,
    ...(Object.keys(flags).length > 0
      ? [`## Flags\n\n${table(['flag', 'type', 'default', ''], flagRows(flags))}`]
      : []),
    `## What it watches\n\n${code(Object.keys(on))}.`,
    ...(events.length > 0
      ? [
          `## Its events\n\n${table(
            ['event', ''],
            events.map(({ kind, doc: said }) => [`[\`${kind}\`](../events.md#${kind.toLowerCase()})`, said]),
          )}`,
        ]
      : []),
    ...(records.length > 0 ? [`It records Kubernetes' own Events about ${code([...new Set(records)])}.`] : []),
  ]
}

/** docs/reference/controllers/<folder>.md: several controllers, if they share the folder. */
export const controllerPage = (
  folder: string,
  controllers: readonly ClusterController[],
  components: readonly KubeEventComponent[],
): string => {
  const rules = filesOf(folder).flatMap(rulesIn)
  const rows = rules.map(({ text, source, path }) => [
    text,
    source,
    `[${path.slice(CODE.length + 1)}](../../../${path})`,
  ])
  return `${[
    GENERATED.trimEnd(),
    ...controllers.flatMap((controller) => parts(controller, components)),
    ...(rows.length > 0
      ? [
          `## Rules\n\nAs its code says them, with the place in Kubernetes that each comes from.\n\n${table(['rule', 'source', 'code'], rows)}`,
        ]
      : []),
    fidelityOf(folder),
  ]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n\n')}\n`
}

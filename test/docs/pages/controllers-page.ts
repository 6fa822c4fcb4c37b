import type { ClusterController, Component, Flag } from '@wavetank/cluster'
import { type FlagCatalog, formatDuration } from '@wavetank/scenario'
import { GENERATED, table } from './document.ts'

const defaultText = (flag: Flag): string =>
  flag.type === 'duration'
    ? formatDuration(flag.default as never)
    : typeof flag.default === 'object'
      ? JSON.stringify(flag.default)
      : String(flag.default)

export const flagRows = (flags: Readonly<Record<string, Flag>>): readonly (readonly string[])[] =>
  Object.entries(flags).map(([name, flag]) => [`\`${name}\``, flag.type, `\`${defaultText(flag)}\``, flag.doc])

export const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

const section = (controller: ClusterController, folder: string): string => {
  const flags = Object.keys(controller.flags)
  const parts = [
    `### ${controller.name}`,
    `${controller.doc} Part of ${controller.component}. [Its page](controllers/${folder}.md).`,
    ...(flags.length > 0 ? [`Flags: ${code(flags)}.`] : []),
    `Wakes on: ${code(Object.keys(controller.on))}.`,
    ...(controller.events.length > 0 ? [`Events of its own: ${code(controller.events.map(({ kind }) => kind))}.`] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

/** docs/reference/controllers.md */
export const controllersPage = (
  controllers: readonly ClusterController[],
  folders: readonly string[],
  catalog: FlagCatalog,
): string => {
  const components = Object.keys(catalog).filter((component) => Object.keys(catalog[component]!).length > 0)
  return `${GENERATED}
# Controllers and their flags

## Flags

A scenario sets them under \`flags\`, by component, with the names that Kubernetes gives them:

\`\`\`yaml
flags:
  kube-controller-manager:
    node-monitor-grace-period: 30s
\`\`\`

${components
  .map((component) => {
    const rows = table(['flag', 'type', 'default', ''], flagRows(catalog[component as Component]!))
    return `### Flags of ${component}\n\n${rows}`
  })
  .join('\n')}
## Controllers

In the order in which they react to one entry. What each does and where it differs from Kubernetes:
[fidelity](../fidelity.md). The events: [events](events.md).

${controllers.map((controller, index) => section(controller, folders[index]!)).join('\n')}`
}

import { describeContainer } from './containers.ts'
import { annotations, indent, type Json, list, NONE, pairs, record, text } from './parts.ts'

/** The kinds of volumes that most pods have; the others are named as their field is. Source: describeVolumes. */
const describeVolume = (volume: Json): readonly string[] => {
  const { name: _, ...sources } = volume
  const [kind = '', fields] = Object.entries(sources)[0] ?? []
  const of = record(fields)
  switch (kind) {
    case 'emptyDir':
      return [
        "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
        `Medium:\t${text(of.medium)}`,
        `SizeLimit:\t${text(of.sizeLimit ?? '<unset>')}`,
      ]
    case 'configMap':
      return [
        'Type:\tConfigMap (a volume populated by a ConfigMap)',
        `Name:\t${text(of.name)}`,
        `Optional:\t${of.optional === true}`,
      ]
    case 'secret':
      return [
        'Type:\tSecret (a volume populated by a Secret)',
        `SecretName:\t${text(of.secretName)}`,
        `Optional:\t${of.optional === true}`,
      ]
    case 'hostPath':
      return [
        'Type:\tHostPath (bare host directory volume)',
        `Path:\t${text(of.path)}`,
        `HostPathType:\t${text(of.type)}`,
      ]
    case 'persistentVolumeClaim':
      return [
        'Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
        `ClaimName:\t${text(of.claimName)}`,
        `ReadOnly:\t${of.readOnly === true}`,
      ]
    default:
      return [`Type:\t${kind}`]
  }
}

export const describeVolumes = (volumes: readonly Json[], space = ''): readonly string[] =>
  volumes.length === 0
    ? [`${space}Volumes:\t${NONE}`]
    : [
        `${space}Volumes:`,
        ...volumes.flatMap((volume) => [
          indent(1, `${space === '' ? '' : ' '}${text(volume.name)}:`),
          ...describeVolume(volume).map((line) => indent(2, line)),
        ]),
      ]

/** Source: printPodTolerationsMultiline: sorted by key. */
export const describeTolerations = (tolerations: readonly Json[], title = 'Tolerations'): readonly string[] => {
  if (tolerations.length === 0) return [`${title}:\t${NONE}`]
  return [...tolerations]
    .sort((a, b) => (text(a.key) < text(b.key) ? -1 : text(a.key) > text(b.key) ? 1 : 0))
    .map(({ key, value, effect, operator, tolerationSeconds }, i) => {
      const shown = `${text(key)}${text(value) === '' ? '' : `=${text(value)}`}${text(effect) === '' ? '' : `:${text(effect)}`}`
      const exists = operator === 'Exists' ? `${shown === '' ? '' : ' '}op=Exists` : ''
      const span = tolerationSeconds === undefined ? '' : ` for ${text(tolerationSeconds)}s`
      return `${i === 0 ? `${title}:` : ''}\t${shown}${exists}${span}`
    })
}

/** Source: describeTopologySpreadConstraints. */
export const describeSpread = (constraints: readonly Json[], space = ''): readonly string[] =>
  constraints.map(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }, i) => {
    const { matchLabels, matchExpressions } = record(labelSelector)
    const selector = [
      ...Object.entries(record(matchLabels)).map(([key, value]) => `${key}=${text(value)}`),
      ...list(matchExpressions).map(
        ({ key, operator, values }) =>
          `${text(key)} ${text(operator).toLowerCase()} (${((values as readonly string[]) ?? []).join(',')})`,
      ),
    ].join(',')
    const title = i === 0 ? `${space}Topology Spread Constraints:` : ''
    return `${title}\t${text(topologyKey)}:${text(whenUnsatisfiable)} when max skew ${text(maxSkew)} is exceeded for selector ${selector}`
  })

const SPACE = '  '

/** Source: DescribePodTemplate. */
export const describePodTemplate = (template: Json): readonly string[] => {
  const metadata = record(template.metadata)
  const spec = record(template.spec)
  const containers = (title: string, specs: readonly Json[]): readonly string[] => [
    `${SPACE}${title}:${specs.length === 0 ? ` ${NONE}` : ''}`,
    ...specs.flatMap((one) => describeContainer(one, undefined, SPACE)),
  ]
  const initContainers = list(spec.initContainers)
  return [
    'Pod Template:',
    ...pairs(`${SPACE}Labels`, metadata.labels, '='),
    ...(Object.keys(record(metadata.annotations)).length === 0
      ? []
      : annotations(`${SPACE}Annotations`, metadata.annotations)),
    ...(text(spec.serviceAccountName) === '' ? [] : [indent(1, `Service Account:\t${text(spec.serviceAccountName)}`)]),
    ...(initContainers.length === 0 ? [] : containers('Init Containers', initContainers)),
    ...containers('Containers', list(spec.containers)),
    ...describeVolumes(list(spec.volumes), SPACE),
    ...describeSpread(list(spec.topologySpreadConstraints), SPACE),
    ...(text(spec.priorityClassName) === ''
      ? []
      : [indent(1, `Priority Class Name:\t${text(spec.priorityClassName)}`)]),
    ...pairs(`${SPACE}Node-Selectors`, spec.nodeSelector, '='),
    ...describeTolerations(list(spec.tolerations), `${SPACE}Tolerations`),
  ]
}

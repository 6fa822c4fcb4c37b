import { findObject } from '@wavetank/cluster'
import { eventsOf, labelSelector, marks, named, number, partsOf, UNSET } from './fields.ts'
import { annotations, type Describer, formatDate, indent, type Json, list, NONE, pairs, record, text } from './parts.ts'

/** Source: describePodDisruptionBudgetV1. */
export const describePodDisruptionBudget: Describer = (object, describing) => {
  const { metadata, spec, status } = partsOf(object)
  return [
    ...named(metadata),
    ...(spec.minAvailable !== undefined
      ? [`Min available:\t${text(spec.minAvailable)}`]
      : spec.maxUnavailable !== undefined
        ? [`Max unavailable:\t${text(spec.maxUnavailable)}`]
        : []),
    `Selector:\t${spec.selector === undefined ? UNSET : labelSelector(spec.selector)}`,
    'Status:',
    indent(2, `Allowed disruptions:\t${number(status.disruptionsAllowed)}`),
    indent(2, `Current:\t${number(status.currentHealthy)}`),
    indent(2, `Desired:\t${number(status.desiredHealthy)}`),
    indent(2, `Total:\t${number(status.expectedPods)}`),
    ...eventsOf(metadata, describing),
  ]
}

/** Source: describePriorityClass. */
export const describePriorityClass: Describer = (object, describing) => {
  const metadata = record(object.metadata)
  return [
    `Name:\t${text(metadata.name)}`,
    `Value:\t${text(object.value)}`,
    `GlobalDefault:\t${object.globalDefault === true}`,
    `PreemptionPolicy:\t${text(object.preemptionPolicy ?? 'PreemptLowerPriority')}`,
    `Description:\t${text(object.description)}`,
    ...annotations('Annotations', metadata.annotations),
    ...eventsOf(metadata, describing),
  ]
}

/** Source: describeQuota. */
export const describeResourceQuota: Describer = (object) => {
  const { metadata, spec, status } = partsOf(object)
  const [hard, used] = [record(status.hard), record(status.used)]
  const scopes = (spec.scopes as readonly string[] | undefined) ?? []
  return [
    ...named(metadata),
    ...(scopes.length === 0 ? [] : [`Scopes:\t${[...scopes].sort().join(', ')}`]),
    'Resource\tUsed\tHard',
    '--------\t----\t----',
    ...Object.keys(hard)
      .sort()
      .map((name) => `${name}\t${text(used[name] ?? '0')}\t${text(hard[name])}`),
  ]
}

/** Source: printDirectionBehavior. */
const direction = (title: string, rules: Json): readonly string[] => {
  const policies = list(rules.policies)
  return [
    indent(1, `${title}:`),
    ...(rules.stabilizationWindowSeconds === undefined
      ? []
      : [indent(2, `Stabilization Window: ${text(rules.stabilizationWindowSeconds)} seconds`)]),
    ...(policies.length === 0
      ? []
      : [
          indent(2, `Select Policy: ${text(rules.selectPolicy ?? 'Max')}`),
          indent(2, 'Policies:'),
          ...policies.map(({ type, value, periodSeconds }) =>
            indent(3, `- Type: ${text(type)}\tValue: ${text(value)}\tPeriod: ${text(periodSeconds)} seconds`),
          ),
        ]),
  ]
}

const UNKNOWN = '<unknown>'

const percent = (current: Json): string =>
  current.averageUtilization === undefined
    ? UNKNOWN
    : `${text(current.averageUtilization)}% (${text(current.averageValue)})`

/** One metric and what it is now. Source: describeHorizontalPodAutoscalerV2. */
const metric = (asked: Json, status: Json | undefined): string => {
  const value = (field: string, source: string): string =>
    text(record(record(status?.[source]).current)[field] ?? UNKNOWN)
  const of = (source: string) => {
    const fields = record(asked[source])
    return { fields, target: record(fields.target), name: text(record(fields.metric).name) }
  }
  switch (asked.type) {
    case 'External': {
      const { target, name } = of('external')
      return target.averageValue !== undefined
        ? `"${name}" (target average value):\t${value('averageValue', 'external')} / ${text(target.averageValue)}`
        : `"${name}" (target value):\t${value('value', 'external')} / ${text(target.value)}`
    }
    case 'Pods': {
      const { target, name } = of('pods')
      return `"${name}" on pods:\t${value('averageValue', 'pods')} / ${text(target.averageValue)}`
    }
    case 'Object': {
      const { fields, target, name } = of('object')
      const described = record(fields.describedObject)
      const title = `"${name}" on ${text(described.kind)}/${text(described.name)} `
      return target.type === 'AverageValue'
        ? `${title}(target average value):\t${value('averageValue', 'object')} / ${text(target.averageValue)}`
        : `${title}(target value):\t${value('value', 'object')} / ${text(target.value)}`
    }
    default: {
      const source = asked.type === 'ContainerResource' ? 'containerResource' : 'resource'
      const { fields, target } = of(source)
      const container = source === 'resource' ? '' : ` of container "${text(fields.container)}"`
      const title = `resource ${text(fields.name)}${container} on pods`
      if (target.averageValue !== undefined)
        return `${title}:\t${value('averageValue', source)} / ${text(target.averageValue)}`
      const wanted = target.averageUtilization === undefined ? '<auto>' : `${text(target.averageUtilization)}%`
      return `${title}  (as a percentage of request):\t${percent(record(record(status?.[source]).current))} / ${wanted}`
    }
  }
}

export const describeHorizontalPodAutoscaler: Describer = (object, describing) => {
  const { metadata, spec, status } = partsOf(object)
  const target = record(spec.scaleTargetRef)
  const behavior = record(spec.behavior)
  const [current, conditions] = [list(status.currentMetrics), list(status.conditions)]
  return [
    ...named(metadata),
    ...marks(metadata),
    `CreationTimestamp:\t${formatDate(metadata.creationTimestamp)}`,
    `Reference:\t${text(target.kind)}/${text(target.name)}`,
    'Metrics:\t( current / target )',
    ...list(spec.metrics).map((asked, i) => indent(1, metric(asked, current[i]))),
    `Min replicas:\t${text(spec.minReplicas ?? UNSET)}`,
    `Max replicas:\t${text(spec.maxReplicas)}`,
    ...(spec.behavior === undefined ? [] : ['Behavior:']),
    ...(behavior.scaleUp === undefined ? [] : direction('Scale Up', record(behavior.scaleUp))),
    ...(behavior.scaleDown === undefined ? [] : direction('Scale Down', record(behavior.scaleDown))),
    `${text(target.kind)} pods:\t${number(status.currentReplicas)} current / ${number(status.desiredReplicas)} desired`,
    ...(conditions.length === 0
      ? []
      : [
          'Conditions:',
          indent(1, 'Type\tStatus\tReason\tMessage'),
          indent(1, '----\t------\t------\t-------'),
          ...conditions.map(({ type, status: is, reason, message }) =>
            indent(1, `${text(type)}\t${text(is)}\t${text(reason)}\t${text(message)}`),
          ),
        ]),
    ...eventsOf(metadata, describing),
  ]
}

const QUOTA_HEAD = ['Resource', 'Used', 'Hard'] as const

/** Source: DescribeResourceQuotas. */
const quotas = (all: readonly Json[]): readonly string[] =>
  all.length === 0
    ? ['No resource quota.']
    : [
        'Resource Quotas',
        ...all.flatMap((quota) => {
          const { metadata, status } = partsOf(quota)
          const [hard, used] = [record(status.hard), record(status.used)]
          return [
            indent(1, `Name:\t${text(metadata.name)}`),
            indent(1, QUOTA_HEAD.join('\t')),
            indent(1, '--------\t---\t---'),
            ...Object.keys(hard)
              .sort()
              .map((name) => indent(1, `${name}\t${text(used[name] ?? '0')}\t${text(hard[name])}`)),
          ]
        }),
      ]

const LIMITS = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'] as const
const LIMITS_HEAD = [
  'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio',
  '----\t--------\t---\t---\t---------------\t-------------\t-----------------------',
]

/** Source: describeLimitRangeSpec. */
const limitRows = (limitRange: Json): readonly string[] =>
  list(record(limitRange.spec).limits).flatMap((limit) => {
    const named = new Set(LIMITS.flatMap((field) => Object.keys(record(limit[field]))))
    return [...named].sort().map((name) => {
      const cells = LIMITS.map((field) => text(record(limit[field])[name] ?? '-'))
      return `${text(limit.type)}\t${name}\t${cells.join('\t')}`
    })
  })

/** Source: describeLimitRange. */
export const describeLimitRange: Describer = (object) => [
  ...named(record(object.metadata)),
  ...LIMITS_HEAD,
  ...limitRows(object),
]

/** Source: describeNamespace, DescribeLimitRanges. */
export const describeNamespace: Describer = (object, { view }) => {
  const { metadata, status } = partsOf(object)
  const name = text(metadata.name)
  const quotaObjects = (view.quotasByNamespace.get(name) ?? []).flatMap((quota) => {
    const rendered = findObject(view, 'ResourceQuota', name, quota.name)?.render()
    return rendered === undefined ? [] : [rendered as Json]
  })
  const limits = view.limitRanges.get(name) ?? []
  return [
    `Name:\t${name}`,
    ...pairs('Labels', metadata.labels, '='),
    ...annotations('Annotations', metadata.annotations),
    `Status:\t${text(status.phase)}`,
    '',
    ...quotas(quotaObjects),
    '',
    ...(limits.length === 0
      ? ['No LimitRange resource.']
      : [
          'Resource Limits',
          ...[...LIMITS_HEAD, ...limits.flatMap((limit) => limitRows(limit as unknown as Json))].map(
            (line) => ` ${line}`,
          ),
        ]),
  ]
}

/** Source: describeConfigMap. */
export const describeConfigMap: Describer = (object, describing) => {
  const metadata = record(object.metadata)
  const [data, binary] = [record(object.data), record(object.binaryData)]
  return [
    ...named(metadata),
    ...marks(metadata),
    '',
    'Data',
    '====',
    ...Object.keys(data)
      .sort()
      .flatMap((key) => [`${key}:`, '----', ...text(data[key]).split('\n'), '']),
    '',
    'BinaryData',
    '====',
    ...Object.keys(binary)
      .sort()
      .map((key) => `${key}: ${Buffer.from(text(binary[key]), 'base64').length} bytes`),
    '',
    ...eventsOf(metadata, describing),
  ]
}

/** Source: describeSecret: how long each value is, and never what it is. */
export const describeSecret: Describer = (object) => {
  const metadata = record(object.metadata)
  const lengths = new Map<string, number>()
  for (const [key, value] of Object.entries(record(object.data)))
    lengths.set(key, Buffer.from(text(value), 'base64').length)
  for (const [key, value] of Object.entries(record(object.stringData))) lengths.set(key, Buffer.byteLength(text(value)))
  return [
    ...named(metadata),
    ...marks(metadata),
    '',
    `Type:\t${text(object.type ?? 'Opaque')}`,
    '',
    'Data',
    '====',
    ...[...lengths.keys()].sort().map((key) => `${key}:\t${lengths.get(key)} bytes`),
  ]
}

const label = (field: string): string => {
  const words = field.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(' ')
  return words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join(' ')
}

const fields = (object: Json, level: number): readonly string[] =>
  Object.keys(object)
    .sort()
    .flatMap((field): readonly string[] => {
      const value = object[field]
      const title = `${label(field)}:`
      if (Array.isArray(value))
        return [
          indent(level, title),
          ...value.flatMap((item) =>
            typeof item === 'object' && item !== null
              ? fields(record(item), level + 1)
              : [indent(level + 1, text(item))],
          ),
        ]
      if (typeof value === 'object' && value !== null)
        return [indent(level, title), ...fields(record(value), level + 1)]
      return [indent(level, `${title}\t${text(value)}`)]
    })

/** Any other kind, field by field. Source: genericDescriber, printUnstructuredContent. */
export const describeAny: Describer = (object, describing) => {
  const { metadata: meta, apiVersion, kind, ...rest } = object
  const metadata = record(meta)
  const { name, namespace, labels: _labels, annotations: _annotations, managedFields: _managed, ...more } = metadata
  return [
    `Name:\t${text(name)}`,
    `Namespace:\t${text(namespace)}`,
    ...marks(metadata),
    `API Version:\t${text(apiVersion)}`,
    `Kind:\t${text(kind)}`,
    'Metadata:',
    ...fields(more, 1),
    ...fields(rest, 0),
    ...(namespace === undefined ? [] : eventsOf(metadata, describing)),
  ].filter((line) => line !== `Namespace:\t${NONE}`)
}

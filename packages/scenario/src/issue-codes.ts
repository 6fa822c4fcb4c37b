/** What `wavetank explain` says about an issue code. */
export interface IssueCodeDoc {
  readonly title: string
  readonly explanation: string
}

/** The codes of this package: WT001–WT009 reading, WT010–WT029 the scenario, WT030–WT039 kubectl commands, WT040 expressions. */
export const scenarioIssueCodes = {
  WT001: {
    title: 'The file is not YAML',
    explanation:
      'The text breaks the syntax of YAML at the place named. Each document of a file (between lines of `---`) is read by itself, so one broken document does not hide the problems of the others. Common causes: a tab in the indentation, a value with `: ` or a leading `@`, `%` or backtick that needs quotes, a template (`{{ … }}`) that was never rendered.',
  },
  WT002: {
    title: 'A field is there twice',
    explanation:
      'A mapping has the same key twice. YAML forbids it, and readers that allow it silently drop one of the values; kubectl refuses it as well when it validates strictly.',
  },
  WT003: {
    title: 'Aliases expand to too much',
    explanation:
      'YAML anchors (`&a`) and aliases (`*a`) may repeat parts of a file, but a few lines of nested aliases can expand to billions of values. A file may repeat at most 100,000 values through aliases.',
  },
  WT004: {
    title: 'A file is missing',
    explanation: 'A path that the scenario names leads nowhere. Paths are relative to the scenario file.',
  },
  WT005: {
    title: 'A file cannot be read',
    explanation: 'The file is there, but the operating system refuses to hand it over.',
  },
  WT006: {
    title: 'A file is too large',
    explanation:
      'Files of more than 32 MiB are refused before they are read. Split the manifests into several files and name their folder.',
  },
  WT007: {
    title: 'A file is not text',
    explanation: 'The file holds bytes that are not UTF-8, or NUL bytes: most likely an archive or an image.',
  },
  WT008: { title: 'A file is empty', explanation: 'The file has no document in it, only space or comments.' },
  WT009: {
    title: 'YAML that Kubernetes cannot hold',
    explanation:
      'YAML can say more than JSON: infinities, binary data, keys that are lists, undefined aliases. Kubernetes turns YAML into JSON first and refuses these, so they are refused here.',
  },
  WT010: {
    title: 'An unknown field',
    explanation:
      'The scenario format has no such field here. Nothing is ignored silently, since a misspelt field would change what is simulated.',
  },
  WT011: { title: 'A required field is missing', explanation: 'The field has no default.' },
  WT012: {
    title: 'A value of the wrong type',
    explanation:
      'For example text where a number belongs. In YAML, quotes make text out of anything: `3` is a number, `"3"` is text; `yes`, `no`, `on` and `off` without quotes are true and false, as for kubectl.',
  },
  WT013: {
    title: 'Not a scenario',
    explanation: 'A scenario file starts with `apiVersion: wavetank.dev/v1alpha1` and `kind: Scenario`.',
  },
  WT014: {
    title: 'Not a duration',
    explanation:
      'Durations are written as Go and Kubernetes write them: `250ms`, `30s`, `5m`, `1h30m`. The unit is needed, the smallest step is one millisecond, and nothing takes less than no time.',
  },
  WT015: {
    title: 'Not a quantity',
    explanation:
      'Resource quantities are written as Kubernetes writes them: `500m` or `0.5` CPU, `128Mi` or `1G` of memory.',
  },
  WT016: {
    title: 'A number out of range',
    explanation: 'For example a negative count, a probability outside 0..1 or an exit code outside 0..255.',
  },
  WT017: { title: 'Not one of the allowed values', explanation: 'The field takes one of a few words.' },
  WT018: {
    title: 'Not a distribution',
    explanation:
      'A distribution is one of `{constant: 1s}`, `{uniform: [1s, 2s]}`, `{exponential: {mean: 1s}}`, `{lognormal: {median: 1s, sigma: 0.5}}`, `{weibull: {scale: 1s, shape: 1.5}}`, `{empirical: [1s, 2s, 3s]}`, or a plain value, which is constant.',
  },
  WT019: {
    title: 'Not an instant or a time zone',
    explanation:
      'Instants are written with their zone, `2025-01-01T00:00:00Z` or `2025-01-01T08:00:00+08:00`; time zones by their IANA name, `Europe/Paris`.',
  },
  WT020: {
    title: 'Not a name that Kubernetes takes',
    explanation:
      'Object names are lower case letters, digits, `-` and `.`, begin and end with a letter or a digit, and have at most 253 characters.',
  },
  WT021: {
    title: 'The same name twice',
    explanation:
      'Two objects of one kind and namespace, two nodes, two behaviours or two expectations have the same name. kubectl would overwrite the first with the second; a scenario has to say which it means.',
  },
  WT022: {
    title: 'Exactly one of several fields',
    explanation: 'The fields exclude each other and one of them is needed.',
  },
  WT023: {
    title: 'A pattern that matches no file',
    explanation:
      'A folder without `.yaml`, `.yml` or `.json` files, or a glob that matches nothing. Folders are not searched recursively, as with `kubectl apply -f`; `**` in a glob is.',
  },
  WT024: {
    title: 'A behaviour that matches nothing',
    explanation:
      'No container of any loaded template is chosen by this `match`, or an earlier behaviour takes all of them (the first match wins). The behaviour stays in force for pods that are created later.',
  },
  WT025: {
    title: 'A fault on a node that does not exist',
    explanation: 'The node is neither among the Node manifests nor in a pool.',
  },
  WT026: { title: 'After the end of the run', explanation: 'The instant lies after `duration`, so it never comes.' },
  WT027: {
    title: 'A kind that is not simulated',
    explanation:
      'Objects of this kind are loaded, kept and shown, and nothing acts on them. Reported once for each kind.',
  },
  WT028: {
    title: 'An unknown component or flag',
    explanation:
      'Flags are grouped by component and carry the names that Kubernetes gives them (`--node-monitor-grace-period` of kube-controller-manager, `syncFrequency` of the KubeletConfiguration).',
  },
  WT029: {
    title: 'Fields that contradict each other',
    explanation: 'For example a window that ends before it begins, or allocatable resources above the capacity.',
  },
  WT030: {
    title: 'A kubectl verb that cannot be simulated',
    explanation:
      'The timeline takes the kubectl commands that change a cluster. Commands that look at it (`get`, `describe`, `logs`) are questions for the log after the run.',
  },
  WT031: { title: 'An unknown kubectl flag', explanation: 'The verb has no such flag.' },
  WT032: {
    title: 'An incomplete kubectl command',
    explanation: 'An argument or a flag that the verb needs is missing.',
  },
  WT033: {
    title: 'An unknown resource',
    explanation: 'The resource is not a kind, a plural or a short name that Kubernetes knows.',
  },
  WT034: {
    title: 'A kubectl argument that kubectl would refuse',
    explanation: 'For example a count that is not a number, a taint without an effect or a patch that is not JSON.',
  },
  WT035: {
    title: 'Quotes that do not close',
    explanation: 'The command line is split as a shell does it: spaces separate, quotes and backslashes keep together.',
  },
  WT036: {
    title: 'A kubectl command on an object that nobody has loaded',
    explanation:
      'Neither the manifests nor an earlier command of the timeline bring the object. The command may still find it at its time, when a controller has created it; otherwise it will say NotFound, as kubectl does.',
  },
  WT040: {
    title: 'An expression that CEL refuses',
    explanation:
      'Expectations are written in CEL, the expression language of Kubernetes admission policies. The column points into the expression.',
  },
} satisfies Record<string, IssueCodeDoc>
export type ScenarioIssueCode = keyof typeof scenarioIssueCodes

/** The documentation of a code, `WT012` or `wt012`; tables of other packages may be given as well. */
export const explainCode = (
  code: string,
  ...others: readonly Readonly<Record<string, IssueCodeDoc>>[]
): IssueCodeDoc | undefined => {
  for (const table of [scenarioIssueCodes as Readonly<Record<string, IssueCodeDoc>>, ...others])
    if (Object.hasOwn(table, code.toUpperCase())) return table[code.toUpperCase()]
  return undefined
}

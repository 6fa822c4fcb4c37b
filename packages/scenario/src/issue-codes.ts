/** What `wavetank explain` says about an issue code. */
export interface IssueCodeDoc {
  readonly doc: string
  readonly hint?: string
}

/** The codes of this package: WT001–WT009 reading, WT010–WT029 the scenario, WT030–WT039 kubectl commands, WT040 expressions, WT041–WT043 and WT051 usage and metrics, WT046 and WT047 dumps, WT048–WT050 forks, WT052 limits, WT053 faults that overlap, WT054 missing configuration, WT060–WT062 studies. */
export const scenarioIssueCodes = {
  WT001: {
    doc: 'The file is not YAML. The text breaks the syntax of YAML at the place named. Each document of a file (between lines of `---`) is read by itself, so one broken document does not hide the problems of the others. Common causes: a tab in the indentation, a value with `: ` or a leading `@`, `%` or backtick that needs quotes, a template (`{{ … }}`) that was never rendered.',
  },
  WT002: {
    doc: 'A field is there twice. A mapping has the same key twice. YAML forbids it, and readers that allow it silently drop one of the values; kubectl refuses it as well when it validates strictly.',
  },
  WT003: {
    doc: 'Aliases expand to too much. YAML anchors (`&a`) and aliases (`*a`) may repeat parts of a file, but a few lines of nested aliases can expand to billions of values. A file may repeat at most 100,000 values through aliases.',
  },
  WT004: {
    doc: 'A file is missing. A path that the scenario names leads nowhere. Paths are relative to the scenario file.',
  },
  WT005: {
    doc: 'A file cannot be read. The file is there, but the operating system refuses to hand it over.',
  },
  WT006: {
    doc: 'A file is too large. Files of more than 32 MiB are refused before they are read. Split the manifests into several files and name their folder.',
  },
  WT007: {
    doc: 'A file is not text. The file holds bytes that are not UTF-8, or NUL bytes: most likely an archive or an image.',
  },
  WT008: { doc: 'A file is empty. The file has no document in it, only space or comments.' },
  WT009: {
    doc: 'YAML that Kubernetes cannot hold. YAML can say more than JSON: infinities, binary data, keys that are lists, undefined aliases. Kubernetes turns YAML into JSON first and refuses these, so they are refused here.',
  },
  WT010: {
    doc: 'An unknown field. The scenario format has no such field here. Nothing is ignored silently, since a misspelt field would change what is simulated.',
  },
  WT011: { doc: 'A required field is missing. The field has no default.' },
  WT012: {
    doc: 'A value of the wrong type. For example text where a number belongs. In YAML, quotes make text out of anything: `3` is a number, `"3"` is text; `yes`, `no`, `on` and `off` without quotes are true and false, as for kubectl.',
  },
  WT013: {
    doc: 'Not a scenario. A scenario file starts with `apiVersion: wavetank.dev/v1alpha1` and `kind: Scenario`.',
  },
  WT014: {
    doc: 'Not a duration. Durations are written as Go and Kubernetes write them: `250ms`, `30s`, `5m`, `1h30m`. The unit is needed, the smallest step is one millisecond, and nothing takes less than no time.',
  },
  WT015: {
    doc: 'Not a quantity. Resource quantities are written as Kubernetes writes them: `500m` or `0.5` CPU, `128Mi` or `1G` of memory.',
  },
  WT016: {
    doc: 'A number out of range. For example a negative count, a probability outside 0..1 or an exit code outside 0..255.',
  },
  WT017: { doc: 'Not one of the allowed values. The field takes one of a few words.' },
  WT018: {
    doc: 'Not a distribution. A distribution is one of `{constant: 1s}`, `{uniform: [1s, 2s]}`, `{exponential: {mean: 1s}}`, `{lognormal: {median: 1s, sigma: 0.5}}`, `{weibull: {scale: 1s, shape: 1.5}}`, `{empirical: [1s, 2s, 3s]}`, or a plain value, which is constant.',
  },
  WT019: {
    doc: 'Not an instant or a time zone. Instants are written with their zone, `2025-01-01T00:00:00Z` or `2025-01-01T08:00:00+08:00`; time zones by their IANA name, `Europe/Paris`.',
  },
  WT020: {
    doc: 'Not a name that Kubernetes takes. Object names are lower case letters, digits, `-` and `.`, begin and end with a letter or a digit, and have at most 253 characters.',
  },
  WT021: {
    doc: 'The same name twice. Two objects of one kind and namespace, two nodes, two behaviours or two expectations have the same name. kubectl would overwrite the first with the second; a scenario has to say which it means.',
  },
  WT022: {
    doc: 'Exactly one of several fields. The fields exclude each other and one of them is needed.',
  },
  WT023: {
    doc: 'A pattern that matches no file. A folder without `.yaml`, `.yml` or `.json` files, or a glob that matches nothing. Folders are not searched recursively, as with `kubectl apply -f`; `**` in a glob is.',
  },
  WT024: {
    doc: 'A behaviour that matches nothing. No container of any loaded template is chosen by this `match`, or an earlier behaviour takes all of them (the first match wins). The behaviour stays in force for pods that are created later.',
  },
  WT025: {
    doc: 'A fault on something that does not exist. The node is neither among the Node manifests nor in a pool, no node has the label, the dependency is not declared under `dependencies`, or no image comes from the registry.',
  },
  WT026: { doc: 'After the end of the run. The instant lies after `duration`, so it never comes.' },
  WT027: {
    doc: 'A kind that is not simulated. Objects of this kind are loaded, kept and shown, and nothing acts on them. Reported once for each kind.',
  },
  WT028: {
    doc: 'An unknown component or flag. Flags are grouped by component and carry the names that Kubernetes gives them (`--node-monitor-grace-period` of kube-controller-manager, `syncFrequency` of the KubeletConfiguration).',
  },
  WT029: {
    doc: 'Fields that contradict each other. For example a window that ends before it begins, or allocatable resources above the capacity.',
  },
  WT030: {
    doc: 'A kubectl verb that cannot be simulated. The timeline takes the kubectl commands that change a cluster. Commands that look at it (`get`, `describe`, `logs`) are questions for the log after the run.',
  },
  WT031: { doc: 'An unknown kubectl flag. The verb has no such flag.' },
  WT032: {
    doc: 'An incomplete kubectl command. An argument or a flag that the verb needs is missing.',
  },
  WT033: {
    doc: 'An unknown resource. The resource is not a kind, a plural or a short name that Kubernetes knows.',
  },
  WT034: {
    doc: 'A kubectl argument that kubectl would refuse. For example a count that is not a number, a taint without an effect or a patch that is not JSON.',
  },
  WT035: {
    doc: 'Quotes that do not close. The command line is split as a shell does it: spaces separate, quotes and backslashes keep together.',
  },
  WT036: {
    doc: 'A kubectl command on an object that nobody has loaded. Neither the manifests nor an earlier command of the timeline bring the object. The command may still find it at its time, when a controller has created it; otherwise it will say NotFound, as kubectl does.',
  },
  WT040: {
    doc: 'An expression that CEL refuses. Expectations are written in CEL, the expression language of Kubernetes admission policies. The column points into the expression.',
  },
  WT041: {
    doc: 'A CSV file that is no table of what is needed. A table has a header with the names of its columns, then rows with as many values, commas between them. Recorded usage has its times in a column `after` (since the start of the container) or `at` (since the start of the run), as durations or plain seconds, and its values in a column named after the resource, `cpu` or `memory`. Recorded failures have the columns `node`, `at`, `for` or `until`, and `fault`, which is `fail` where it says nothing. Arrivals have a column `at`, and those that their manifest names. A price list has `type`, `cpu`, `memory` and `price`.',
  },
  WT042: {
    doc: 'Not a usage. What a container uses is a quantity, which is constant, or one of `constant`, `steps`, `lines`, `leak`, `daily` and `csv`.',
  },
  WT043: {
    doc: 'A metric that nobody gives. A HorizontalPodAutoscaler asks for a metric of type External, Object or Pods that `metrics` of the scenario does not have. CPU and memory come from the behaviours of containers; every other metric needs a curve of its own.',
  },
  WT046: {
    doc: 'An owner that is not there. An object of a dump names a controller that no manifest brings, as in the output of `kubectl get pods -o yaml` alone. It is loaded without an owner: with it, the garbage collector would delete it. Dump the owner too if it matters (`kubectl get deployments,replicasets,pods -o yaml`).',
  },
  WT047: {
    doc: 'A node that is not there. Pods of a dump run on a node that the scenario does not have. They are scheduled anew; static pods and pods of DaemonSets, which belong to their node, are left out.',
  },
  WT048: {
    doc: 'Before the fork. What a fork changes happens at the instant `--at` or later: what was before is as it was.',
  },
  WT049: {
    doc: 'Nothing to remove. `remove` of a fork names entries of the timeline of the original run that have not happened yet: their instant, and what happens then if not all of it is to be removed.',
  },
  WT050: {
    doc: 'Not possible in a fork. A behaviour that says how much CPU or memory containers use, or one that matches containers that were there before the fork, would change what has happened.',
  },
  WT051: {
    doc: 'An autoscaler without anything to go by. A HorizontalPodAutoscaler asks for the CPU or memory of containers of which no behaviour says how much they use. What no behaviour says counts as none, so the autoscaler goes down to its minimum; a pod of which neither is said has no metrics at all, and the autoscaler says FailedGetResourceMetric.',
  },
  WT052: {
    doc: 'Something that a LimitRange is against. A pod or claim of the manifests asks for more or less than a LimitRange of its namespace lets in. It is there at the start all the same, as if it had been there before the limits; pods that a controller would make are refused (FailedCreate).',
  },
  WT053: {
    doc: 'Faults that overlap. What the fault hits is down, or slow, already at its instant: a controller that has been stopped, alone or with its process, or the API server. The second fault would change nothing, and its end would end the first.',
  },
  WT054: {
    doc: 'A ConfigMap or Secret that nothing brings. A pod names it, not as optional, and neither a manifest nor a command of the timeline creates it. Containers wait for it with CreateContainerConfigError, volumes with FailedMount.',
  },
  WT060: {
    doc: 'A path of a study that leads nowhere. What a study varies is a field of the scenario file, `nodes[name=worker].count`, or of an object of its manifests, `Deployment/shop/web spec.replicas`. The list has no such item, no manifest brings the object, or the path is none.',
  },
  WT061: {
    doc: 'Something that a study asks about and that is not there: a metric that nobody defines, a workload, Job, resource or expectation that the scenario does not have, an axis or a level that the study does not vary, a node without a price.',
  },
  WT062: {
    doc: 'Too many runs. Every axis multiplies the design points, and each of them is replicated. A study that could make more runs than its `limit` is refused before the first of them.',
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

/** What `wavetank explain` says about a problem that objects can have. */
export interface IssueCode {
  readonly doc: string
  readonly hint: string
}

/** Every class of problem found in Kubernetes objects; the codes are stable and never reused. */
export const API_ISSUE_CODES = {
  WT100: {
    doc: 'The document is not a Kubernetes object: it is no mapping, or it lacks apiVersion or kind.',
    hint: 'Start every document with `apiVersion:` and `kind:`.',
  },
  WT101: {
    doc: 'The object has a field that its kind does not have in Kubernetes 1.34; kubectl refuses it too (strict decoding).',
    hint: 'Check the spelling and the indentation: a field at the wrong depth is unknown as well.',
  },
  WT102: {
    doc: 'A value has another type than the field takes, such as text where a number belongs.',
    hint: 'Quote numbers and booleans where text is expected (labels, annotations, env values), and unquote them elsewhere.',
  },
  WT103: {
    doc: 'A field that the API requires is missing or empty.',
    hint: 'Add the field; `kubectl explain <kind>.<path>` says what belongs there.',
  },
  WT104: {
    doc: 'A value is refused by the API server for a reason that the message gives.',
    hint: 'Change the value as the message says.',
  },
  WT105: {
    doc: 'The field takes one of a fixed list of words, and this is none of them.',
    hint: 'Use one of the supported values in the message; upper and lower case matter.',
  },
  WT106: {
    doc: 'Something that must be unique appears twice, such as the name of a container, volume or port.',
    hint: 'Rename or remove one of the two.',
  },
  WT107: {
    doc: 'The field exists, but may not be set here.',
    hint: 'Remove it, or change the field that rules it out.',
  },
  WT108: {
    doc: 'A text is too long or a list has too many items.',
    hint: 'Shorten it to the maximum in the message.',
  },
  WT109: {
    doc: 'A name has characters or a length that Kubernetes does not allow; most names are RFC 1123 subdomains.',
    hint: "Use lower case letters, digits, '-' and, where a subdomain is allowed, '.'.",
  },
  WT110: {
    doc: 'The key or value of a label or annotation breaks the syntax of labels.',
    hint: "Keys look like `app` or `example.com/app`; values have at most 63 letters, digits, '-', '_' or '.'.",
  },
  WT111: {
    doc: 'A label selector is empty where that is refused, or has an operator without its values.',
    hint: 'Give `matchLabels` at least one pair, `In` and `NotIn` at least one value, `Exists` and `DoesNotExist` none.',
  },
  WT112: {
    doc: 'The selector of a workload does not select the pods its own template makes, so it would create pods for ever.',
    hint: 'Copy every label of the selector into `spec.template.metadata.labels`.',
  },
  WT113: {
    doc: 'The restart policy is not one that this kind of workload takes.',
    hint: '`Always` for long-running workloads; `OnFailure` or `Never` for Jobs.',
  },
  WT114: {
    doc: 'A quantity cannot be read, is negative, or is finer or larger than its resource allows.',
    hint: 'Write `500m` or `0.5` for CPU, `128Mi` or `1Gi` for memory; extended resources are whole numbers.',
  },
  WT115: {
    doc: 'A container requests more of a resource than it is limited to.',
    hint: 'Raise the limit or lower the request.',
  },
  WT116: {
    doc: 'A number is outside the range that the API allows.',
    hint: 'Use a number in the range that the message gives.',
  },
  WT117: {
    doc: 'The settings of a rolling update contradict each other or are malformed, such as no surge and nothing unavailable.',
    hint: 'Give maxSurge or maxUnavailable a number above zero, or a percentage such as `25%`.',
  },
  WT118: {
    doc: 'A probe or lifecycle handler is malformed: no handler, several handlers, or a threshold its kind does not take.',
    hint: 'Give exactly one of exec, httpGet, tcpSocket, grpc; liveness and startup probes have a successThreshold of 1.',
  },
  WT119: {
    doc: 'Something in the object refers by name to another part of it that does not exist, such as a volumeMount without volume.',
    hint: 'Correct the name, or add what it refers to.',
  },
  WT120: {
    doc: 'The kind exists, but no Kubernetes release ever served it in this API version.',
    hint: 'Use the current version that the hint names.',
  },
  WT121: {
    doc: 'A pod names a PriorityClass that does not exist; the API server refuses such pods.',
    hint: 'Add the PriorityClass to the manifests, or remove priorityClassName.',
  },
  WT122: {
    doc: 'The schedule or time zone of a CronJob cannot be read.',
    hint: 'Five fields (minute, hour, day of month, month, day of week) or a macro such as `@hourly`; zones are IANA names.',
  },
  WT123: {
    doc: 'A kind of a built-in API group is not known, which usually is a spelling mistake; the object is kept and ignored.',
    hint: 'Kinds are written in singular and CamelCase: `Deployment`, `StatefulSet`.',
  },
} as const satisfies Readonly<Record<string, IssueCode>>

export type ApiIssueCode = keyof typeof API_ISSUE_CODES

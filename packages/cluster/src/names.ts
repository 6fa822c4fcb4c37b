/**
 * What names may look like, in Kubernetes' own words (`apimachinery/pkg/util/validation/validation.go`), and how the
 * API server makes them up.
 *
 * Every checker returns the list of complaints, empty when the name is fine.
 */

const LABEL_FORMAT = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN_FORMAT = `${LABEL_FORMAT}(\\.${LABEL_FORMAT})*`
const DNS_1035_FORMAT = '[a-z]([-a-z0-9]*[a-z0-9])?'

const DNS_LABEL = new RegExp(`^${LABEL_FORMAT}$`)
const DNS_SUBDOMAIN = new RegExp(`^${SUBDOMAIN_FORMAT}$`)
const DNS_1035_LABEL = new RegExp(`^${DNS_1035_FORMAT}$`)

const NONE: readonly string[] = []

/** `validation.RegexError`, with its odd commas. */
export const regexMessage = (message: string, format: string, ...examples: readonly string[]): string => {
  if (examples.length === 0) return `${message} (regex used for validation is '${format}')`
  const shown = examples.map((example) => `'${example}', `).join(' or ')
  return `${message} (e.g. ${shown}regex used for validation is '${format}')`
}

export const maxLengthMessage = (length: number): string => `must be no more than ${length} bytes`

/** An RFC 1123 label: names of namespaces, containers, volumes. At most 63 characters. */
export const dnsLabelProblems = (value: string): readonly string[] => {
  if (value.length <= 63 && DNS_LABEL.test(value)) return NONE
  const problems: string[] = []
  if (value.length > 63) problems.push(maxLengthMessage(63))
  if (!DNS_LABEL.test(value)) {
    problems.push(
      regexMessage(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
        LABEL_FORMAT,
        'my-name',
        '123-abc',
      ),
    )
  }
  return problems
}

/** An RFC 1123 subdomain: names of most objects. At most 253 characters. */
export const dnsSubdomainProblems = (value: string): readonly string[] => {
  if (value.length <= 253 && DNS_SUBDOMAIN.test(value)) return NONE
  const problems: string[] = []
  if (value.length > 253) problems.push(maxLengthMessage(253))
  if (!DNS_SUBDOMAIN.test(value)) {
    problems.push(
      regexMessage(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        SUBDOMAIN_FORMAT,
        'example.com',
      ),
    )
  }
  return problems
}

/** A DNS-1035 label: names of Services. Starts with a letter, at most 63 characters. */
export const dns1035LabelProblems = (value: string): readonly string[] => {
  if (value.length <= 63 && DNS_1035_LABEL.test(value)) return NONE
  const problems: string[] = []
  if (value.length > 63) problems.push(maxLengthMessage(63))
  if (!DNS_1035_LABEL.test(value)) {
    problems.push(
      regexMessage(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        DNS_1035_FORMAT,
        'my-name',
        'abc-123',
      ),
    )
  }
  return problems
}

/** A name that may only serve as one segment of a path, like those of roles. */
export const pathSegmentProblems = (value: string): readonly string[] => {
  if (value === '.' || value === '..') return [`may not be '${value}'`]
  const problems: string[] = []
  if (value.includes('/')) problems.push(`may not contain '/'`)
  if (value.includes('%')) problems.push(`may not contain '%'`)
  return problems
}

/** The name of a port (`IsValidPortName`): at most 15 characters, at least one letter. */
export const portNameProblems = (value: string): readonly string[] => {
  const problems: string[] = []
  if (value.length > 15) problems.push(maxLengthMessage(15))
  if (!/^[-a-z0-9]+$/.test(value)) {
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  }
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)')
  if (value.includes('--')) problems.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen')
  return problems
}

/** `validation.maskTrailingDash`: a prefix that a suffix will follow may end in a dash. */
export const maskTrailingDash = (prefix: string): string =>
  prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix

/** Kubernetes' alphabet for made-up names: no vowels, so no words; no digits that look like letters. */
export const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5
const GENERATE_NAME_MAX = 58

/** How many suffixes there are: 27^5. */
export const SUFFIX_COUNT = SUFFIX_ALPHABET.length ** SUFFIX_LENGTH

/** The five letters for one uniform draw in [0, 1); every suffix has the same share of the interval. */
export const randomSuffix = (u: number): string => {
  let rest = Math.min(Math.floor(u * SUFFIX_COUNT), SUFFIX_COUNT - 1)
  let suffix = ''
  for (let i = 0; i < SUFFIX_LENGTH; i += 1) {
    suffix = SUFFIX_ALPHABET[rest % SUFFIX_ALPHABET.length] + suffix
    rest = Math.floor(rest / SUFFIX_ALPHABET.length)
  }
  return suffix
}

/** The prefix as far as it is used: 58 characters leave room for the suffix (`names/generate.go: GenerateName`). */
export const truncateGenerateName = (prefix: string): string => prefix.slice(0, GENERATE_NAME_MAX)

/** A name from `generateName` and one uniform draw in [0, 1). */
export const generateName = (prefix: string, u: number): string => truncateGenerateName(prefix) + randomSuffix(u)

/** A 32-bit hash printed in the suffix alphabet, as in `pod-template-hash` (`rand.SafeEncodeString`). */
export const safeEncode = (text: string): string => {
  let encoded = ''
  for (let i = 0; i < text.length; i += 1) encoded += SUFFIX_ALPHABET[text.charCodeAt(i) % SUFFIX_ALPHABET.length]
  return encoded
}

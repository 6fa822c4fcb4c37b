/**
 * What makes an image's name unreadable; undefined for one that can be asked for.
 *
 * Source: github.com/distribution/reference v0.6, ParseNormalizedNamed, as pkg/util/parsers calls it.
 */
export const imageNameProblem = (image: string): string | undefined => {
  // Hot path: asked at every start of a container, of a few images.
  if (readable.has(image)) return undefined
  const problem = referenceProblem(image)
  if (problem !== undefined) return `couldn't parse image name "${image}": ${problem}`
  readable.add(image)
  return undefined
}

const readable = new Set<string>()

const INVALID = 'invalid reference format'
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const DOMAIN = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)
const TAG = /^[\w][\w.-]{0,127}$/
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/
const IDENTIFIER = /^[a-f0-9]{64}$/

/** Source: normalize.go, splitDockerDomain. */
const split = (image: string): readonly [domain: string, rest: string] => {
  const slash = image.indexOf('/')
  const first = image.slice(0, slash)
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first
  if (slash === -1) return ['docker.io', `library/${image}`]
  return isDomain ? [first, image.slice(slash + 1)] : ['docker.io', image]
}

const referenceProblem = (image: string): string | undefined => {
  if (IDENTIFIER.test(image)) return `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`
  const [domain, rest] = split(image)
  const at = rest.indexOf('@')
  const named = at === -1 ? rest : rest.slice(0, at)
  const colon = named.indexOf(':')
  const path = colon === -1 ? named : named.slice(0, colon)
  if (path.toLowerCase() !== path) return `${INVALID}: repository name (${path}) must be lowercase`
  const isWhole =
    DOMAIN.test(domain) &&
    PATH.test(path) &&
    (colon === -1 || TAG.test(named.slice(colon + 1))) &&
    (at === -1 || DIGEST.test(rest.slice(at + 1)))
  if (!isWhole) return INVALID
  return domain.length + 1 + path.length > 255 ? 'repository name must not be more than 255 characters' : undefined
}

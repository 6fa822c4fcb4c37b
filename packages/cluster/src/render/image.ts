import { fingerprint } from '@wavetank/kernel'

/** 64 hexadecimal digits that name a text. */
export const digestOf = (text: string): string => {
  let digits = ''
  for (let i = 0; i < 5; i++) digits += fingerprint(`${i} ${text}`).toString(16).padStart(14, '0')
  return digits.slice(0, 64)
}

const isRegistry = (part: string): boolean => part.includes('.') || part.includes(':') || part === 'localhost'

/** `nginx` is `docker.io/library/nginx`. Source: github.com/distribution/reference, ParseDockerRef. */
const repositoryOf = (image: string): string => {
  const slash = image.indexOf('/')
  if (slash === -1) return `docker.io/library/${image}`
  return isRegistry(image.slice(0, slash)) ? image : `docker.io/${image}`
}

/** The reference in full, as containerd reports it: with registry and tag, or with the digest alone. */
export const fullImage = (image: string): string => {
  const full = repositoryOf(image)
  const digest = full.indexOf('@')
  const name = digest === -1 ? full : full.slice(0, digest)
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1)
  if (digest !== -1) return (colon === -1 ? name : name.slice(0, colon)) + full.slice(digest)
  return colon === -1 ? `${name}:latest` : name
}

/** The host that an image is pulled from. */
export const registryOf = (image: string): string => repositoryOf(image).split('/', 1)[0]!

/** `docker.io/library/nginx@sha256:…`; the digest of an image that gives only a tag is a function of that tag. */
export const imageId = (image: string): string => {
  const full = fullImage(image)
  const digest = full.indexOf('@')
  if (digest !== -1) return full
  const name = full.slice(0, full.indexOf(':', full.lastIndexOf('/') + 1))
  return `${name}@sha256:${digestOf(full)}`
}

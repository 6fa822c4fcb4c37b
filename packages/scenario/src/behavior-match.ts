import { selects } from '@wavetank/cluster'
import { parseSelector } from '@wavetank/cluster/api'
import { isRight } from 'fp-ts/lib/Either.js'
import type { Behavior, OwnerMatch } from './behavior.ts'
import { namePattern } from './glob.ts'

/** A container, with all that a behaviour can choose it by. */
export interface BehaviorSubject {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** Its owners, direct and further up; looked up only where a behaviour goes by them. */
  readonly owners: () => readonly OwnerMatch[]
  readonly image: string
  readonly container: string
}

type Matches = (subject: BehaviorSubject) => boolean

const compileMatch = ({ namespace, labels, owner, image, container }: Behavior['match']): Matches => {
  const selector = labels === undefined ? undefined : parseSelector(labels)
  const images = image === undefined ? undefined : namePattern(image)
  return (subject) =>
    (namespace === undefined || subject.namespace === namespace) &&
    (container === undefined || subject.container === container) &&
    (owner === undefined || subject.owners().some(({ kind, name }) => kind === owner.kind && name === owner.name)) &&
    (images === undefined || images.test(subject.image)) &&
    (selector === undefined || (isRight(selector) && selects(selector.right, subject.labels)))
}

/** Which behaviour counts for a container: the position of the first that matches, -1 if none does. */
export const compileBehaviors = (behaviors: readonly Behavior[]): ((subject: BehaviorSubject) => number) => {
  const matches = behaviors.map(({ match }) => compileMatch(match))
  return (subject) => matches.findIndex((fits) => fits(subject))
}

import { defineEvent, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'

/** What the cluster needs and does not run itself. Before everything else of its instant, so that all of it sees it. */

export const DependencyWentDown = defineEvent('DependencyWentDown', {
  doc: 'Something that containers depend on does not answer any more.',
  rank: RELEASE,
  data: { dependency: t.string },
})

export const DependencyCameBack = defineEvent('DependencyCameBack', {
  doc: 'The dependency answers again.',
  rank: RELEASE,
  data: { dependency: t.string },
})

export const RegistryWentDown = defineEvent('RegistryWentDown', {
  doc: 'An image registry does not answer any more; pulls from it that are under way fail.',
  rank: RELEASE,
  data: { registry: t.string },
})

export const RegistryCameBack = defineEvent('RegistryCameBack', {
  doc: 'The image registry answers again.',
  rank: RELEASE,
  data: { registry: t.string },
})

export const outageEvents = [DependencyWentDown, DependencyCameBack, RegistryWentDown, RegistryCameBack] as const

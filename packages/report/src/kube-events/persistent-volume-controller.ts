import {
  type ClusterView,
  type DeepReadonly,
  keyOf,
  type PersistentVolumeClaim,
  PROVISIONED_BY,
  persistentVolumeClaimEvents,
  persistentVolumeEvents,
} from '@wavetank/cluster'
import { foreignFact } from '../facts.ts'
import { defineKubeEvents, SILENT } from './define-kube-events.ts'
import type { InvolvedObject, KubeEventDraft } from './kube-event.ts'

const component = 'persistentvolume-controller'

type LeftPending = {
  readonly kind: 'ClaimLeftPending'
  readonly object: string
  readonly warning: boolean
  readonly reason: string
  readonly message: string
}

const said = (
  { apiVersion, kind, namespace, name, uid }: InvolvedObject,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
  speaker = component,
): KubeEventDraft => ({
  type,
  reason,
  message,
  involvedObject: { apiVersion, kind, namespace, name, uid },
  source: { component: speaker },
  recorder: 'core',
})

const claimAt = (view: ClusterView, key: string): DeepReadonly<PersistentVolumeClaim> | undefined =>
  view.persistentVolumeClaims.get(key)

const waiting = (provisioner: string): string =>
  `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`

/** Source: pkg/controller/volume/persistentvolume/pv_controller.go; the provisioner's own as external-provisioner says them. */
export const persistentVolumeControllerEvents = defineKubeEvents({
  component,
  facts: {
    ClaimLeftPending: foreignFact<LeftPending>('ClaimLeftPending'),
    PersistentVolumeClaimProvisioningRequested: persistentVolumeClaimEvents.ProvisioningRequested,
    PersistentVolumeClaimLost: persistentVolumeClaimEvents.Lost,
    PersistentVolumeCreated: persistentVolumeEvents.Created,
    PersistentVolumePhaseChanged: persistentVolumeEvents.PhaseChanged,
  },
  create: () => ({
    ClaimLeftPending: ({ event: { object, warning, reason, message } }, view) => {
      const claim = claimAt(view, object)
      return claim === undefined ? SILENT : [said(claim, warning ? 'Warning' : 'Normal', reason, message)]
    },
    PersistentVolumeClaimProvisioningRequested: ({ event: { object, provisioner } }, view) => {
      const claim = claimAt(view, object)
      if (claim === undefined) return SILENT
      const asked = `External provisioner is provisioning volume for claim "${object}"`
      return [
        said(claim, 'Normal', 'ExternalProvisioning', waiting(provisioner)),
        said(claim, 'Normal', 'Provisioning', asked, provisioner),
      ]
    },
    PersistentVolumeClaimLost: ({ event: { object, reason, message } }, view) => {
      const claim = claimAt(view, object)
      return claim === undefined ? SILENT : [said(claim, 'Warning', reason, message)]
    },
    PersistentVolumeCreated: ({ by, event }, view) => {
      const volume = by === component ? view.persistentVolumes.get(event.object) : undefined
      const { namespace = '', name = '' } = volume?.spec.claimRef ?? {}
      const claim = claimAt(view, keyOf(namespace, name))
      if (volume === undefined || claim === undefined) return SILENT
      const message = `Successfully provisioned volume ${volume.name}`
      return [said(claim, 'Normal', 'ProvisioningSucceeded', message, volume.annotations[PROVISIONED_BY])]
    },
    PersistentVolumePhaseChanged: ({ event: { object, phase, message = '' } }, view) => {
      const volume = view.persistentVolumes.get(object)
      return volume === undefined || phase !== 'Failed'
        ? SILENT
        : [said(volume, 'Warning', 'VolumeFailedDelete', message)]
    },
  }),
})

import { kubeletNodeFlags } from '@wavetank/cluster'

/** Settings of the KubeletConfiguration that pods feel. */
export const kubeletFlags = {
  ...kubeletNodeFlags,
  serializeImagePulls: {
    type: 'boolean',
    default: true,
    doc: 'KubeletConfiguration serializeImagePulls: one pull at a time on a node.',
  },
  maxParallelImagePulls: {
    type: 'integer',
    default: 0,
    min: 0,
    doc: 'KubeletConfiguration maxParallelImagePulls: how many pulls at a time on a node without `serializeImagePulls`; 0 is any number.',
  },
} as const

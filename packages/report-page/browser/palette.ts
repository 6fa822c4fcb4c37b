import type { NodeState, PodState } from '@wavetank/report/page'

/**
 * How states look. Colours are those of Okabe and Ito, which people with any of the common sorts of colour blindness tell
 * apart, with a texture each, so that they are told apart without colour as well.
 */

export type Texture = 'plain' | 'dots' | 'lines' | 'bars' | 'rising' | 'falling' | 'grid' | 'crosses'

export interface Look {
  readonly label: string
  readonly light: string
  readonly dark: string
  readonly texture: Texture
}

export const POD_LOOKS: Readonly<Record<PodState, Look>> = {
  succeeded: { label: 'succeeded', light: '#cfd4da', dark: '#4a5058', texture: 'dots' },
  ready: { label: 'ready', light: '#6ea8d8', dark: '#2f6ea5', texture: 'plain' },
  starting: { label: 'starting', light: '#c4e3f7', dark: '#1f4a66', texture: 'lines' },
  waiting: { label: 'waits for a node', light: '#f4ecb0', dark: '#5f5a22', texture: 'dots' },
  terminating: { label: 'terminating', light: '#b4b4b4', dark: '#6a6a6a', texture: 'bars' },
  notReady: { label: 'runs, not ready', light: '#dfa3c5', dark: '#8a4a70', texture: 'falling' },
  unknown: { label: 'unknown', light: '#e6e6e6', dark: '#3c3c3c', texture: 'grid' },
  unschedulable: { label: 'no node fits', light: '#efb445', dark: '#a87008', texture: 'rising' },
  failed: { label: 'failed', light: '#3d3d3d', dark: '#e8e8e8', texture: 'plain' },
  trouble: { label: 'in trouble (crashes, images)', light: '#e07b39', dark: '#c95a10', texture: 'crosses' },
}

export const NODE_LOOKS: Readonly<Record<NodeState, Look>> = {
  ready: { ...POD_LOOKS.ready, label: 'Ready' },
  cordoned: { ...POD_LOOKS.terminating, label: 'Ready, cordoned' },
  pressure: { ...POD_LOOKS.unschedulable, label: 'under pressure' },
  unnoticed: { ...POD_LOOKS.notReady, label: 'called Ready, and is not' },
  notReady: { ...POD_LOOKS.trouble, label: 'NotReady' },
}

export const WORKLOAD_LOOKS = {
  available: { ...POD_LOOKS.ready, label: 'as many ready as wanted' },
  degraded: { ...POD_LOOKS.unschedulable, label: 'fewer: the share that is ready, and the gap above it' },
  down: { ...POD_LOOKS.trouble, label: 'none is ready' },
  idle: { ...POD_LOOKS.succeeded, label: 'none is wanted' },
} as const

/** Of lines in charts: told apart by their dashes too. */
export const LINES = [
  { light: '#0072b2', dark: '#56b4e9', dash: [] },
  { light: '#b34f00', dark: '#e69f00', dash: [6, 4] },
  { light: '#006d50', dark: '#2fbf97', dash: [2, 3] },
  { light: '#8d3f6c', dark: '#cc79a7', dash: [10, 3, 2, 3] },
  { light: '#555555', dark: '#bbbbbb', dash: [1, 2] },
  { light: '#7a6a00', dark: '#f0e442', dash: [12, 4] },
] as const

const darkMedia = matchMedia('(prefers-color-scheme: dark)')
let printing = false

/** Paper is light. */
export const setPrinting = (on: boolean): void => {
  printing = on
  patterns.clear()
}
export const isDark = (): boolean => darkMedia.matches && !printing
export const onThemeChange = (changed: () => void): void =>
  darkMedia.addEventListener('change', () => {
    patterns.clear()
    changed()
  })

export interface Inks {
  readonly paper: string
  readonly text: string
  readonly faint: string
  readonly rule: string
  readonly mark: string
  readonly focus: string
}
const LIGHT: Inks = {
  paper: '#ffffff',
  text: '#1b1f24',
  faint: '#57606a',
  rule: '#d8dee4',
  mark: '#8250a0',
  focus: '#0a58ca',
}
const DARK: Inks = {
  paper: '#15191e',
  text: '#e6eaef',
  faint: '#a3adb8',
  rule: '#323a43',
  mark: '#d0a5ee',
  focus: '#7db3ff',
}
export const inks = (): Inks => (isDark() ? DARK : LIGHT)

export const colourOf = (look: Look): string => (isDark() ? look.dark : look.light)

const TILE = 8

const drawTexture = (context: CanvasRenderingContext2D, texture: Texture): void => {
  context.beginPath()
  const line = (x1: number, y1: number, x2: number, y2: number): void => {
    context.moveTo(x1, y1)
    context.lineTo(x2, y2)
  }
  switch (texture) {
    case 'plain':
      return
    case 'dots':
      context.fillRect(1, 1, 2, 2)
      context.fillRect(5, 5, 2, 2)
      return
    case 'lines':
      line(0, 2, TILE, 2)
      line(0, 6, TILE, 6)
      break
    case 'bars':
      line(2, 0, 2, TILE)
      line(6, 0, 6, TILE)
      break
    case 'rising':
      line(-1, TILE + 1, TILE + 1, -1)
      line(-1, 1, 1, -1)
      line(TILE - 1, TILE + 1, TILE + 1, TILE - 1)
      break
    case 'falling':
      line(-1, -1, TILE + 1, TILE + 1)
      line(-1, TILE - 1, 1, TILE + 1)
      line(TILE - 1, -1, TILE + 1, 1)
      break
    case 'grid':
      line(0, 4, TILE, 4)
      line(4, 0, 4, TILE)
      break
    case 'crosses':
      line(0, 0, TILE, TILE)
      line(TILE, 0, 0, TILE)
  }
  context.stroke()
}

const patterns = new Map<string, CanvasPattern>()

/** The fill of a state. */
export const fillOf = (context: CanvasRenderingContext2D, look: Look): CanvasPattern | string => {
  const colour = colourOf(look)
  if (look.texture === 'plain') return colour
  const scale = devicePixelRatio || 1
  const key = `${colour} ${look.texture} ${scale}`
  let pattern = patterns.get(key)
  if (pattern === undefined) {
    const tile = document.createElement('canvas')
    tile.width = tile.height = Math.round(TILE * scale)
    const ink = tile.getContext('2d')!
    ink.fillStyle = colour
    ink.fillRect(0, 0, tile.width, tile.height)
    ink.scale(tile.width / TILE, tile.height / TILE)
    ink.strokeStyle = ink.fillStyle = isDark() ? 'rgb(255 255 255 / 0.42)' : 'rgb(0 0 0 / 0.42)'
    ink.lineWidth = 1
    drawTexture(ink, look.texture)
    pattern = context.createPattern(tile, 'repeat')!
    pattern.setTransform(new DOMMatrix().scale(TILE / tile.width, TILE / tile.height))
    patterns.set(key, pattern)
  }
  return pattern
}

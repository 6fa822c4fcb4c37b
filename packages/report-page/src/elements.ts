import { type Html, html } from './html.ts'

/** What all pages are put together from. */

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** What may be wider than the page, or longer than the screen. */
export const region = (label: string, table: Html): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`

export const fact = (name: string, value: string, more = ''): Html =>
  html`<div><dt>${name}</dt><dd>${value}${more === '' ? undefined : html`<small>${more}</small>`}</dd></div>`

export { type PageInput, renderPage } from './render-page.ts'

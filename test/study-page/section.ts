/** The text of a section of a page, without its marks; empty if there is none. */
export const sectionOf = (page: string, id: string): string => {
  const from = page.indexOf(`<section id="${id}"`)
  return from < 0
    ? ''
    : page
        .slice(from, page.indexOf('</section>', from))
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ')
}

import type { Role } from '../api/session'
import type { Key } from '../i18n'

/** The pages of the product, in the order in which every page's header names them. */
export const pages: readonly { path: string; title: Key; roles?: readonly Role[] }[] = [
  { path: '/', title: 'page.map' },
  { path: '/progress', title: 'page.progress' },
  { path: '/submissions', title: 'page.submissions' },
  { path: '/review', title: 'page.review' },
  { path: '/geocode', title: 'page.geocode' },
  { path: '/parcels', title: 'page.parcels' },
  { path: '/postal-codes', title: 'postal.title' },
  { path: '/track', title: 'page.track' },
  { path: '/services', title: 'page.services' },
  // Named to those only who find something there.
  { path: '/administration', title: 'page.administration', roles: ['administrator', 'auditor', 'committee-member', 'publisher'] },
]

/** The page that an address belongs to. */
export function pageOf(path: string): string {
  return pages.find((one) => one.path !== '/' && (path === one.path || path.startsWith(`${one.path}/`)))?.path ?? '/'
}

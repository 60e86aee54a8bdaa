// Package progress calculates how much of each obligation of Articles 23–27 is done, in the country and in each of its administrative units.
//
// Figures follow the change log: a publication leads to the calculation of those cells of the H3 grid that it touched, and of nothing else. A full calculation gives the
// same figures at any time.
//
// Rules that the package keeps:
//   - No denominator, no percentage: the state is "unknown", with the reason, never 0 and never 100.
//   - Areas are square metres on the ellipsoid, of the union: what overlaps is counted once, and only within the unit.
//   - The country is the sum of its provinces, so that a reader can add up what the page shows. Provinces without a
//     denominator are left out on both sides, and the source says how many that are.
//   - What is published counts. What is delivered and found right is told beside it, and so is what is fresh.
//   - What is no work raises no figure: see the gates of the rules, and TestWhatIsNoWorkRaisesNoFigure.
//   - Legal deadlines are counted in Jalali years from the notification and are never moved.
package progress

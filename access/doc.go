// Package access knows who may do what: agencies with their territories, and the people who sign in for them.
//
// Rules that the package keeps:
//   - A password is kept as an argon2id hash only, in PHC string format, and is compared in constant time.
//   - A refused sign-in never says what was wrong, neither in words nor in time.
//   - A generated password is answered once and is nowhere else.
//   - Tracking events and audit entries are written once, in the transaction of what they tell, and chained by hashes.
//   - An API key is answered once and kept as a SHA-256; whatever is wrong with one, the refusal is the same.
package access

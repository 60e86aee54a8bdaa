// Package access knows who may do what: agencies with their territories, and the people who sign in for them.
//
// Rules that the package keeps:
//   - A password is kept as an argon2id hash only, in PHC string format, and is compared in constant time.
//   - A refused sign-in never says what was wrong, neither in words nor in time.
//   - A generated password is answered once and is nowhere else.
package access

// Package upload takes files in, over the tus 1.0 protocol, so that an upload that was cut goes on where it was. The protocol is tusd's; this package
// adds whose an upload is, what it may cost, and that nothing which was acknowledged is lost.
//
// Rules that the package keeps:
//   - An offset is told only after the bytes before it are on the disk, the file's name included.
//   - An upload belongs to the person or the key that began it. To everybody else it is not there.
//   - The name that a sender gives a file is kept to be shown, and names nothing on the disk until a submission takes the file.
//   - What is not finished in time goes by itself, with its row.
//   - A finished upload has the SHA-256 of its bytes in its row, and that is the one which the sender announced, if any.
package upload

package upload

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the protocol demands it; it guards against accidents, not against attackers
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"net/http"
	"strings"

	"nsdi/internal/errs"
)

// algorithms of the header field Upload-Checksum, as OPTIONS tells them. SHA-1 is what the protocol makes every server know.
const algorithms = "sha1,sha256"

// statusMismatch is the protocol's own.
const statusMismatch = 460

// digest is the checksum of one part.
type digest struct {
	hash hash.Hash
	want []byte
}

// parseDigest reads Upload-Checksum: an algorithm and the sum in base64. It is nil for none.
func parseDigest(header string) (*digest, error) {
	if header == "" {
		return nil, nil
	}
	d := &digest{}
	algorithm, encoded, _ := strings.Cut(header, " ")
	switch algorithm {
	case "sha1":
		d.hash = sha1.New() //nolint:gosec // as above
	case "sha256":
		d.hash = sha256.New()
	default:
		return nil, badDigest(errs.Tf("الگوریتم %q شناخته نیست.", "The algorithm %q is not known.", algorithm[:min(len(algorithm), 20)]))
	}
	var err error
	if d.want, err = base64.StdEncoding.Strict().DecodeString(encoded); err != nil || len(d.want) != d.hash.Size() {
		return nil, badDigest(errs.T("مقدار چک‌سام خوانده نمی‌شود.", "The sum cannot be read."))
	}
	return d, nil
}

func (d *digest) right() bool { return bytes.Equal(d.hash.Sum(nil), d.want) }

func (d *digest) mismatch() error {
	return &errs.Error{
		Code: "upload-part-damaged", Status: statusMismatch, Op: "upload", Location: "header.Upload-Checksum",
		Title:  errs.T("این بخش در راه دگرگون شده است", "The part was changed on its way"),
		Detail: errs.T("چک‌سام آنچه رسید چیز دیگری است؛ این بخش شمرده نشد.", "The sum of what arrived is another; the part does not count."),
		Next:   errs.T("همان بخش را دوباره بفرستید.", "Send the same part again."),
	}
}

func badDigest(detail errs.Text) error {
	return &errs.Error{
		Code: "upload-checksum-invalid", Status: http.StatusBadRequest, Op: "upload.parseDigest", Location: "header.Upload-Checksum",
		Title:  errs.T("چک‌سام بخش پذیرفته نیست", "The checksum of the part is not accepted"),
		Detail: detail,
		Next:   errs.T("آن را به شکل «sha256 » و مقدار base64 بفرستید.", "Send it as “sha256 ” and the sum in base64."),
	}
}

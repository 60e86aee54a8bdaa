package upload

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"nsdi/internal/errs"
)

// Metadata is what a sender says of a file when it is begun.
type Metadata struct {
	Name      string // filename: as shown
	Agency    string // agency: code of whose data it is
	Theme     string // theme, may be empty
	Territory string // territory: code of an admin unit, may be empty
	Tracking  string // tracking: identifier of a delivery that this file belongs to, as typed; may be empty
	Checksum  []byte // checksum: SHA-256 of the whole file; nil: none
}

// maxMetadata bounds the header field, in bytes.
const maxMetadata = 8 << 10

var (
	metadataKey = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	code        = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)
)

// ParseMetadata reads the header field Upload-Metadata: pairs of a key and a value in base64, parted by commas. Keys that are not known here are passed over:
// clients add some by themselves. A key that comes twice, or a value that is no base64, is refused, because one cannot know what was meant.
func ParseMetadata(header string) (Metadata, error) {
	var m Metadata
	if len(header) > maxMetadata {
		return m, badMetadata("", errs.Tf("سرایند %d بایت است و بیشینه %d.", "The header field has %d bytes; at most %d are read.", len(header), maxMetadata))
	}
	values := map[string]string{}
	for pair := range strings.SplitSeq(header, ",") {
		key, encoded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if key == "" && strings.TrimSpace(header) == "" {
			break
		}
		if !metadataKey.MatchString(key) {
			return m, badMetadata("", errs.T("نام یکی از ویژگی‌ها خوانده نمی‌شود.", "The key of a pair cannot be read."))
		}
		value, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(encoded))
		if err != nil {
			return m, badMetadata(key, errs.Tf("مقدار %s به شکل base64 نیست.", "The value of %s is not base64.", key))
		}
		if _, twice := values[key]; twice {
			return m, badMetadata(key, errs.Tf("ویژگی %s دو بار آمده است.", "The key %s comes twice.", key))
		}
		values[key] = string(value)
	}
	name, ok := values["filename"]
	if !ok {
		name = values["name"] // what some clients send instead
	}
	var err error
	if m.Name, err = CleanName(name); err != nil {
		return m, err
	}
	m.Agency, m.Theme, m.Territory, m.Tracking = values["agency"], values["theme"], values["territory"], values["tracking"]
	if m.Agency == "" {
		return m, badMetadata("agency", errs.T("نگفته‌اید این پرونده از آنِ کدام دستگاه است.", "It does not say whose data the file is."))
	}
	for _, c := range []struct{ key, value string }{{"agency", m.Agency}, {"theme", m.Theme}, {"territory", m.Territory}} {
		if c.value != "" && !code.MatchString(c.value) {
			return m, badMetadata(c.key, errs.Tf("مقدار %s کد نیست.", "The value of %s is not a code.", c.key))
		}
	}
	if m.Checksum, err = parseChecksum(values["checksum"]); err != nil {
		return m, badMetadata("checksum", errs.T("چک‌سام باید SHA-256 همه پرونده با ۶۴ نویسه شانزده‌شانزدهی باشد.", "The checksum has to be the SHA-256 of the whole file in 64 hexadecimal characters."))
	}
	return m, nil
}

// parseChecksum reads 64 hexadecimal digits, with or without "sha256:" in front, or the form of the protocol's own header field, "sha256 " and base64.
func parseChecksum(s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	var sum []byte
	var err error
	if encoded, ok := strings.CutPrefix(s, "sha256 "); ok {
		sum, err = base64.StdEncoding.Strict().DecodeString(encoded)
	} else {
		sum, err = hex.DecodeString(strings.TrimPrefix(s, "sha256:"))
	}
	if err == nil && len(sum) != 32 {
		err = fmt.Errorf("%d bytes", len(sum))
	}
	return sum, err
}

// encode writes what is kept beside the file and told again by HEAD.
func (m *Metadata) encode() map[string]string {
	out := map[string]string{"filename": m.Name, "agency": m.Agency}
	for key, value := range map[string]string{"theme": m.Theme, "territory": m.Territory, "tracking": m.Tracking} {
		if value != "" {
			out[key] = value
		}
	}
	if m.Checksum != nil {
		out["checksum"] = "sha256:" + hex.EncodeToString(m.Checksum)
	}
	return out
}

func badMetadata(key string, detail errs.Text) error {
	place := "header.Upload-Metadata"
	if key != "" {
		place += "." + key
	}
	return &errs.Error{
		Code: "upload-metadata-invalid", Status: 422, Op: "upload.ParseMetadata", Location: place,
		Title:  errs.T("آنچه درباره پرونده گفته شده پذیرفته نیست", "What is said of the file is not accepted"),
		Detail: detail,
		Next: errs.T("Upload-Metadata را با filename و agency و در صورت نیاز theme و territory و tracking و checksum، هر یک به شکل base64، بفرستید.",
			"Send Upload-Metadata with filename and agency, and theme, territory, tracking and checksum where needed, each in base64."),
	}
}

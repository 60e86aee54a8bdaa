package upload

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nsdi/internal/errs"
)

// maxName is the longest name that file systems take, in bytes.
const maxName = 255

// CleanName answers a sender's name of a file as it is shown, and as it may be used in a folder: one element of a path, in one form of Unicode, without
// characters that nobody sees. Joiners stay, since Persian words need them. A name that means another place is refused and not mended.
func CleanName(typed string) (string, error) {
	if !utf8.ValidString(typed) {
		return "", badName(errs.T("نام پرونده متن UTF-8 نیست.", "The name of the file is not text in UTF-8."))
	}
	name := strings.TrimSpace(norm.NFC.String(typed))
	switch {
	case name == "":
		return "", badName(errs.T("نام پرونده خالی است.", "The name of the file is empty."))
	case len(name) > maxName:
		return "", badName(errs.Tf("نام پرونده %d بایت است و بیشینه %d.", "The name of the file has %d bytes; at most %d are possible.", len(name), maxName))
	case strings.ContainsAny(name, `/\`), strings.HasPrefix(name, "."):
		return "", badName(errs.T("نام پرونده نشانی پوشه دارد یا با نقطه آغاز می‌شود.", "The name of the file names a folder, or begins with a dot."))
	case strings.ContainsFunc(name, unseen):
		return "", badName(errs.T("نام پرونده نویسه کنترلی دارد.", "The name of the file has control characters."))
	}
	return name, nil
}

// unseen are control characters, line ends, and what turns the direction of the text around it.
func unseen(r rune) bool {
	const joiners = "\u200c\u200d"
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) || unicode.Is(unicode.Cf, r) && !strings.ContainsRune(joiners, r)
}

func badName(detail errs.Text) error {
	return &errs.Error{
		Code: "upload-name-invalid", Status: 422, Op: "upload.CleanName", Location: "header.Upload-Metadata.filename",
		Title:  errs.T("نام پرونده پذیرفته نیست", "The name of the file is not accepted"),
		Detail: detail,
		Next:   errs.T("نامی ساده و بی‌پوشه مانند roads.gpkg بدهید.", "Give a plain name without a folder, such as roads.gpkg."),
	}
}

package reading

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"nsdi/internal/errs"
)

// sample is how much of a text is looked at to tell its encoding.
const sample = 1 << 20

func readFull(r io.Reader, b []byte) (int, error) {
	n, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

// guess tells UTF-8 from windows-1256, the two encodings that Persian files come in. Plain ASCII is UTF-8.
func guess(text []byte) string {
	if len(text) == 0 {
		return "UTF-8"
	}
	for i := 0; i < utf8.UTFMax && i < len(text); i++ { // the sample may end within a character
		if utf8.Valid(text[:len(text)-i]) {
			return "UTF-8"
		}
	}
	return "windows-1256"
}

// checkEncoding refuses a name that no decoder answers to.
func checkEncoding(name string) error {
	if _, err := htmlindex.Get(name); err != nil {
		e := refusal("encoding-unknown", "", errs.T("این رمزگذاری متن شناخته نیست", "This text encoding is not known"), errs.T("UTF-8 یا windows-1256 بنویسید.", "Write UTF-8 or windows-1256."))
		e.Value = name
		return e
	}
	return nil
}

// dbfEncoding says how the attributes of a shapefile are encoded: the .cpg file, then the language id of the .dbf header, then a guess from the text.
// "" means that GDAL's own reading of .cpg or header is right.
func dbfEncoding(dbf, cpg string) string {
	if cpg != "" {
		if b, err := headOf(cpg, 64); err == nil {
			name := strings.TrimSpace(string(b))
			if _, err := htmlindex.Get(name); err == nil || strings.EqualFold(name, "UTF8") {
				return ""
			}
			if name != "" && len(name) < 16 && !strings.ContainsAny(name, "<>") {
				return "" // "1256", "ANSI 1256" …: GDAL knows these
			}
		}
	}
	head, err := headOf(dbf, sample)
	if err != nil || len(head) < 32 {
		return ""
	}
	switch id := head[29]; {
	case cpg != "":
	case id == 0x7e: // windows-1256, which GDAL does not know by this number
		return "CP1256"
	case id != 0 && id != 0x57: // 0x57 says "the system's own", which is as good as nothing
		return ""
	}
	start := int(binary.LittleEndian.Uint16(head[8:]))
	if start > len(head) {
		return ""
	}
	text := head[start:]
	if g := guess(text); g == "UTF-8" {
		return "UTF-8"
	}
	return "CP1256"
}

// isUTF16 answers whether a text begins with the byte order mark of UTF-16.
func isUTF16(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
}

// settleCSV gives a UTF-8 copy of a text file that is not UTF-8, or the file itself. name is "" to guess.
func settleCSV(host, target, name string) (string, error) {
	head, err := headOf(host, sample)
	if err != nil {
		return "", err
	}
	if name == "" {
		name = guess(head)
	}
	if strings.EqualFold(name, "UTF-8") && !isUTF16(head) {
		return host, nil
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		enc = charmap.Windows1256
	}
	if isUTF16(head) { // as Excel writes "Unicode text"; its mark tells the byte order
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	in, err := os.Open(host)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, transform.NewReader(in, enc.NewDecoder()))
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return target, err
}

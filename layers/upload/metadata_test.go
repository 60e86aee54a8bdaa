package upload_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/layers/upload"
)

func pairs(kv ...string) string {
	var out []string
	for i := 0; i < len(kv); i += 2 {
		out = append(out, kv[i]+" "+base64.StdEncoding.EncodeToString([]byte(kv[i+1])))
	}
	return strings.Join(out, ",")
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("ab", 32)
	m, err := upload.ParseMetadata(pairs("filename", " معابر\u200cشهر.gpkg ", "agency", "post", "theme", "gnaf-address", "territory", "IR-23", "tracking", "nsdi 1405", "checksum", "sha256:"+sum, "filetype", "x/y") + ", relativePath")
	require.NoError(t, err)
	assert.Equal(t, "معابر\u200cشهر.gpkg", m.Name)
	assert.Equal(t, []string{"post", "gnaf-address", "IR-23", "nsdi 1405"}, []string{m.Agency, m.Theme, m.Territory, m.Tracking})
	assert.Len(t, m.Checksum, 32)
	for _, form := range []string{sum, "sha256 " + base64.StdEncoding.EncodeToString(m.Checksum)} {
		again, err := upload.ParseMetadata(pairs("name", "a.zip", "agency", "post", "checksum", form))
		require.NoError(t, err, form)
		assert.Equal(t, m.Checksum, again.Checksum)
		assert.Equal(t, "a.zip", again.Name)
	}
	decomposed, err := upload.CleanName("\u0627\u0653.shp") // as some systems write آ
	require.NoError(t, err)
	assert.Equal(t, "آ.shp", decomposed)

	good := []string{"filename", "a.gpkg", "agency", "post"}
	for name, c := range map[string]struct{ header, code string }{
		"empty":             {"", "upload-name-invalid"},
		"no agency":         {pairs("filename", "a.gpkg"), "upload-metadata-invalid"},
		"not base64":        {"filename YQ=,agency cG9zdA==", "upload-metadata-invalid"},
		"twice":             {pairs("filename", "a", "filename", "b", "agency", "post"), "upload-metadata-invalid"},
		"agency no code":    {pairs("filename", "a", "agency", "po st"), "upload-metadata-invalid"},
		"agency null":       {pairs("filename", "a", "agency", "post\x00"), "upload-metadata-invalid"},
		"checksum short":    {pairs(append(good, "checksum", "sha256:00")...), "upload-metadata-invalid"},
		"checksum md5":      {pairs(append(good, "checksum", "md5 AAAA")...), "upload-metadata-invalid"},
		"too long":          {pairs(append(good, "x", strings.Repeat("x", 10000))...), "upload-metadata-invalid"},
		"key with control":  {pairs(append(good, "x\x01", "x")...), "upload-metadata-invalid"},
		"path":              {pairs("filename", "../../etc/passwd", "agency", "post"), "upload-name-invalid"},
		"backslash":         {pairs("filename", `..\x`, "agency", "post"), "upload-name-invalid"},
		"dots":              {pairs("filename", "..", "agency", "post"), "upload-name-invalid"},
		"hidden":            {pairs("filename", ".htaccess", "agency", "post"), "upload-name-invalid"},
		"null":              {pairs("filename", "a\x00.gpkg", "agency", "post"), "upload-name-invalid"},
		"line end":          {pairs("filename", "a\nb", "agency", "post"), "upload-name-invalid"},
		"paragraph":         {pairs("filename", "a\u2029b", "agency", "post"), "upload-name-invalid"},
		"turned direction":  {pairs("filename", "gpj.\u202eexe", "agency", "post"), "upload-name-invalid"},
		"not text":          {pairs("filename", "a\xff", "agency", "post"), "upload-name-invalid"},
		"long name":         {pairs("filename", strings.Repeat("ش", 128), "agency", "post"), "upload-name-invalid"},
		"only spaces":       {pairs("filename", "  ", "agency", "post"), "upload-name-invalid"},
		"hidden by a space": {pairs("filename", " .x", "agency", "post"), "upload-name-invalid"},
	} {
		_, err := upload.ParseMetadata(c.header)
		assert.Equal(t, c.code, errs.Code(err), name)
	}
}

// Whatever is accepted is one element of a path, can be shown in a line, and is the same when it is read again.
func FuzzParseMetadata(f *testing.F) {
	f.Add(pairs("filename", "roads.gpkg", "agency", "post", "checksum", strings.Repeat("ab", 32)))
	f.Add("filename YQ==, agency cG9zdA==,x")
	f.Add(",,")
	f.Add(pairs("filename", "../x", "agency", "post\x00"))
	f.Fuzz(func(t *testing.T, header string) {
		m, err := upload.ParseMetadata(header)
		if err != nil {
			e, ok := errs.As(err)
			require.True(t, ok, "%v", err)
			require.NotEmpty(t, e.Detail.FA)
			return
		}
		require.NotContains(t, []string{"", ".", ".."}, m.Name)
		require.LessOrEqual(t, len(m.Name), 255)
		require.True(t, utf8.ValidString(m.Name))
		require.False(t, strings.ContainsAny(m.Name, "/\\\x00"))
		require.False(t, strings.ContainsFunc(m.Name, unicode.IsControl))
		for _, code := range []string{m.Agency, m.Theme, m.Territory} {
			require.False(t, strings.ContainsAny(code, " /\x00,"))
		}
		again, err := upload.ParseMetadata(upload.Header(&m))
		if len(upload.Header(&m)) <= 8<<10 {
			require.NoError(t, err)
			require.Equal(t, m, again)
		}
	})
}

package errs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"nsdi/internal/errs"
)

func TestForeignErrorIsInternal(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		err    error
		code   string
		status int
	}{
		{"nil", nil, "", 500},
		{"foreign", io.EOF, errs.CodeInternal, 500},
		{"own", &errs.Error{Code: "row-refused", Status: 422}, "row-refused", 422},
		{"wrapped", fmt.Errorf("import: %w", &errs.Error{Code: "row-refused", Status: 422}), "row-refused", 422},
		{"no status", &errs.Error{Code: "x"}, "x", 500},
	} {
		if got := errs.Code(tc.err); got != tc.code {
			t.Errorf("%s: code %q, want %q", tc.name, got, tc.code)
		}
		if got := errs.Status(tc.err); got != tc.status {
			t.Errorf("%s: status %d, want %d", tc.name, got, tc.status)
		}
	}
}

func TestCauseStaysReachable(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("outer: %w", &errs.Error{Code: "x", Op: "pg.Connect", Title: errs.T("ع", "T"), Err: io.EOF})
	if !errors.Is(err, io.EOF) {
		t.Error("the cause is lost")
	}
	if want := "outer: pg.Connect: T: EOF"; err.Error() != want {
		t.Errorf("text %q, want %q", err, want)
	}
}

func TestPrintSaysNextStepInBothLanguages(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	errs.Print(&b, &errs.Error{
		Code:   "x",
		Title:  errs.T("عنوان", "Title"),
		Detail: errs.Tf("ردیف %d", "row %d", 7),
		Next:   errs.T("دوباره بفرستید", "send it again"),
	})
	for _, want := range []string{"nsdi: Title: row 7", "next step: send it again", "عنوان: ردیف ۷", "گام بعدی: دوباره بفرستید"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}

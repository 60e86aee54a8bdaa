package batch

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"

	"nsdi/internal/errs"
)

func saysNothing() errs.Text {
	return errs.T("ستون‌های نشانی در این ردیف خالی است.", "The columns of the address are empty in this row.")
}

func rowTooLong() error {
	return &errs.Error{
		Code: "row-too-long", Status: http.StatusRequestEntityTooLarge, Op: "batch", Location: "body",
		Title:  errs.T("یک ردیف بلندتر از اندازه است", "A row is too long"),
		Detail: errs.Tf("ردیف بیش از %d بایت است؛ شاید گیومه‌ای بسته نشده باشد.", "A row has more than %d bytes; perhaps a quotation mark is not closed.", maxRow),
		Next:   errs.T("گیومه‌های پرونده را درست کنید و دوباره بفرستید.", "Mend the quotation marks of the file, and send it again."),
	}
}

func notUTF8() error {
	return &errs.Error{
		Code: "not-utf-8", Status: http.StatusUnsupportedMediaType, Op: "batch", Location: "body",
		Title: errs.T("پرونده متن UTF-8 نیست", "The file is not text in UTF-8"),
		Next:  errs.T("آن را با رمزگذاری UTF-8 ذخیره کنید؛ در اکسل «CSV UTF-8».", "Save it in UTF-8; in a spreadsheet as “CSV UTF-8”."),
	}
}

// unreadableFile keeps errors that say what to do, and says it of the others.
func unreadableFile(err error) error {
	var told *errs.Error
	if errors.As(err, &told) {
		return told
	}
	var parse *csv.ParseError
	if !errors.As(err, &parse) && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the file: %w", err) // the sender is gone, or the disk
	}
	return &errs.Error{
		Code: "file-unreadable", Status: http.StatusUnprocessableEntity, Op: "batch", Location: "body", Err: err,
		Title: errs.T("پرونده خوانده نمی‌شود", "The file cannot be read"),
		Detail: errs.T("پرونده CSV با سطر نخست نام ستون‌ها است، یا در هر سطر یک شیء JSON دارد.",
			"A file is CSV with the names of the columns in its first line, or has a JSON object on each line."),
		Next: errs.T("آن را با یک صفحه‌گسترده باز و دوباره ذخیره کنید.", "Open it with a spreadsheet, and save it again."),
	}
}

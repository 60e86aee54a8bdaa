package search_test

import (
	"context"
	"errors"
	"testing"

	"nsdi/gnaf/search"
	"nsdi/internal/errs"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// Whatever is asked, the work is bounded, and the answer is right in form.
func FuzzSearch(f *testing.F) {
	for _, text := range []string{
		"یزد، خیابان کاشانی، پلاک ۱۰", "شهید شهید شهید شهید شهید", "خ خ خ خ ک ک ک م م م ش ش", "1 2 3 4 5 6 7 8 9 10 11 12", "a b c d e f g", "نبش نبش نبش کوچه", "پلاک/-+", "زنگ", "پل.1",
		"\u200c\u200c", "31.5, 54.2", "خیابان=شهدا", "vali asr kooche hashtom", "واح.3 طب.2", "8917957914 کاشانی ۱۲",
	} {
		f.Add(text, false)
		f.Add(text, true)
	}
	e, _ := openTown(f)
	f.Fuzz(func(t *testing.T, text string, prefix bool) {
		got, err := e.Search(t.Context(), search.Query{Text: text, Prefix: prefix})
		var refused *errs.Error
		if err != nil && (!errors.As(err, &refused) || refused.Status != 400) {
			t.Fatal(err)
		}
		if w := got.Work; w.Postings > 200_000 || w.Candidates > 3_000 || w.Sites > 200_000 || w.Terms > 20_000 {
			t.Fatalf("%+v", w)
		}
		for _, r := range got.Results {
			if r.Confidence < 0 || r.Confidence > 1 || r.Label == "" || r.ID == "" {
				t.Fatalf("%+v", r)
			}
		}
	})
}

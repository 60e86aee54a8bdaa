package search_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf/search"
)

// TestNothing: what rests on less than two words and is all but surely wrong is no answer, and the asker is told so. What is being typed has its answers all the same.
func TestNothing(t *testing.T) {
	t.Parallel()
	e, _ := openTown(t)
	for _, c := range []struct {
		q            search.Query
		reason, next string
	}{
		{search.Query{Text: "قصطفغ ثبیلا"}, "Nothing of these names", "spelling"},
		{search.Query{Text: "xqzw vbnm"}, "Nothing of these names", "spelling"},
		{search.Query{Text: "کابل، کارته سه، سرک دوم، مارکت کاشانی، دروازه سرخ"}, "below one per cent", "spelling"},
		{search.Query{Text: "خیابان کاشانی", Province: "تهران"}, "Nothing of these names", "conditions"},
	} {
		a, err := e.Search(t.Context(), c.q)
		require.NoError(t, err)
		require.Empty(t, a.Results, c.q.Text)
		require.NotNil(t, a.Nothing, c.q.Text)
		assert.Contains(t, a.Nothing.Reason.EN, c.reason, c.q.Text)
		assert.Contains(t, a.Nothing.Next.EN, c.next, c.q.Text)
		assert.NotEmpty(t, a.Nothing.Reason.FA)
		assert.NotEmpty(t, a.Nothing.Next.FA)
	}
	for _, q := range []search.Query{
		{Text: "یزد، خیابان کاشانی، پلاک 10"},
		{Text: "یزد"}, // one word is enough, when it is right
		{Text: "خیابان کاشانی"},
		{Text: "کاش", Prefix: true},
	} {
		a, err := e.Search(t.Context(), q)
		require.NoError(t, err)
		require.NotEmpty(t, a.Results, q.Text)
		require.Nil(t, a.Nothing)
	}
}

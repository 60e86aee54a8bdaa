package search

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

const (
	maxRunes = 500 // longer than any address; more is a mistake
	// softTime is when a question is answered with what is found by then.
	softTime = 25 * time.Millisecond
	// spareResults is how many answers more are made than are wanted, because some turn out to be the same.
	spareResults = 5
)

// Engine answers questions from the present generation and what changed since. Its methods may be called at the same time.
type Engine struct {
	// Folder has the generation. Several processes may share it.
	Folder string
	// DB is where a generation is built from, and the changes since.
	DB  pg.TxBeginner
	Log *slog.Logger // nil: none
	// Time is how long a question may take before it is answered with what is found; 0: 25 ms.
	Time time.Duration
	// Fresh makes every question follow the change log first. It is for those who do not run the engine beside.
	Fresh bool

	now atomic.Pointer[state]
	// building is held by whoever makes a generation.
	building sync.Mutex
	spare    sync.Pool // of *scratch
}

// state is what answers at one moment.
type state struct {
	base     *generation
	delta    *index              // what changed since; nil: nothing
	hidden   map[uint64]struct{} // ways of the generation that the delta has anew
	position int64
}

// enter answers the present state, whose generation stays until it is left.
func (e *Engine) enter(ctx context.Context) (*state, error) {
	if e.Fresh {
		if err := e.Follow(ctx); err != nil {
			return nil, err
		}
	}
	for {
		s := e.now.Load()
		if s == nil {
			return nil, NotReady()
		}
		if s.base.enter() {
			return s, nil
		}
	}
}

// Ready reports whether there is a generation to answer from.
func (e *Engine) Ready() bool { return e.now.Load() != nil }

// Search answers a question.
func (e *Engine) Search(ctx context.Context, q Query) (Answer, error) {
	s, err := e.enter(ctx)
	if err != nil {
		return Answer{}, err
	}
	defer s.base.leave()
	answer := Answer{Position: s.position}
	text, err := q.check()
	if err != nil {
		return answer, err
	}
	if p, ok := coordinates(text); ok {
		if answer.Results = e.nearest(s, p, q.Most(), &answer.Work); len(answer.Results) == 0 {
			answer.Nothing = q.nothing(false, false)
		}
		return answer, nil
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(q.Time, e.Time, softTime))
	defer cancel()
	text, typed := s.keyboard(text)
	r := read(&q, text)
	if r.empty() {
		return answer, nothingAsked(text)
	}
	memory, again := e.spare.Get().(*scratch)
	if !again {
		memory = new(scratch)
	}
	var unsure bool
	answer.Results, unsure = s.answer(ctx, &q, r, memory, &answer)
	e.spare.Put(memory)
	if len(answer.Results) == 0 {
		answer.Nothing = q.nothing(unsure, answer.Truncated)
	}
	if typed {
		for i := range answer.Results {
			answer.Results[i].Reasons = append(answer.Results[i].Reasons, errs.Tf("پرسش با چیدمان دیگر صفحه‌کلید نوشته شده بود: «%s».", "The query was typed on the other keyboard layout: “%s”.", text))
		}
	}
	return answer, nil
}

// Most is how many answers are wanted.
func (q *Query) Most() int {
	if q.Limit <= 0 {
		return DefaultLimit
	}
	return min(q.Limit, MaxLimit)
}

// check refuses what is no question.
func (q *Query) check() (string, error) {
	if utf8.RuneCountInString(q.Text) > maxRunes {
		return "", &errs.Error{
			Code: "query-too-long", Status: 400, Op: "gnaf.Geocode", Location: "query.q",
			Title:  errs.T("متن جست‌وجو بلند است", "The query is too long"),
			Detail: errs.Tf("بیشینه %d نویسه است.", "At most %d characters are read.", maxRunes),
			Next:   errs.T("فقط نشانی یا نام مکان را بنویسید.", "Write the address or the name of the place only."),
		}
	}
	if persian.IsBlank(q.Text) && q.Parts == (Parts{}) {
		return "", nothingAsked(q.Text)
	}
	return q.Text, nil
}

func nothingAsked(text string) error {
	return &errs.Error{
		Code: "query-empty", Status: 400, Op: "gnaf.Geocode", Location: "query.q", Value: text,
		Title:  errs.T("متن جست‌وجو خالی است", "The query is empty"),
		Detail: errs.T("در متن هیچ حرف یا رقمی نیست.", "There is no letter and no digit in it."),
		Next:   errs.T("نشانی، کد پستی یا نام مکان را بنویسید.", "Write an address, a postal code or the name of a place."),
	}
}

// NotReady tells that there is no generation yet.
func NotReady() *errs.Error {
	return &errs.Error{
		Code: "search-not-ready", Status: 503, Op: "gnaf.Geocode",
		Title:  errs.T("جست‌وجو هنوز آماده نیست", "Search is not ready yet"),
		Detail: errs.T("نمایه نشانی‌ها در حال ساخته‌شدن است.", "The index of addresses is being built."),
		Next:   errs.T("چند ثانیه دیگر دوباره بپرسید.", "Ask again in some seconds."),
	}
}

// keyboard repairs a text that was typed on the other layout.
func (s *state) keyboard(text string) (string, bool) {
	known := func(word string) bool {
		return s.base.terms.find(word) != noTerm || s.delta != nil && s.delta.terms.find(word) != noTerm
	}
	if repaired, ok := persian.RepairKeyboard(text, known); ok {
		return repaired, true
	}
	return text, false
}

// answer asks both indexes and puts what they say together. unsure tells that what they say is no answer.
func (s *state) answer(ctx context.Context, q *Query, r *reading, memory *scratch, a *Answer) (results []Result, unsure bool) {
	var found []*candidate
	for _, x := range []*index{s.base.index, s.delta} {
		if x == nil {
			continue
		}
		f := finder{x: x, q: q, r: r, work: &a.Work, scratch: memory}
		if x == s.base.index {
			f.hidden = s.hidden
		}
		if r.code != 0 {
			found = append(found, f.byCode()...)
		}
		if len(r.tokens) > 0 || r.code == 0 {
			ways := f.find(ctx)
			if len(r.relations) > 0 && (r.number == nil || r.bare || len(ways) == 0 || !ways[0].place.found && !ways[0].place.between) {
				if c := f.corner(ctx, ways); c != nil {
					found = append(found, c)
				}
			}
			found = append(found, ways...)
		}
		a.Truncated = a.Truncated || f.cut
	}
	order(found)
	return present(found, q)
}

// present makes answers of candidates: each address once, with its confidence. unsure tells that the best is no answer.
func present(found []*candidate, q *Query) (results []Result, unsure bool) {
	limit := q.Most()
	kept := make([]*candidate, 0, min(limit, len(found)))
	results = make([]Result, 0, min(limit, len(found)))
	seen := map[string]bool{}
	for _, c := range found {
		behind := found[0].points - c.points
		if behind > mostBehind || len(results) >= limit+spareResults && behind > equal {
			break
		}
		if c.level() < q.Least {
			continue
		}
		result := c.result()
		if id := result.identity(); seen[id] {
			continue
		} else {
			seen[id] = true
		}
		if slices.ContainsFunc(results, result.samePlace) {
			continue
		}
		kept, results = append(kept, c), append(results, result)
	}
	equals := judge(kept)
	if !q.Prefix && len(kept) > 0 && kept[0].baseless() { // what is being typed is judged when it is asked
		return nil, true
	}
	for i := range results {
		results[i].Confidence = round3(kept[i].confidence)
	}
	tellEquals(results, equals)
	results = dropSamePlaces(results)
	return slices.Clip(results[:min(len(results), limit)]), false
}

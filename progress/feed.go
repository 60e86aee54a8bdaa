package progress

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// The Atom feed (RFC 4287): what became known, newest first.
type feed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []feedLink  `xml:"link"`
	Entries []feedEntry `xml:"entry"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type feedEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    feedLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// WriteFeed writes the last year of snapshots with the country's figures, and the datasets that became too old. Base is the address of this server.
func (s *Service) WriteFeed(ctx context.Context, w io.Writer, base string, persian bool) error {
	list, err := s.Snapshots(ctx, 0, 52)
	if err != nil {
		return err
	}
	late, err := s.Reminders(ctx, "", 0)
	if err != nil {
		return err
	}
	lang := map[bool]string{true: "fa", false: "en"}[persian]
	page := base + "/progress?lang=" + lang
	f := feed{
		Lang: lang, ID: base + "/v1/progress/feed.atom", Title: Text{"پیشرفت تکلیف‌های ماده‌های ۲۳ تا ۲۷", "Progress of the obligations of Articles 23 to 27"}.in(persian),
		Author: "nsdi", Links: []feedLink{{"self", base + "/v1/progress/feed.atom?lang=" + lang}, {"alternate", page}},
	}
	for _, n := range list {
		one, err := s.Snapshot(ctx, fmt.Sprint(n.ID), country)
		if err != nil {
			return err
		}
		summary := ""
		for _, figure := range one.Figures {
			if figure.Measure == headline && figure.Percent != nil {
				summary += fmt.Sprintf("%s: %.2f %%", figure.Obligation, *figure.Percent)
				if figure.Provisional {
					summary += Text{" (موقت: مخرج تصویب نشده است)", " (provisional: its denominator is not approved)"}.in(persian)
				}
				summary += "\n"
			}
		}
		f.Entries = append(f.Entries, feedEntry{
			ID: fmt.Sprintf("%s/v1/progress/snapshots/%d", base, n.ID), Updated: n.TakenAt, Link: feedLink{"alternate", page + "&from=" + fmt.Sprint(n.ID)}, Summary: summary,
			Title: Text{"ثبت ارقام " + n.Jalali, "Figures of " + n.Day}.in(persian),
		})
	}
	for _, r := range late {
		due, _ := time.Parse(time.DateOnly, r.Due)
		f.Entries = append(f.Entries, feedEntry{
			ID: fmt.Sprintf("%s/v1/datasets/%d#due-%s", base, r.Dataset, r.Due), Updated: due.Format(time.RFC3339), Link: feedLink{"alternate", page + "#reminders"},
			Title:   Text{r.what().FA + " (" + r.Agency.NameFA + ") باید تازه شود", r.what().EN + " (" + r.Agency.NameEN + ") is to be renewed"}.in(persian),
			Summary: Text{"موعد: " + r.DueJalali + "؛ دوره: " + r.Cycle.FA, "Due " + r.Due + "; cycle: " + r.Cycle.EN}.in(persian),
		})
	}
	f.Updated = "2014-09-07T00:00:00Z" // a feed without entries is as old as its matter
	for _, e := range f.Entries {
		f.Updated = max(f.Updated, e.Updated)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	if err := xml.NewEncoder(w).Encode(f); err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	return nil
}

package server

import (
	"nsdi/internal/errs"
	"nsdi/layers"
)

// delivered is a submission as the API tells it.
type delivered struct {
	Tracking      string             `json:"tracking" example:"NSDI-1405-K7Q2-93FX-8"`
	State         layers.State       `json:"state" enum:"received,inspected,confirmed,validated,submitted,reviewed,approved,published,unchanged,returned,withdrawn,refused"`
	StateTitle    bilingual          `json:"state_title"`
	Next          []string           `json:"next" doc:"What a person can do now: confirm, fix (accept proposed values), submit, review, publish, return, withdraw"`
	Agency        string             `json:"agency"`
	Theme         string             `json:"theme,omitempty"`
	Territory     string             `json:"territory,omitempty"`
	Dataset       int64              `json:"dataset,omitempty"`
	Files         []deliveredFile    `json:"files"`
	Mode          layers.Mode        `json:"mode" enum:"replace,append,upsert,delete"`
	AllowRemovals bool               `json:"allow_removals"`
	Received      date               `json:"received"`
	Updated       date               `json:"updated"`
	Finished      *date              `json:"finished"`
	Progress      *layers.Progress   `json:"progress" doc:"Of the step that runs"`
	Problem       *layers.Cause      `json:"problem" doc:"Why it was refused or does not go on"`
	ReviewReason  string             `json:"review_reason,omitempty"`
	Answer        *bilingual         `json:"answer" doc:"The report's first line: is it accepted"`
	Report        *layers.Report     `json:"report,omitempty" doc:"In the answer about one submission"`
	Mapping       *layers.Mapping    `json:"mapping,omitempty" doc:"In the answer about one submission"`
	Inspection    *layers.Inspection `json:"inspection,omitempty" doc:"In the answer about one submission"`
}

type deliveredFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func deliveredOf(s *layers.Submission, whole bool) *delivered {
	d := &delivered{
		Tracking: s.Tracking, State: s.State, StateTitle: bilingual(stateTitle(string(s.State))), Next: nextSteps(s), Agency: s.Agency, Theme: s.Theme,
		Territory: s.Territory, Dataset: s.DatasetID, Files: []deliveredFile{}, Mode: s.Mode, AllowRemovals: s.AllowRemovals, Received: dated(s.ReceivedAt),
		Updated: dated(s.UpdatedAt), Progress: s.Progress, Problem: s.Problem, ReviewReason: s.ReviewReason,
	}
	for _, f := range s.Files {
		d.Files = append(d.Files, deliveredFile{f.Name, f.Bytes, f.SHA256})
	}
	if s.FinishedAt != nil {
		at := dated(*s.FinishedAt)
		d.Finished = &at
	}
	if s.Report != nil {
		d.Answer = answerOf(s)
	}
	if whole {
		d.Report, d.Inspection, d.Mapping = s.Report, s.Inspection, &s.Mapping
	}
	return d
}

// nextSteps are what people can do in a state; the permission is another question.
func nextSteps(s *layers.Submission) []string {
	switch s.State {
	case layers.Inspected:
		return []string{"confirm", "withdraw"}
	case layers.Validated:
		steps := []string{"confirm"}
		if s.Report != nil {
			if all, _ := s.Report.Proposals(); all > 0 {
				steps = append(steps, "fix")
			}
			if s.Report.Accepted > 0 {
				steps = append(steps, "submit")
			}
		}
		return append(steps, "withdraw")
	case layers.Submitted:
		return []string{"review", "publish", "return", "withdraw"}
	case layers.Reviewed:
		return []string{"publish", "return", "withdraw"}
	case layers.Received, layers.Confirmed:
		return []string{"withdraw"}
	default:
		return []string{}
	}
}

// answerOf is the first line of a report: whether it will be, or was, accepted, and how much of it.
func answerOf(s *layers.Submission) *bilingual {
	r := s.Report
	t := errs.Tn(r.RowsIn, "پذیرفته نشد: %[2]d ردیف از %[1]d ردیف رد شد.", "Not accepted: rows refused: %[2]d, of %[1]d.", "Not accepted: %[2]d of %[1]d rows were refused.", r.RowsIn, r.Refused)
	switch {
	case s.State == layers.Refused:
	case r.Accepted == 0 && r.RowsIn > 0:
		t = errs.Tn(r.RowsIn, "هنوز هیچ ردیفی پذیرفته نشده است: هر %[1]d ردیف رد شد. موضوع و ستون‌ها را دوباره ببینید، یا پرونده را درست کنید و از نو تحویل دهید.",
			"The only row is not accepted yet. Look at theme and columns again, or mend the file and deliver it anew.",
			"No row is accepted yet: all %[1]d were refused. Look at theme and columns again, or mend the file and deliver it anew.", r.RowsIn)
		if _, mendable := r.Proposals(); mendable > 0 {
			t = errs.Tn(r.RowsIn, "هنوز هیچ ردیفی پذیرفته نشده است: هر %[1]d ردیف رد شد. %[2]d اصلاح پیشنهاد شده است که می‌توانید بپذیرید.",
				"The only row is not accepted yet. Corrections that you can accept: %[2]d.", "No row is accepted yet: all %[1]d were refused. Corrections that you can accept: %[2]d.", r.RowsIn, mendable)
		}
	case r.Refused > 0:
		t = errs.Tf("بخشی پذیرفته شد: %[2]d ردیف از %[1]d ردیف؛ %[3]d ردیف رد شد.", "Accepted in part: %[2]d of %[1]d rows; refused: %[3]d.", r.RowsIn, r.Accepted, r.Refused)
	default:
		t = errs.Tn(r.RowsIn, "پذیرفته شد: هر %d ردیف.", "Accepted: %d row, the only one.", "Accepted: all %d rows.", r.RowsIn)
	}
	b := bilingual(t)
	return &b
}

package server

import (
	"encoding/json"
	"net/http"
	"time"

	"nsdi/internal/pg"
	"nsdi/tiles"
)

// healthz answers GET /healthz: the process is there. It asks nothing of the database.
func (s *server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("ok"))
}

// readiness is what /readyz answers.
type readiness struct {
	Ready     bool   `json:"ready"`
	Database  bool   `json:"database"`
	Migration int32  `json:"migration"`
	Expected  int32  `json:"expected_migration"`
	Reason    string `json:"reason,omitempty"`
	// Search is the index of addresses. Without one the server is ready all the same: only the search is not.
	Search *searchState `json:"address_search,omitempty"`
	// Archive is the tiles that were made beforehand. Without them the server is ready all the same: tiles are made when they are asked for.
	Archive *tiles.ArchiveState `json:"tile_archive,omitempty"`
}

type searchState struct {
	Ready      bool       `json:"ready"`
	Made       *time.Time `json:"made_at,omitempty"`
	AgeSeconds int64      `json:"age_seconds,omitempty"`
	Ways       int        `json:"ways"`
	Sites      int        `json:"sites"`
	Units      int        `json:"units"`
	Bytes      int64      `json:"bytes"`
	Changed    int        `json:"changed_ways"` // since it was made, which are searched beside it
	Position   int64      `json:"change_log_position"`
}

func (s *server) searchState() *searchState {
	if s.Geocoder == nil || s.Geocoder.Search == nil {
		return nil
	}
	about := s.Geocoder.Search.About()
	if about.Made.IsZero() {
		return &searchState{}
	}
	return &searchState{
		Ready: true, Made: &about.Made, AgeSeconds: int64(time.Since(about.Made).Seconds()), Ways: about.Ways, Sites: about.Sites, Units: about.Units, Bytes: about.Bytes,
		Changed: about.Changed, Position: about.Position,
	}
}

// readyz answers GET /readyz: 200 when requests can be served, 503 with the reason otherwise.
func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	now := readiness{Search: s.searchState()}
	if s.Tiles != nil {
		now.Archive = s.Tiles.Archive()
	}
	state, err := pg.MigrationState(r.Context(), s.Pool)
	switch {
	case err != nil:
		now.Reason = "the database does not answer"
		s.Log.WarnContext(r.Context(), "not ready", "err", err)
	default:
		now.Database, now.Migration, now.Expected = true, state.Current, state.Want
		now.Ready = state.Ready()
		if !now.Ready {
			now.Reason = "the database is not at this program's migration"
		}
	}
	if now.Ready && s.Ready != nil {
		if err := s.Ready(r.Context()); err != nil {
			now.Ready, now.Reason = false, problem(err).Title
			s.Log.WarnContext(r.Context(), "not ready", "err", err)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !now.Ready {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(now) // the client went away: nobody is left to tell
}

package server

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
)

// committeeAPI is what the committee measures progress against, and what it gets.
func (s *server) committeeAPI(r chi.Router, api huma.API) {
	get(s, api, plansPath, "plans", "What is planned for a unit: the law's dates, and revised targets beside them", s.plans)
	post(s, api, plansPath, "set-plan", "Set a revised target by decision of the committee, or of a province's", s.setPlan)
}

package server

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"nsdi/access"
	"nsdi/progress"
)

// The inquiry services that progress counts are those whose cards say so, by the agency that answers for the register.
func TestInquiryServicesAreThoseOfTheCards(t *testing.T) {
	t.Parallel()
	cards := map[string][]string{}
	for _, s := range access.Services() {
		for _, l := range s.Legal {
			if l.Article == "21 note 2" && l.Subject.EN == "Electronic inquiry services" {
				code := map[string]string{"registry": "A25-INQUIRY", "post": "A27-INQUIRY"}[s.Agency.Code]
				cards[code] = append(cards[code], s.ID)
			}
		}
	}
	counted := progress.InquiryServices()
	assert.Len(t, cards, len(counted))
	for code, services := range cards {
		assert.ElementsMatch(t, services, counted[code], code)
	}
}

package gnaf

import (
	"context"
	"fmt"

	"nsdi/gnaf/persian"
)

// MaxSuggestions is how many codes an answer proposes.
const MaxSuggestions = 5

// CodeStanding is what a register knows of a code that was given out.
type CodeStanding struct {
	// Active tells that a unit bears the code today; a retired one exists and is not active.
	Active bool
	// City is the settlement of the unit as the register writes it.
	City string
}

// CodeRegister looks codes up. Both functions are asked for many at once and leave out what they do not know.
type CodeRegister struct {
	Codes func(ctx context.Context, codes []string) (map[string]CodeStanding, error)
	// Prefixes are the first five digits, which stand for a city and a postman's round. Nil where there is no table
	// of them: the answer then leaves open whether the prefix is known.
	Prefixes func(ctx context.Context, prefixes []string) (map[string]bool, error)
}

// PostalAnswer tells separately what can be told of a code, so that a caller can tell a typing mistake from a code that
// is too new for the register. Nil means that the question was not asked: what breaks the rules is not looked up.
type PostalAnswer struct {
	PostalCode
	// Code is the reading that the answers are about: the digits as written, or with their halves turned round where
	// only that exists. Empty when no reading keeps the rules.
	Code        string
	FormatValid bool
	PrefixKnown *bool
	Exists      *bool
	Active      *bool
	// Suggestions are codes of the register one slip away, the likeliest first; none where the code exists as written.
	// They disclose codes, so a service that offers them counts and limits what a caller asks.
	Suggestions []PostalSuggestion
}

// Validate answers all that can be said about a postal code as written. city is where the caller believes it to be,
// or empty; it only orders the suggestions.
func (r CodeRegister) Validate(ctx context.Context, written, city string) (PostalAnswer, error) {
	answer := PostalAnswer{PostalCode: CheckPostalCode(written)}
	answer.FormatValid = answer.Valid()
	readings := answer.Readings()
	known, err := r.Codes(ctx, readings)
	if err != nil {
		return answer, fmt.Errorf("looking for a postal code: %w", err)
	}
	if len(readings) > 0 {
		answer.Code = readings[0]
	}
	for _, code := range readings {
		if _, ok := known[code]; ok {
			answer.Code = code
			break
		}
	}
	if answer.Code != "" {
		standing, exists := known[answer.Code]
		answer.Exists, answer.Active = &exists, &standing.Active
		if answer.PrefixKnown, err = r.prefixKnown(ctx, answer.Code[:5]); err != nil {
			return answer, err
		}
		if exists {
			if answer.Code != answer.Digits && standing.Active { // people are told which code is answered in place of theirs
				answer.Suggestions = []PostalSuggestion{suggested(answer.Code, NearSwappedHalves, standing.City, city)}
			}
			return answer, nil
		}
	}
	answer.Suggestions, err = r.suggest(ctx, answer.PostalCode, city)
	return answer, err
}

func (r CodeRegister) prefixKnown(ctx context.Context, prefix string) (*bool, error) {
	if r.Prefixes == nil {
		return nil, nil
	}
	known, err := r.Prefixes(ctx, []string{prefix})
	if err != nil {
		return nil, fmt.Errorf("looking for the prefix of a postal code: %w", err)
	}
	answer := known[prefix]
	return &answer, nil
}

func (r CodeRegister) suggest(ctx context.Context, c PostalCode, city string) ([]PostalSuggestion, error) {
	slips := map[string]string{}
	var codes []string
	for code, slip := range c.NearCodes() {
		slips[code] = slip
		codes = append(codes, code)
	}
	if len(codes) == 0 {
		return nil, nil
	}
	known, err := r.Codes(ctx, codes)
	if err != nil {
		return nil, fmt.Errorf("looking for similar postal codes: %w", err)
	}
	var found []PostalSuggestion
	for code, standing := range known {
		slip, asked := slips[code]
		if !asked {
			continue
		}
		found = append(found, suggested(code, slip, standing.City, city))
	}
	rankSuggestions(found)
	return found[:min(len(found), MaxSuggestions)], nil
}

// suggested is a code of a settlement, as somebody is told of it who believes the code to be in a city.
func suggested(code, slip, settlement, city string) PostalSuggestion {
	key := persian.UnitName("city", city)
	return PostalSuggestion{Code: code, Slip: slip, City: settlement, SameCity: key != "" && persian.UnitName("city", settlement) == key}
}

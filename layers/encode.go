package layers

import (
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// encode writes a row's attributes as json.Marshal does, in the order of their names: the same content has the same bytes. It is asked for every row, and takes
// a fifth of the time.
func (s *staging) encode(attributes map[string]any) ([]byte, error) {
	if s.names == nil {
		for _, a := range s.theme.Attributes {
			s.names = append(s.names, a.Name)
		}
		slices.Sort(s.names)
	}
	body := make([]byte, 0, s.longestBody)
	body = append(body, '{')
	written := 0
	for _, name := range s.names {
		value, ok := attributes[name]
		if !ok {
			continue
		}
		if written++; written > 1 {
			body = append(body, ',')
		}
		body = append(gjson.AppendJSONString(body, name), ':')
		text, ok := value.(string)
		if ok && utf8.ValidString(text) {
			body = gjson.AppendJSONString(body, text)
			continue
		}
		switch v := value.(type) {
		case int:
			body = strconv.AppendInt(body, int64(v), 10)
		case int64:
			body = strconv.AppendInt(body, v, 10)
		case bool:
			body = strconv.AppendBool(body, v)
		default:
			other, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			body = append(body, other...)
		}
	}
	if written < len(attributes) { // something that the theme does not name
		return json.Marshal(attributes)
	}
	body = append(body, '}')
	s.longestBody = max(s.longestBody, min(len(body), 1<<12))
	return body, nil
}

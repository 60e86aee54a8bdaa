package server

import (
	"bytes"
	"net"
	"net/http"
	"net/url"
)

// shortRequest is the one request of a connection's short way, read into again and again.
type shortRequest struct {
	http.Request
	url    url.URL
	fields []byte   // the header that Header and Host are of, as it came
	name   [32]byte // of a field, in small letters
}

func (r *shortRequest) of(c net.Conn) {
	r.Request = http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, URL: &r.url, Header: http.Header{}, Body: http.NoBody, RemoteAddr: c.RemoteAddr().String()}
}

// read reads a request that is written in the plainest form and is all that has come: GET or HEAD of an address below /tiles/ with a query, without a body, with no header fields but
// those that every browser sends. All others are not refused but left to net/http: so nothing is decided here that could be decided in another way there, above all where a request
// ends.
func (r *shortRequest) read(text []byte) bool {
	line, text, _ := bytes.Cut(text, []byte("\r\n"))
	method, line, _ := bytes.Cut(line, []byte(" "))
	target, proto, _ := bytes.Cut(line, []byte(" "))
	path, query, _ := bytes.Cut(target, []byte("?"))
	switch string(method) {
	case http.MethodGet:
		r.Method = http.MethodGet
	case http.MethodHead:
		r.Method = http.MethodHead
	default:
		return false
	}
	if string(proto) != "HTTP/1.1" || !bytes.HasPrefix(path, []byte("/tiles/")) || !consists(path, "-_/") || len(query) == 0 || !consists(query, "-.=") {
		return false
	}
	r.RequestURI = string(target)
	r.URL.Path, r.URL.RawQuery = r.RequestURI[:len(path)], r.RequestURI[len(path)+1:]
	return r.header(text)
}

// header reads all after the request line. A client mostly sends on a connection what it has sent before; that is not read again.
func (r *shortRequest) header(text []byte) bool {
	if len(r.fields) > 0 && bytes.Equal(text, r.fields) {
		return true
	}
	r.fields, r.Host = r.fields[:0], ""
	clear(r.Header)
	all := text
	for {
		line, rest, ended := bytes.Cut(text, []byte("\r\n"))
		if text = rest; !ended {
			return false
		}
		if len(line) == 0 {
			if len(text) > 0 || r.Host == "" {
				return false
			}
			r.fields = append(r.fields, all...)
			return true
		}
		if !r.field(line) {
			return false
		}
	}
}

// field reads a line of the header. What it lets pass unread says nothing about the answer, nor about the connection.
func (r *shortRequest) field(line []byte) bool {
	name, value, found := bytes.Cut(line, []byte(":"))
	if !found || len(name) > len(r.name) {
		return false
	}
	value = bytes.Trim(value, " \t")
	for _, c := range value {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	switch string(small(r.name[:0], name)) {
	case "host":
		if r.Host != "" || !consists(value, "-.:") {
			return false
		}
		r.Host = string(value)
	case "connection":
		return string(value) == "keep-alive" || string(value) == "Keep-Alive"
	case "accept-encoding":
		r.add("Accept-Encoding", value)
	case "if-none-match":
		r.add("If-None-Match", value)
	case "x-forwarded-for":
		r.add("X-Forwarded-For", value)
	case "accept", "accept-language", "cache-control", "cookie", "dnt", "forwarded", "origin", "pragma", "priority", "referer", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform",
		"sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-gpc", "user-agent", "via", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-real-ip":
	default:
		return false
	}
	return true
}

func (r *shortRequest) add(name string, value []byte) {
	r.Header[name] = append(r.Header[name], string(value))
}

func small(to, name []byte) []byte {
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// consists reports whether a text is of letters and digits of ASCII, and others that are listed.
func consists(text []byte, others string) bool {
next:
	for _, c := range text {
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' {
			continue
		}
		for i := range len(others) {
			if others[i] == c {
				continue next
			}
		}
		return false
	}
	return true
}

package errs

import (
	"fmt"
	"io"
)

// Print writes err for a person at a terminal: title, detail, cause and next
// step in English, then title, detail and next step in Persian. The cause is
// shown because whoever runs the command is whoever reads the log.
func Print(w io.Writer, err error) {
	e, ok := As(err)
	if !ok {
		fmt.Fprintf(w, "nsdi: %v\n", err)
		return
	}
	printOne(w, "nsdi: ", e.Title.EN, e.Detail.EN)
	if e.Location != "" {
		fmt.Fprintf(w, "  at: %s\n", e.Location)
	}
	if e.Err != nil {
		fmt.Fprintf(w, "  cause: %v\n", e.Err)
	}
	if e.Next.EN != "" {
		fmt.Fprintf(w, "  next step: %s\n", e.Next.EN)
	}
	if e.Title.FA == "" && e.Detail.FA == "" {
		return
	}
	printOne(w, "", e.Title.FA, e.Detail.FA)
	if e.Next.FA != "" {
		fmt.Fprintf(w, "  گام بعدی: %s\n", e.Next.FA)
	}
}

func printOne(w io.Writer, prefix, title, detail string) {
	switch {
	case title == "":
		fmt.Fprintf(w, "%s%s\n", prefix, detail)
	case detail == "":
		fmt.Fprintf(w, "%s%s\n", prefix, title)
	default:
		fmt.Fprintf(w, "%s%s: %s\n", prefix, title, detail)
	}
}

package printer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// browser is a running Chromium that is spoken to by its DevTools protocol over two pipes: JSON messages that end with a zero byte.
type browser struct {
	cmd     *exec.Cmd
	to      *os.File
	from    *bufio.Reader
	reading *os.File
	id      int
}

// start gives the browser its two pipes as files 3 and 4.
func start(cmd *exec.Cmd) (*browser, error) {
	theirs, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	reading, answers, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, theirs.Close(), to.Close())
	}
	cmd.ExtraFiles = []*os.File{theirs, answers}
	err = cmd.Start()
	err = errors.Join(err, theirs.Close(), answers.Close())
	if err != nil {
		return nil, errors.Join(err, to.Close(), reading.Close())
	}
	return &browser{cmd: cmd, to: to, from: bufio.NewReader(reading), reading: reading}, nil
}

// wait is for the end, after which nobody speaks.
func (b *browser) wait() error {
	return errors.Join(b.cmd.Wait(), b.to.Close(), b.reading.Close())
}

// print opens a page, waits until it says that it is ready, and answers it on the paper that its style sheet asks for.
func (b *browser) print(ctx context.Context, address string) ([]byte, error) {
	var target struct{ TargetID string }
	if err := b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return nil, err
	}
	var attached struct{ SessionID string }
	if err := b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached); err != nil {
		return nil, err
	}
	session := attached.SessionID
	var moved struct{ ErrorText string }
	if err := b.call(session, "Page.navigate", map[string]any{"url": address}, &moved); err != nil {
		return nil, err
	}
	if moved.ErrorText != "" {
		return nil, errors.New(moved.ErrorText)
	}
	if err := b.ready(ctx, session); err != nil {
		return nil, err
	}
	var printed struct{ Data []byte } // JSON's base64
	err := b.call(session, "Page.printToPDF", map[string]any{"preferCSSPageSize": true, "printBackground": true}, &printed)
	if err == nil && !bytes.HasPrefix(printed.Data, []byte("%PDF-")) {
		err = errors.New("it made no PDF")
	}
	return printed.Data, err
}

// ready waits for the page's own word, and for its fonts.
func (b *browser) ready(ctx context.Context, session string) error {
	const asked = `document.querySelector('[data-ready]') !== null && document.fonts.status === 'loaded'`
	for {
		var said struct {
			Result struct{ Value any }
		}
		if err := b.call(session, "Runtime.evaluate", map[string]any{"expression": asked}, &said); err != nil {
			return err
		}
		wait := 100 * time.Millisecond
		if said.Result.Value == true {
			wait = 500 * time.Millisecond // charts are drawn after the figures came
		}
		select {
		case <-ctx.Done():
			return errors.New("the page was not ready in time")
		case <-time.After(wait):
		}
		if said.Result.Value == true {
			return nil
		}
	}
}

// call asks for one thing and waits for its answer. What the browser tells besides is passed over. When the context ends the browser does, and the pipe with it.
func (b *browser) call(session, method string, params map[string]any, result any) error {
	b.id++
	message := map[string]any{"id": b.id, "method": method, "params": params}
	if session != "" {
		message["sessionId"] = session
	}
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if _, err := b.to.Write(append(body, 0)); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	for {
		text, err := b.from.ReadBytes(0)
		if err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		var answer struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		if err := json.Unmarshal(text[:len(text)-1], &answer); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		switch {
		case answer.ID != b.id:
			continue
		case answer.Error != nil:
			return fmt.Errorf("%s: %s", method, answer.Error.Message)
		}
		return json.Unmarshal(answer.Result, result)
	}
}

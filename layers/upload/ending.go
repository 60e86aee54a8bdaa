package upload

import "sync"

// ending is how an exchange is ended from elsewhere: by the server that ends, or by a later request. tusd notes the body of a transfer without a lock and looks for it
// when it is told to end, and would miss it before; so whoever ends the transfer waits until its body is being read.
type ending struct {
	mutex   sync.Mutex
	begun   bool // its body is being read, or it is no transfer
	waiting []func()
}

// begin has those end it who wait.
func (e *ending) begin() {
	e.mutex.Lock()
	e.begun = true
	waiting := e.waiting
	e.waiting = nil
	e.mutex.Unlock()
	for _, end := range waiting {
		end()
	}
}

// end calls what ends it, now or when it has begun.
func (e *ending) end(end func()) {
	e.mutex.Lock()
	if !e.begun {
		e.waiting = append(e.waiting, end)
		e.mutex.Unlock()
		return
	}
	e.mutex.Unlock()
	end()
}

package ogr

import (
	"syscall"
)

// PeakMemory is the most that any process of the sandbox had in memory so far, in bytes; never less than what this program had when it started one, since the
// kernel counts that for the new process as well.
func (s *Sandbox) PeakMemory() int64 { return s.peak.Load() }

// measure takes in what a process that has ended used, with the processes that it started itself.
func (s *Sandbox) measure(cmd *process) {
	if cmd.ProcessState == nil {
		return
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return
	}
	used := usage.Maxrss << 10 // Linux counts in KiB
	for {
		peak := s.peak.Load()
		if used <= peak || s.peak.CompareAndSwap(peak, used) {
			return
		}
	}
}

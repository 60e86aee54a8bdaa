package ogr

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// killWhole has a cancelled command end with all that it started. Bubblewrap's child ends with its parent only once it has asked the kernel for that; killed
// before, the parent would leave it behind. So the parent is stopped, its children are killed, and then it is. The child is the first process of its own
// process namespace, and with it everything in there ends.
func killWhole(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		pid := cmd.Process.Pid
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			return os.ErrProcessDone
		}
		for range 100 {
			if stopped(pid) {
				break
			}
			time.Sleep(time.Millisecond)
		}
		for _, child := range children(pid) {
			_ = syscall.Kill(child, syscall.SIGKILL) // it may have ended by itself
		}
		return syscall.Kill(-pid, syscall.SIGKILL)
	}
}

// stopped answers whether a process has stopped, or ended.
func stopped(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	i := bytes.LastIndexByte(stat, ')') // the name before it may hold anything
	return i < 0 || len(stat) <= i+2 || bytes.IndexByte([]byte("TtZX"), stat[i+2]) >= 0
}

// children lists the child processes of one process.
func children(pid int) []int {
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var out []int
	for _, field := range strings.Fields(string(list)) {
		if child, err := strconv.Atoi(field); err == nil {
			out = append(out, child)
		}
	}
	return out
}

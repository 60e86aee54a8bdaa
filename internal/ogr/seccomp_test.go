package ogr

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/bpf"
)

const tryCalls = "try-system-calls"

// try makes system calls, and says what the kernel answers to each.
func try(names []string) {
	machine, err := arch.GetInfo("")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range names {
		var a, b uintptr
		switch name {
		case "socket", "socketpair":
			a, b = syscall.AF_UNIX, syscall.SOCK_STREAM
		case "unshare":
			a = syscall.CLONE_NEWUSER
		case "ptrace":
			a = syscall.PTRACE_ATTACH // of no process: request 0 would make this one stop at its next signal
		}
		_, _, errno := syscall.Syscall6(uintptr(machine.SyscallNames[name]), a, b, 0, 0, 0, 0)
		fmt.Printf("%s %d\n", name, int(errno))
	}
}

// A program in the sandbox is refused each of these calls by the filter, and not only for want of capabilities; it has threads and files as any other.
func TestSystemCallsOfTheSandbox(t *testing.T) {
	t.Parallel()
	machine, err := arch.GetInfo("")
	require.NoError(t, err)
	var names []string
	for _, name := range denied() {
		if _, known := machine.SyscallNames[name]; known {
			names = append(names, name)
		}
	}
	require.Greater(t, len(names), 60)
	self, err := os.Executable()
	require.NoError(t, err)
	s := newSandbox(t, Limits{Memory: 1 << 44}) // the race detector reserves much
	answers := func(s *Sandbox, names ...string) map[string]syscall.Errno {
		t.Helper()
		var out strings.Builder
		cmd := s.command(t.Context(), map[string]string{"probe": self}, "/in/probe", append([]string{tryCalls}, names...)...)
		cmd.Stdout, cmd.Stderr = &out, &out
		require.NoError(t, cmd.Run(), "%s", &out)
		got := map[string]syscall.Errno{}
		for line := range strings.Lines(out.String()) {
			var name string
			var errno int
			_, err := fmt.Sscanf(line, "%s %d", &name, &errno)
			require.NoError(t, err, "%s", line)
			got[name] = syscall.Errno(errno)
		}
		require.Len(t, got, len(names))
		return got
	}
	for name, errno := range answers(s, names...) {
		require.Equal(t, syscall.EPERM, errno, name)
	}
	require.Equal(t, syscall.ENOSYS, answers(s, "clone3")["clone3"])
	open := &Sandbox{limits: s.limits, cpuSeconds: s.cpuSeconds, skip: s.skip}
	open.filter, err = assembled([]bpf.Instruction{bpf.RetConstant{Val: uint32(seccomp.ActionAllow)}})
	require.NoError(t, err)
	for name, errno := range answers(open, "socket", "socketpair", "ptrace") {
		require.NotEqual(t, syscall.EPERM, errno, "%s is made where nothing filters it", name)
	}
}

// The filter, run by an interpreter that is not the kernel's: what another kind of machine's number would mean is not guessed.
func TestSystemCallFilter(t *testing.T) {
	t.Parallel()
	machine, err := arch.GetInfo("")
	require.NoError(t, err)
	instructions, err := filterInstructions()
	require.NoError(t, err)
	vm, err := bpf.NewVM(instructions)
	require.NoError(t, err)
	answer := func(id, number uint32, first uint64) uint32 {
		data := make([]byte, 64) // struct seccomp_data; the interpreter reads words as networks have them
		binary.BigEndian.PutUint32(data, number)
		binary.BigEndian.PutUint32(data[4:], id)
		binary.BigEndian.PutUint32(data[16:], uint32(first))
		binary.BigEndian.PutUint32(data[20:], uint32(first>>32))
		got, err := vm.Run(data)
		require.NoError(t, err)
		return uint32(got)
	}
	const allow, kill = uint32(seccomp.ActionAllow), uint32(seccomp.ActionKillProcess)
	refused := uint32(seccomp.ActionErrno) | uint32(syscall.EPERM)
	own := uint32(machine.ID)
	for _, tc := range []struct {
		what    string
		id      uint32
		number  uint32
		first   uint64
		answers uint32
	}{
		{"read", own, syscall.SYS_READ, 0, allow},
		{"a program's start", own, syscall.SYS_EXECVE, 0, allow},
		{"a thread", own, syscall.SYS_CLONE, syscall.CLONE_VM | syscall.CLONE_FS | syscall.CLONE_FILES | syscall.CLONE_SIGHAND | syscall.CLONE_THREAD, allow},
		{"a process", own, syscall.SYS_CLONE, uint64(syscall.SIGCHLD), allow},
		{"a namespace", own, syscall.SYS_CLONE, syscall.CLONE_NEWUSER | uint64(syscall.SIGCHLD), refused},
		{"another namespace", own, syscall.SYS_CLONE, syscall.CLONE_VM | syscall.CLONE_NEWNET, refused},
		{"clone3", own, uint32(machine.SyscallNames["clone3"]), 0, uint32(seccomp.ActionErrno) | uint32(syscall.ENOSYS)},
		{"a socket", own, syscall.SYS_SOCKET, 0, refused},
		{"a socket, by a 32-bit number", uint32(arch.I386.ID), 359, 0, kill},
		{"read, by a 32-bit number", uint32(arch.I386.ID), 3, 0, kill},
	} {
		require.Equal(t, tc.answers, answer(tc.id, tc.number, tc.first), tc.what)
	}
}

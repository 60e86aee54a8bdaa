package ogr

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
)

// denied lists what no reader of files needs: the parts of the kernel that have been ways out of sandboxes, and whatever reaches other processes or machines.
func denied() []string {
	return []string{
		// other machines and processes
		"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg",
		"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_open", "pidfd_getfd", "pidfd_send_signal",
		// namespaces and file systems
		"unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount", "fspick", "move_mount", "open_tree", "mount_setattr",
		"name_to_handle_at", "open_by_handle_at", "fanotify_init", "quotactl", "quotactl_fd", "swapon", "swapoff", "acct",
		// large interfaces of the kernel
		"bpf", "perf_event_open", "io_uring_setup", "io_uring_enter", "io_uring_register", "userfaultfd", "add_key", "request_key", "keyctl",
		"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "lookup_dcookie", "syslog", "uselib", "modify_ldt", "iopl", "ioperm",
		"move_pages", "migrate_pages", "mbind", "set_mempolicy", "get_mempolicy", "vmsplice",
		// the machine
		"reboot", "sethostname", "setdomainname", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "vhangup",
	}
}

// filterProgram is the system call filter of a reading process, as bubblewrap takes it: an array of sock_filter.
func filterProgram() ([]byte, error) {
	instructions, err := filterInstructions()
	if err != nil {
		return nil, err
	}
	return assembled(instructions)
}

func assembled(instructions []bpf.Instruction) ([]byte, error) {
	raw, err := bpf.Assemble(instructions)
	if err != nil {
		return nil, fmt.Errorf("system call filter: %w", err)
	}
	var out []byte
	for _, i := range raw {
		out = binary.NativeEndian.AppendUint16(out, i.Op)
		out = append(out, i.Jt, i.Jf)
		out = binary.NativeEndian.AppendUint32(out, i.K)
	}
	return out, nil
}

func filterInstructions() ([]bpf.Instruction, error) {
	machine, err := arch.GetInfo("")
	if err != nil {
		return nil, fmt.Errorf("system call filter: %w", err)
	}
	refused := seccomp.SyscallGroup{
		Action: seccomp.ActionErrno, // EPERM
		Names: slices.DeleteFunc(denied(), func(name string) bool { // not every machine has all
			_, known := machine.SyscallNames[name]
			return !known
		}),
	}
	for _, namespace := range []uint64{
		syscall.CLONE_NEWNS, syscall.CLONE_NEWUTS, syscall.CLONE_NEWIPC, syscall.CLONE_NEWUSER, syscall.CLONE_NEWPID, syscall.CLONE_NEWNET, syscall.CLONE_NEWCGROUP,
	} { // threads are made by the same call
		refused.NamesWithCondtions = append(refused.NamesWithCondtions, seccomp.NameWithConditions{
			Name: "clone", Conditions: seccomp.ArgumentConditions{{Argument: 0, Operation: seccomp.BitsSet, Value: namespace}},
		})
	}
	policy := seccomp.Policy{DefaultAction: seccomp.ActionAllow, Syscalls: []seccomp.SyscallGroup{
		refused,
		// Its flags are in memory, where a filter does not see them. The C library takes clone when it is told that there is no such call.
		{Action: seccomp.ActionErrno | seccomp.Action(syscall.ENOSYS), Names: []string{"clone3"}},
	}}
	program, err := policy.Assemble()
	if err != nil {
		return nil, fmt.Errorf("system call filter: %w", err)
	}
	// The library lets calls of another kind of machine through, such as those of 32-bit programs: they have other numbers for the same.
	const offsetOfArch = 4
	return append([]bpf.Instruction{
		bpf.LoadAbsolute{Off: offsetOfArch, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(machine.ID), SkipTrue: 1},
		bpf.RetConstant{Val: uint32(seccomp.ActionKillProcess)},
	}, program...), nil
}

// filterAt is where bubblewrap finds the filter: the first file that is handed on.
const filterAt = "3"

// process is a sandboxed program, which takes its system call filter when it is started.
type process struct {
	*exec.Cmd
	filter []byte
}

// Start starts it.
func (p *process) Start() error {
	from, to, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("system call filter: %w", err)
	}
	defer from.Close()
	_, err = to.Write(p.filter) // far less than a pipe holds
	if closed := to.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("system call filter: %w", err)
	}
	p.ExtraFiles = []*os.File{from}
	return p.Cmd.Start()
}

// Run starts it and waits for its end.
func (p *process) Run() error {
	if err := p.Start(); err != nil {
		return err
	}
	return p.Wait()
}

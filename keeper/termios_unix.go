//go:build linux || darwin

package main

import (
	"os"
	"syscall"
	"unsafe"
)

// prepareTerminal sets size and echo, and turns off every rewriting of output.
func prepareTerminal(fd int, spec *terminalSpec) error {
	err := changeAttributes(fd, func(t *syscall.Termios) {
		t.Oflag &^= syscall.OPOST
		setEcho(t, spec.Echo)
	})
	if err != nil {
		return err
	}
	return setSize(fd, spec.Columns, spec.Rows)
}

func setTerminalEcho(terminal *os.File, on bool) error {
	return control(terminal, func(fd int) error {
		return changeAttributes(fd, func(t *syscall.Termios) { setEcho(t, on) })
	})
}

func setTerminalSize(terminal *os.File, columns, rows uint16) error {
	return control(terminal, func(fd int) error { return setSize(fd, columns, rows) })
}

func setEcho(t *syscall.Termios, on bool) {
	const echo = syscall.ECHO | syscall.ECHOE | syscall.ECHOK | syscall.ECHOCTL | syscall.ECHOKE
	if on {
		t.Lflag |= echo
	} else {
		t.Lflag &^= echo
	}
}

func changeAttributes(fd int, change func(*syscall.Termios)) error {
	var t syscall.Termios
	if err := ioctl(fd, getAttributes, unsafe.Pointer(&t)); err != nil {
		return err
	}
	change(&t)
	return ioctl(fd, setAttributes, unsafe.Pointer(&t))
}

func setSize(fd int, columns, rows uint16) error {
	size := struct{ rows, columns, x, y uint16 }{rows, columns, 0, 0}
	return ioctl(fd, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
}

// control leaves the descriptor as it is, where File.Fd would make it block.
func control(file *os.File, do func(fd int) error) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	if err := raw.Control(func(fd uintptr) { result = do(int(fd)) }); err != nil {
		return err
	}
	return result
}

func ioctl(fd int, request uintptr, argument unsafe.Pointer) error {
	_, _, number := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), request, uintptr(argument))
	if number != 0 {
		return os.NewSyscallError("ioctl", number)
	}
	return nil
}

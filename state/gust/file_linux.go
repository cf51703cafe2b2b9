package gust

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// header begins a file of state, so that another format is not taken for this one.
const header = "gust state 1\n"

// writeState writes values to a file that has no name, and returns it with its length.
func writeState(entries []entry) (file *os.File, size int64, err error) {
	file, err = namelessFile()
	if err != nil {
		return nil, 0, err
	}
	defer func() {
		if err != nil {
			_ = file.Close()
		}
	}()
	out := bufio.NewWriter(file)
	if _, err = out.WriteString(header); err != nil {
		return nil, 0, err
	}
	encoder := gob.NewEncoder(out)
	for _, e := range entries {
		if err = encoder.Encode(e); err != nil {
			return nil, 0, err
		}
	}
	if err = out.Flush(); err != nil {
		return nil, 0, err
	}
	size, err = file.Seek(0, io.SeekCurrent)
	return file, size, err
}

// readState reads a file of state from its beginning, wherever others who have it are in it.
func readState(file *os.File) ([]entry, error) {
	in := bufio.NewReader(io.NewSectionReader(file, 0, math.MaxInt64))
	start := make([]byte, len(header))
	if _, err := io.ReadFull(in, start); err != nil || string(start) != header {
		return nil, errors.New("the state is of another version of gust")
	}
	var entries []entry
	decoder := gob.NewDecoder(in)
	for {
		var e entry
		err := decoder.Decode(&e)
		if err == io.EOF {
			return entries, nil
		}
		if err != nil {
			return entries, fmt.Errorf("the state cannot be read: %w", err)
		}
		entries = append(entries, e)
	}
}

// namelessFile returns a file in memory where the system has such, else one that is removed from
// the disk already.
func namelessFile() (*os.File, error) {
	if number := memfdCreate(); number != 0 {
		name, _ := syscall.BytePtrFromString("gust-state")
		const closeOnExec = 1
		fd, _, errno := syscall.Syscall(number, uintptr(unsafe.Pointer(name)), closeOnExec, 0)
		if errno == 0 {
			return os.NewFile(fd, "gust state"), nil
		}
	}
	file, err := os.CreateTemp("", "gust-state-")
	if err != nil {
		return nil, err
	}
	return file, os.Remove(file.Name())
}

// memfdCreate is the number of the system call, which package syscall does not name everywhere.
func memfdCreate() uintptr {
	switch runtime.GOARCH {
	case "amd64":
		return 319
	case "arm64", "riscv64", "loong64":
		return 279
	case "386":
		return 356
	case "arm":
		return 385
	}
	return 0
}

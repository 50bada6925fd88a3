package sandbox

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	orphanParent = "SANDBOX_TEST_PARENT" // set in the process to kill
	patience     = 30 * time.Second
)

// TestMain also is the process that TestServer_killedWithProcess kills.
func TestMain(m *testing.M) {
	if parent := os.Getenv(orphanParent); parent != "" {
		s, err := Start(context.Background(), Options{Parent: parent})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(s.Port())
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
		os.Exit(0)
	}
	Main(m)
}

func TestServer_killedWithProcess(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), self)
	command.Env = append(os.Environ(), orphanParent+"="+parent)
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer input.Close()
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("it did not start: %s", line)
	}
	address := net.JoinHostPort(loopback, strconv.Itoa(port))
	server, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := server.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}

	t.Run("server is killed with its process", func(t *testing.T) {
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait() // the error of a killed process
		_, _ = io.Copy(io.Discard, server)
		again, err := net.Dial("tcp", address)
		if err != nil {
			return // the port is closed
		}
		defer again.Close()
		// The kernel may still be closing its sockets, one by one.
		if n, _ := again.Read(make([]byte, 1)); n > 0 {
			t.Error("the server is still there, and greets")
		}
	})
	t.Run("next start removes its folder", func(t *testing.T) {
		left, err := filepath.Glob(filepath.Join(parent, folderPrefix+"*"))
		if err != nil || len(left) != 1 {
			t.Fatalf("it left %v, %v", left, err)
		}
		s := Own(t, Options{Parent: parent})
		if _, err := os.Stat(left[0]); !os.IsNotExist(err) {
			t.Errorf("%s is still there", left[0])
		}
		t.Run("folder of a running server is kept", func(t *testing.T) {
			Own(t, Options{Parent: parent})
			s.Database(t, 1302)
		})
	})
}

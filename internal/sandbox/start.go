package sandbox

import (
	"context"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// install creates the system tables, without InnoDB, which VICIdial does not use
// and which makes a start slow.
func (s *Server) install(ctx context.Context) error {
	script, err := findBinary(installerNames...)
	if err != nil {
		return err
	}
	args := []string{
		"--no-defaults", "--datadir=" + s.data(), "--auth-root-authentication-method=normal",
		"--tmpdir=" + s.temporary(), "--skip-test-db", "--skip-name-resolve", "--force", "--skip-innodb", "--default-storage-engine=MyISAM",
	}
	if os.Geteuid() == 0 {
		args = append(args, "--user=root")
	}
	output, err := exec.CommandContext(ctx, script, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("sandbox: %s: %w\n%s", filepath.Base(script), err, output)
	}
	return nil
}

// writeInit writes the statements that the server runs before it accepts
// connections: they set a password for root and delete all other users.
func (s *Server) writeInit() error {
	statements := []string{
		"DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys'",
		"FLUSH PRIVILEGES",
		"CREATE USER root@'%' IDENTIFIED BY " + quoteText(s.password),
		"GRANT ALL PRIVILEGES ON *.* TO root@'%' WITH GRANT OPTION",
	}
	if err := os.WriteFile(s.initFile(), []byte(strings.Join(statements, ";\n")+";\n"), 0o600); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	return nil
}

// launch starts mariadbd with the existing data.
func (s *Server) launch(ctx context.Context, binary string) error {
	process, err := launch(exec.Command(binary, s.arguments()...), readyText)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	select {
	case <-process.log.ready:
		s.process = process
		_ = os.Remove(s.initFile()) // it has a password and is needed once
		return nil
	case <-process.ended:
		return fmt.Errorf("sandbox: mariadbd did not start:\n%s", process.log)
	case <-ctx.Done():
		process.kill()
		return fmt.Errorf("sandbox: mariadbd did not start in time: %w\n%s", ctx.Err(), process.log)
	}
}

func (s *Server) arguments() []string {
	args := []string{
		"--no-defaults",
		"--datadir=" + s.data(),
		"--socket=" + s.Socket(),
		"--tmpdir=" + s.temporary(),
		"--pid-file=" + filepath.Join(s.folder, "pid"),
		"--port=" + strconv.Itoa(s.port),
		"--bind-address=" + loopback,
		"--skip-name-resolve",
		"--sql-mode=" + s.options.SQLMode,
		"--explicit-defaults-for-timestamp=OFF",
		"--character-set-server=latin1",
		"--collation-server=latin1_swedish_ci",
		"--default-storage-engine=MyISAM",
		"--skip-innodb",
		"--skip-log-bin",
		"--myisam-recover-options=BACKUP,FORCE",
		"--local-infile=OFF",
		// Tests serve providers from their own process, so each run of Terraform
		// leaves idle connections.
		"--max-connections=5000",
		"--table-open-cache=4000",
		"--key-buffer-size=8M",
		"--aria-pagecache-buffer-size=8M",
		"--aria-log-file-size=8M",
		"--tmp-table-size=4M",
		"--performance-schema=OFF",
	}
	if os.Geteuid() == 0 {
		args = append(args, "--user=root")
	}
	if _, err := os.Stat(s.initFile()); err == nil {
		args = append(args, "--init-file="+s.initFile())
	}
	if s.options.ReadOnly {
		args = append(args, "--read-only=ON")
	}
	if s.options.Replica {
		args = append(args, "--server-id=2")
	}
	if t := s.options.TLS; t != nil {
		args = append(args, "--ssl-ca="+t.CA, "--ssl-cert="+t.ServerCert, "--ssl-key="+t.ServerKey)
	}
	return append(args, s.options.ExtraArgs...)
}

// becomeReplica configures replication from a primary that does not exist.
func (s *Server) becomeReplica(ctx context.Context) error {
	for _, statement := range []string{
		"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=1, MASTER_USER='replica', MASTER_PASSWORD='none', MASTER_CONNECT_RETRY=60",
		"START SLAVE",
	} {
		if _, err := s.root.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("sandbox: become a replica: %w", err)
		}
	}
	return nil
}

// fastFolder returns a folder in memory if there is one of sufficient size;
// containers often have one of 64 MB.
func fastFolder() string {
	const memory, enough = "/dev/shm", 256 << 20
	if freeBytes(memory) < enough {
		return os.TempDir()
	}
	probe, err := os.MkdirTemp(memory, folderPrefix)
	if err != nil {
		return os.TempDir()
	}
	_ = os.Remove(probe)
	return memory
}

// FreePort returns a free port below the ephemeral ports, so that a server that is
// started again can have the same one.
func FreePort() (int, error) {
	const lowest, highest, attempts = 12000, 32000, 100
	var last error
	for range attempts {
		port := lowest + mathrand.IntN(highest-lowest)
		listener, err := net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
		if err != nil {
			last = err
			continue
		}
		return port, listener.Close()
	}
	return 0, fmt.Errorf("sandbox: no free port: %w", last)
}
